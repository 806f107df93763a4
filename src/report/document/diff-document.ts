import {
  valuesByName,
  type ChangedTask,
  type DiffedAnswer,
  type DiffSide,
  type ResultsDiff,
} from '../../compare/results-diff.ts';
import { wordDiff } from '../../compare/word-diff.ts';
import { formatUsd } from '../../money/cost.ts';
import type { JsonValue } from '../../ports/json.ts';
import { formatCount } from '../format-numbers.ts';
import { foreign, heading, line, table, type Block, type Foreign, type Words } from './blocks.ts';
import { agreementText, fieldsTable, shortened } from './digest-document.ts';

/** The changes between two sets of results, for `volley diff`. */
export function diffDocument(diff: ResultsDiff): readonly Block[] {
  const { a, b, counts, fields, agreement, tasks, omitted } = diff;
  return [
    heading([foreign(a.name), ' and ', foreign(b.name)]),
    line(countsText(counts)),
    line(`Tasks with two answers: ${agreementText(agreement)}`),
    sidesTable(a, b),
    ...fieldsTable(fields, 'tasks'),
    ...tasks.flatMap(taskBlocks),
    ...(omitted > 0
      ? [line(`… and ${omitted.toLocaleString('en')} more (all of them: \`--all\`)`)]
      : []),
  ];
}

function countsText({ same, answer, status, only_a, only_b }: ResultsDiff['counts']): string {
  const parts = [
    [same, 'the same'],
    [answer, 'with another answer'],
    [status, 'with another status'],
    [only_a, 'only in the first'],
    [only_b, 'only in the second'],
  ] as const;
  return parts
    .filter(([count], at) => count > 0 || at === 0)
    .map(([count, words]) => `${count.toLocaleString('en')} ${words}`)
    .join(' · ');
}

function sidesTable(a: DiffSide, b: DiffSide): Block {
  const costs = a.cost_usd === null || b.cost_usd === null ? null : b.cost_usd - a.cost_usd;
  const change = [
    'change',
    signed(b.tasks - a.tasks, String),
    signed(b.succeeded - a.succeeded, String),
    signed(b.input_tokens - a.input_tokens, formatCount),
    signed(b.output_tokens - a.output_tokens, formatCount),
    costs === null ? '' : signed(costs, formatUsd),
  ];
  const columns = ['', 'tasks', 'succeeded', 'input', 'output', 'cost'];
  return table(columns, [sideRow(a), sideRow(b), change]);
}

function sideRow({ name, ...side }: DiffSide): readonly Words[] {
  return [
    foreign(name),
    side.tasks.toLocaleString('en'),
    side.succeeded.toLocaleString('en'),
    formatCount(side.input_tokens),
    formatCount(side.output_tokens),
    side.cost_usd === null ? 'unknown' : formatUsd(side.cost_usd),
  ];
}

function signed(difference: number, format: (amount: number) => string): string {
  if (difference === 0) return '0';
  return (difference > 0 ? '+' : '-') + format(Math.abs(difference));
}

function taskBlocks({ id, change, fields, a, b }: ChangedTask): readonly Block[] {
  const title = (...words: ReadonlyArray<string | Foreign>): Block =>
    heading([foreign(shortened(id)), ': ', ...words]);
  if (change === 'only_a') return [title('only in the first')];
  if (change === 'only_b') return [title('only in the second')];
  if (!a || !b) return [];
  if (change === 'status') {
    return [
      title(`${a.status}, then ${b.status}`),
      ...[a, b].flatMap(({ error }) =>
        error ? line([foreign(`${error.code}: ${shortened(error.message)}`)]) : [],
      ),
    ];
  }
  const parts = fields
    ? fieldParts(fields, a, b)
    : textParts(valueText(a.output), valueText(b.output));
  return [fields ? title(...fieldWords(fields)) : title('another answer'), { kind: 'diff', parts }];
}

/** The changed parts, with a little unchanged text around each. */
export function textParts(before: string, after: string): DiffParts {
  return wordDiff(before, after).map(({ kind, text }) => [kind, excerpt(kind, text)] as const);
}

type DiffParts = Extract<Block, { kind: 'diff' }>['parts'];

/** Only the changed fields, one per line. */
function fieldParts(fields: readonly string[], a: DiffedAnswer, b: DiffedAnswer): DiffParts {
  const [before, after] = [valuesByName(a.output), valuesByName(b.output)];
  return fields
    .slice(0, MOST_FIELDS)
    .flatMap((name, at) => [
      ['same', `${at > 0 ? '\n' : ''}${shortened(name)}: `] as const,
      ...textParts(valueText(before.get(name)), valueText(after.get(name))),
    ]);
}

const MOST_FIELDS = 8;

function fieldWords(fields: readonly string[]): ReadonlyArray<string | Foreign> {
  const shown = fields
    .slice(0, MOST_FIELDS)
    .flatMap((name, at) => [...(at > 0 ? [', '] : []), foreign(shortened(name))]);
  return fields.length > MOST_FIELDS ? [...shown, ', …'] : shown;
}

function valueText(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Unchanged text is only shown next to a change. */
const MOST_SAME = 160;
const MOST_CHANGED = 2_000;

function excerpt(kind: 'same' | 'removed' | 'added', text: string): string {
  const most = kind === 'same' ? MOST_SAME : MOST_CHANGED;
  if (text.length <= most) return text;
  const half = most / 2;
  return `${text.slice(0, half)} … ${text.slice(text.length - half)}`;
}
