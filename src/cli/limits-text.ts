import { printableLine } from '../errors/escape-invisible.ts';
import type { Limits } from '../manifest/manifest.ts';
import { parseCount } from '../manifest/units.ts';
import { formatCount, formatDuration } from '../report/format.ts';
import { padEnd, stackedRow, truncateMiddle, wrapWords } from '../report/width.ts';
import type { AnnouncedLimits, FoundLimits } from '../pace/learned.ts';
import type { LaneLimits, LimitsReport, ProviderDocumentation } from '../run/limits-report.ts';

/** The report for people, at most 80 columns wide except for addresses. */
export function limitsText(report: LimitsReport, columns = Infinity): string {
  const blocks = [...laneBlocks(report, columns), ...report.documented.map(documentationBlock)];
  const fitted = blocks.map((lines) => lines.flatMap((line) => wrapped(line, columns)));
  return fitted.map((lines) => lines.map((line) => `${line}\n`).join('')).join('\n');
}

/** Wraps a line between words, each row as far in as its first. */
function wrapped(line: string, columns: number): readonly string[] {
  const [indent = ''] = /^ */.exec(line) ?? [];
  return columns >= WIDTH
    ? [line]
    : wrapWords(line.slice(indent.length), columns - indent.length - 1).map((row) => indent + row);
}

const WIDTH = 80;
const LABEL_WIDTH = 32;
const COLUMN_WIDTH = 12;

type AnyLimits = Limits & AnnouncedLimits;

const ROWS = [
  ['rpm', 'requests a minute'],
  ['rps', 'requests a second'],
  ['rpd', 'requests a day'],
  ['requests', 'requests, span unknown'],
  ['tpm', 'tokens a minute'],
  ['tokens', 'tokens, span unknown'],
  ['itpm', 'input tokens a minute'],
  ['otpm', 'output tokens a minute'],
  ['concurrency', 'requests at once'],
] as const satisfies ReadonlyArray<readonly [keyof AnyLimits, string]>;

const COLUMNS: ReadonlyArray<readonly [string, (lane: LaneLimits) => Texts]> = [
  ['declared', ({ declared }) => limitTexts(declared)],
  ['documented', ({ documented }) => limitTexts(documented?.limits)],
  ['announced', ({ learned }) => limitTexts(learned?.announced)],
  ['found', ({ learned }) => foundTexts(learned?.found)],
];

type Texts = Partial<Record<keyof AnyLimits, string>>;

function laneBlocks(report: LimitsReport, columns: number): ReadonlyArray<readonly string[]> {
  const { lanes, max_concurrent: maxConcurrent, learned_file: file } = report;
  if (lanes.length === 0) return [];
  const header = row(
    '',
    COLUMNS.map(([name]) => name),
  );
  const isLearned = lanes.some(({ learned }) => learned !== null);
  return [
    [...(columns < WIDTH ? [] : [header]), ...lanes.flatMap((lane) => laneRows(lane, columns))],
    ...(maxConcurrent === null
      ? []
      : [
          [
            `at most ${maxConcurrent} requests at once over all models`,
            ...(hasManyDeclared(lanes)
              ? ['each declared limit applies to its model separately']
              : []),
          ],
        ]),
    ...(isLearned && file !== null
      ? [['announced to earlier runs or found by them, a starting point, kept in', `  ${file}`]]
      : []),
  ];
}

/** If limits of one provider are listed for several models, they could be mistaken for a shared limit. */
function hasManyDeclared(lanes: readonly LaneLimits[]): boolean {
  const declared = lanes.filter((lane) => lane.declared !== null);
  return new Set(declared.map(providerOf)).size < declared.length;
}

function providerOf({ lane }: LaneLimits): string {
  return lane.slice(0, lane.indexOf('/'));
}

function laneRows(lane: LaneLimits, room: number): readonly string[] {
  const columns = COLUMNS.map(([, textsOf]) => textsOf(lane));
  const rows = ROWS.map(([limit, label]) => ({
    label,
    cells: columns.map((texts) => texts[limit] ?? ''),
  })).filter(({ cells }) => cells.some((cell) => cell !== ''));
  const { learned, learned_withheld: withheld } = lane;
  const cancelMs = learned?.found.batchCancelMs;
  return [
    truncateMiddle(printableLine(lane.lane), WIDTH),
    ...(rows.length === 0 ? ['  unknown: learned from the answers'] : []),
    ...rows.flatMap(({ label, cells }) =>
      room < WIDTH
        ? stackedRow(
            `  ${label}`,
            COLUMNS.map(([name], at) => [name, cells[at] ?? ''] as const),
            room,
          )
        : row(`  ${label}`, cells),
    ),
    ...(cancelMs === undefined
      ? []
      : [`  a canceled batch ended within ${formatDuration(cancelMs)}`]),
    ...(learned
      ? [`  learned ${shortTime(learned.learned_at)}, forgotten ${shortTime(learned.expires_at)}`]
      : []),
    ...(withheld === null
      ? []
      : ['  what earlier runs learned is not shown:', `    ${printableLine(withheld)}`]),
  ];
}

function limitTexts(limits: AnyLimits | null | undefined): Texts {
  const texts: Texts = {};
  for (const [limit] of ROWS) {
    const text = limitText(limits?.[limit]);
    if (text !== '') texts[limit] = text;
  }
  return texts;
}

/** `41`, or `≥ 41` if the server never refused because of concurrency. */
function foundTexts(found: FoundLimits | undefined): Texts {
  const { rpm, concurrency } = found ?? {};
  const atLeast = concurrency?.refused === undefined ? '≥ ' : '';
  return {
    ...(rpm === undefined ? {} : { rpm: limitText(rpm) }),
    ...(concurrency && { concurrency: atLeast + limitText(concurrency.taken) }),
  };
}

function shortTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
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
    ...(via === null ? [] : ['from a third-party list']),
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

function limitsLine(limits: Limits): string {
  const texts = limitTexts(limits);
  return ROWS.flatMap(([limit]) => {
    const text = texts[limit];
    return text === undefined ? [] : `${text} ${limit === 'concurrency' ? 'at once' : limit}`;
  }).join(', ');
}

/** `30k` if that is exact, else `1,234`. */
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
