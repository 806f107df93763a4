import type { Digest, DigestedRecord, DigestPart } from '../../compare/digest.ts';
import { formatUsd } from '../../money/cost.ts';
import {
  counted,
  countTexts,
  formatCount,
  formatDuration,
  formatShare,
} from '../format-numbers.ts';
import { foreign, heading, line, table, type Block, type Words } from './blocks.ts';

/** A summary of a results file, for `volley report`. */
export function digestDocument(
  digest: Digest,
  { name, elsewhere }: { readonly name: string; readonly elsewhere: number },
): readonly Block[] {
  const { total, tasks, models } = digest;
  if (total.records === 0) {
    return [heading(['No results in ', foreign(name), ' yet: `--resume` continues the run'])];
  }
  return [
    heading([headline(total), ' in ', foreign(name)]),
    ...factLines(total),
    ...(elsewhere > 0
      ? [line(`${counted(elsewhere, 'answer')} from elsewhere: not sealed with your key`)]
      : []),
    ...(tasks.length > 1 ? [partsTable('task', tasks)] : []),
    partsTable('model', models),
    ...comparisonBlocks(digest),
    ...failureBlocks(digest),
    ...recordBlocks('Not as expected', digest.unexpected, ({ reason = '' }) => foreign(reason)),
    ...(total.succeeded >= ENOUGH_FOR_OUTLIERS ? outlierBlocks(digest) : []),
  ];
}

const MOST_SHOWN = 5;
const MOST_FAILURES = 20;
const ENOUGH_FOR_OUTLIERS = 20;

/** `9,800 of 10,000 succeeded, 200 failed`. */
function headline(total: DigestPart): string {
  const counts = countTexts([
    [total.failed, 'failed'],
    [total.canceled, 'canceled'],
    [total.skipped, 'skipped'],
    [total.unexpected, 'not as expected'],
  ]);
  const first = `${total.succeeded.toLocaleString('en')} of ${total.records.toLocaleString('en')} succeeded`;
  return [first, ...counts].join(', ');
}

function factLines(total: DigestPart): readonly Block[] {
  const { cost_usd: cost, cache_share: cached, duration_ms: time, truncated, retries } = total;
  const parts = [
    `Cost: ${cost === null ? 'unknown' : formatUsd(cost)}`,
    `tokens: ${formatCount(total.input_tokens)} in${cached !== null && cached > 0 ? ` (${formatShare(cached)} from cache)` : ''}, ${formatCount(total.output_tokens)} out`,
    ...(time
      ? [`time per answer: ${formatDuration(time.p50)} (p95 ${formatDuration(time.p95)})`]
      : []),
    ...(retries > 0 ? [counted(retries, 'retry', 'retries')] : []),
    ...(truncated > 0 ? [`${truncated} cut off at max_tokens`] : []),
  ];
  return [line(parts.join(' · '))];
}

function partsTable(title: string, parts: readonly DigestPart[]): Block {
  const hasUnexpected = parts.some(({ unexpected }) => unexpected > 0);
  const states = ['tasks', 'succeeded', 'failed', ...(hasUnexpected ? ['unexpected'] : [])];
  return table(
    [title, ...states, 'input', 'output', 'cost', 'p50', 'p95'],
    parts.map((part) => [
      foreign(part.name),
      part.records.toLocaleString('en'),
      part.succeeded.toLocaleString('en'),
      (part.records - part.succeeded).toLocaleString('en'),
      ...(hasUnexpected ? [String(part.unexpected)] : []),
      formatCount(part.input_tokens),
      formatCount(part.output_tokens),
      part.cost_usd === null ? 'unknown' : formatUsd(part.cost_usd),
      part.duration_ms ? formatDuration(part.duration_ms.p50) : '',
      part.duration_ms ? formatDuration(part.duration_ms.p95) : '',
    ]),
  );
}

/** How often models agree about the same rows. */
function comparisonBlocks({ comparisons }: Digest): readonly Block[] {
  return comparisons.flatMap(({ a, b, agreement, fields }) => [
    heading([foreign(a.name), ' and ', foreign(b.name), `: ${agreementText(agreement)}`]),
    ...fieldsTable(fields, 'rows'),
  ]);
}

export function fieldsTable(fields: Digest['comparisons'][number]['fields'], unit: string) {
  if (fields.length === 0) return [];
  const rows = fields.map(({ name, compared, equal }) => [
    foreign(name),
    formatShare(compared === 0 ? 0 : equal / compared),
    `${equal}/${compared}`,
  ]);
  return [table(['field', 'agreement', unit], rows)];
}

/** `the same answer in 91% of 1,000 rows`. */
export function agreementText({ compared, equal }: { compared: number; equal: number }): string {
  if (compared === 0) return 'no row has two answers';
  const rows = counted(compared, 'row').replace(/^\d+/, (digits) =>
    Number(digits).toLocaleString('en'),
  );
  return `the same answer in ${formatShare(equal / compared)} of ${rows}`;
}

function failureBlocks({ failures }: Digest): readonly Block[] {
  if (failures.length === 0) return [];
  const more = failures.length - MOST_FAILURES;
  const columns = ['message', 'for example'].map((title) => ({ title, left: true }) as const);
  const rows = failures
    .slice(0, MOST_FAILURES)
    .map(({ code, message, count, ids }) => [
      foreign(code),
      count.toLocaleString('en'),
      foreign(shortened(message)),
      foreign(shortened(ids[0] ?? '')),
    ]);
  return [
    heading('Failures'),
    table(['reason', 'tasks', ...columns], rows),
    ...(more > 0 ? [line(`… and ${more} more reasons`)] : []),
  ];
}

function outlierBlocks({ dearest, slowest, longest }: Digest): readonly Block[] {
  return [
    ...recordBlocks('Most expensive', dearest, ({ cost_usd: cost }) =>
      cost === null ? '' : formatUsd(cost),
    ),
    ...recordBlocks('Slowest', slowest, ({ duration_ms: ms }) => formatDuration(ms)),
    ...recordBlocks(
      'Longest answers',
      longest,
      ({ output_tokens: tokens }) => `${formatCount(tokens)} tokens`,
    ),
  ];
}

function recordBlocks(
  title: string,
  records: readonly DigestedRecord[],
  figure: (record: DigestedRecord) => Words,
): readonly Block[] {
  if (records.length === 0) return [];
  const columns = ['', 'model'].map((each) => ({ title: each, left: true }) as const);
  const rows = records
    .slice(0, MOST_SHOWN)
    .map((record) => [foreign(shortened(record.id)), figure(record), foreign(record.model)]);
  return [heading(title), table(['task', ...columns], rows)];
}

const MOST_CHARACTERS = 200;

export function shortened(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
}
