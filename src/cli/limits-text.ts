import { printableLine } from '../errors/printable.ts';
import type { Limits } from '../manifest/manifest.ts';
import { parseCount } from '../manifest/units.ts';
import { formatCount } from '../report/format.ts';
import { padEnd, truncateMiddle } from '../report/width.ts';
import type { LaneLimits, LimitsReport, ProviderDocumentation } from '../run/limits-report.ts';

/** The report for people, at most 80 columns wide; only addresses may be longer. */
export function limitsText(report: LimitsReport): string {
  const blocks = [...laneBlocks(report), ...report.documented.map(documentationBlock)];
  return blocks.map((lines) => lines.map((line) => `${line}\n`).join('')).join('\n');
}

const WIDTH = 80;
const LABEL_WIDTH = 32;
const COLUMN_WIDTH = 12;

const ROWS = [
  ['rpm', 'requests a minute'],
  ['rps', 'requests a second'],
  ['rpd', 'requests a day'],
  ['tpm', 'tokens a minute'],
  ['itpm', 'input tokens a minute'],
  ['otpm', 'output tokens a minute'],
  ['concurrency', 'requests at once'],
] as const satisfies ReadonlyArray<readonly [keyof Limits, string]>;

const COLUMNS: ReadonlyArray<readonly [string, (lane: LaneLimits) => Limits | undefined]> = [
  ['declared', ({ declared }) => declared ?? undefined],
  ['documented', ({ documented }) => documented?.limits],
];

function laneBlocks(report: LimitsReport): ReadonlyArray<readonly string[]> {
  if (report.manifest === null) return [];
  const header = row(
    '',
    COLUMNS.map(([name]) => name),
  );
  return [
    [header, ...report.lanes.flatMap(laneRows)],
    [`at most ${report.max_concurrent} requests at once over all models`],
  ];
}

function laneRows(lane: LaneLimits): readonly string[] {
  const columns = COLUMNS.map(([, limitsOf]) => limitsOf(lane));
  const rows = ROWS.map(([limit, label]) => ({
    label,
    cells: columns.map((limits) => limitText(limits?.[limit])),
  })).filter(({ cells }) => cells.some((cell) => cell !== ''));
  return [
    truncateMiddle(printableLine(lane.lane), WIDTH),
    ...(rows.length === 0 ? ['  unknown: found out as the answers come'] : []),
    ...rows.map(({ label, cells }) => row(`  ${label}`, cells)),
  ];
}

function row(label: string, cells: readonly string[]): string {
  const padded = cells.map((cell) => cell.padStart(COLUMN_WIDTH)).join('');
  return (padEnd(label, LABEL_WIDTH) + padded).trimEnd();
}

function documentationBlock(documentation: ProviderDocumentation): readonly string[] {
  const { provider, tiers, note, source, via, as_of: asOf } = documentation;
  const head = [
    `documented by ${provider}`,
    asOf === null ? 'no date given' : `as of ${asOf}`,
    ...(via === null ? [] : ['second hand']),
    ...(tiers.length === 0 ? ['no numbers'] : []),
  ];
  const byModels = Map.groupBy(tiers, ({ models }) => models.join(', '));
  return [
    head.join(', '),
    ...[...byModels].flatMap(([models, alike]) => [
      `  ${models === '*' ? 'every model' : models}`,
      ...alike.map(({ tier, limits }) => `    ${padEnd(tier, 18)}${limitsLine(limits)}`),
    ]),
    ...(note === null ? [] : [`  ${note}`]),
    `  ${source}`,
  ];
}

/** `1k rpm, 30k itpm, 8 at once`. */
function limitsLine(limits: Limits): string {
  return ROWS.flatMap(([limit]) => {
    const text = limitText(limits[limit]);
    return text === '' ? [] : `${text} ${limit === 'concurrency' ? 'at once' : limit}`;
  }).join(', ');
}

/** `30k` where that is the whole truth, else `1,234`. */
function limitText(limit: Limits[keyof Limits]): string {
  if (limit === undefined) return '';
  if (typeof limit === 'object') {
    const { start, max } = limit;
    return start === max ? limitText(max) : `${limitText(start)}–${limitText(max)}`;
  }
  const short = formatCount(limit);
  const read = parseCount(short);
  return read.ok && read.value === limit ? short : limit.toLocaleString('en');
}
