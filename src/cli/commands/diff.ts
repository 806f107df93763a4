import { createRowGatherer } from '../../compare/model-rows.ts';
import { createResultsDiff, type ResultsDiff } from '../../compare/results-diff.ts';
import { shellWord } from '../../errors/shell-word.ts';
import { EXIT } from '../../errors/volley-error.ts';
import type { RecordsFile } from '../../journal/read-records.ts';
import { diffDocument } from '../../report/document/diff-document.ts';
import { usageError, type Arguments } from '../arguments.ts';
import { documentFormat, printDocument } from '../print-document.ts';
import { resultsArgument, tellElsewhere, withRecords } from '../results-argument.ts';
import { switchFlag, textFlag } from '../flag-values.ts';

const MOST_SHOWN = 20;

/** Compares two results files, or two models in one file. */
export async function diff(args: Arguments): Promise<number> {
  const first = resultsArgument(args);
  const [, second] = args.positionals;
  if (/\.ya?ml$/.test(first)) {
    return diffWithBase(args, second);
  }
  const format = documentFormat(args);
  const most = switchFlag(args, 'all') || format === 'json' ? Infinity : MOST_SHOWN;
  const models = modelsFlag(args, { isAlone: second === undefined });
  const found = await withRecords(args, first, async (a) => {
    await tellElsewhere(args, a);
    if (second === undefined) return diffOfModels(a, models, most);
    return withRecords(args, second, async (b) => {
      await tellElsewhere(args, b);
      return diffOfFiles(a, b, most);
    });
  });
  await printDocument(format, diffDocument(found), found);
  return EXIT.ok;
}

/** Compares a manifest with a git ref or a results file, like `volley plan --against`. */
async function diffWithBase(args: Arguments, base: string | undefined): Promise<number> {
  if (base === undefined) {
    throw usageError(
      'a manifest can only be compared with a git ref or a results file',
      `write \`volley diff ${shellWord(args.positionals[0] ?? '')} main\``,
    );
  }
  if (textFlag(args, 'models') !== undefined) {
    throw usageError('`--models` compares models in a results file', 'leave it out');
  }
  const { plan } = await import('./plan.ts');
  const values = new Map([...args.values, ['against', [base]] as const]);
  return plan({ ...args, positionals: args.positionals.slice(0, 1), values });
}

async function diffOfFiles(a: RecordsFile, b: RecordsFile, most: number): Promise<ResultsDiff> {
  const names =
    a.name === b.name ? { a: `${a.name} (1)`, b: `${b.name} (2)` } : { a: a.name, b: b.name };
  const found = createResultsDiff(names, { most });
  for await (const batch of a.records()) {
    for (const { record } of batch) found.add(record.id, record, await b.find(record.id));
  }
  for await (const batch of b.records()) {
    for (const { record } of batch) if (!a.has(record.id)) found.add(record.id, undefined, record);
  }
  return found.result();
}

type Models = readonly [a: string, b: string];

async function diffOfModels(
  file: RecordsFile,
  asked: Models | undefined,
  most: number,
): Promise<ResultsDiff> {
  const models = asked ?? (await twoModels(file));
  const [a, b] = models;
  const found = createResultsDiff({ a, b }, { most });
  let count = 0;
  const rows = createRowGatherer((id, row) => {
    if (!row.has(a) && !row.has(b)) return;
    count += 1;
    found.add(id, row.get(a), row.get(b));
  });
  for await (const batch of file.records()) for (const { record } of batch) rows.add(record);
  rows.end();
  if (count > 0) return found.result();
  const sent = new Set<string>();
  for await (const batch of file.records()) {
    for (const { record } of batch) sent.add(`${record.provider}/${record.model}`);
  }
  const named = [...sent].slice(0, 8).map((model) => `\`${model}\``);
  throw usageError(
    `no task in \`${file.name}\` was sent to both ${models.map((model) => `\`${model}\``).join(' and ')}`,
    sent.size > 1
      ? `choose models that were sent the same task; the file has ${named.join(', ')}`
      : `pass a second results file; this one has ${named[0] ? `only ${named[0]}` : 'no answer'}`,
  );
}

/** The two models of a file that has exactly two. */
async function twoModels(file: RecordsFile): Promise<Models> {
  const models = new Set<string>();
  const rows = createRowGatherer((_, row) => [...row.keys()].forEach((name) => models.add(name)));
  for await (const batch of file.records()) for (const { record } of batch) rows.add(record);
  rows.end();
  const [a, b] = models;
  if (a !== undefined && b !== undefined && models.size === 2) return [a, b];
  const named = [...models].slice(0, 8).join(', ');
  throw models.size < 2
    ? usageError(
        `\`${file.name}\` has no task with two \`models\` to compare`,
        'pass a second results file: `volley diff a.jsonl b.jsonl`',
      )
    : usageError(
        `\`${file.name}\` has ${models.size} models: ${named}`,
        `choose two: \`--models ${a},${b}\``,
      );
}

function modelsFlag(
  args: Arguments,
  { isAlone }: { readonly isAlone: boolean },
): Models | undefined {
  const text = textFlag(args, 'models');
  if (text === undefined) return undefined;
  if (!isAlone) {
    throw usageError('`--models` compares models in one results file, not in two', 'name one');
  }
  const [a, b, ...more] = text.split(',').map((name) => name.trim());
  if (a && b && more.length === 0 && a !== b) return [a, b];
  throw usageError(
    `\`--models ${text}\` is not two models`,
    'for example, write `--models anthropic/claude-haiku-5-5,openai/gpt-6.1-sol`',
  );
}
