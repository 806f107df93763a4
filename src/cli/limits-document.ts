import type { Limits } from '../manifest/manifest.ts';
import { parseCount } from '../manifest/durations-and-counts.ts';
import type { AnnouncedLimits, FoundLimits } from '../outcome/learned-limits.ts';
import { foreign, heading, line, table, type Block } from '../report/document/blocks.ts';
import { formatCount, formatDuration } from '../report/format-numbers.ts';
import type { LaneLimits, LimitsReport, ProviderDocumentation } from '../run/limits-report.ts';

/** The known limits of each model, for `volley limits`. */
export function limitsDocument(report: LimitsReport): readonly Block[] {
  const { lanes, max_concurrent: most, learned_file: file } = report;
  const isLearned = lanes.some(({ learned }) => learned !== null);
  return [
    ...lanes.flatMap(laneBlocks),
    ...(most === null || lanes.length === 0
      ? []
      : [heading(`At most ${most} requests at once across all models`)]),
    ...(most !== null && hasManyDeclared(lanes)
      ? [line('Each declared limit applies to its model separately.')]
      : []),
    ...(isLearned && file !== null
      ? [line(['Announced to earlier runs or found by them, as a starting point: ', foreign(file)])]
      : []),
    ...report.documented.flatMap(documentationBlocks),
  ];
}

type AnyLimits = Limits & AnnouncedLimits;

const ROWS = [
  ['rpm', 'requests per minute'],
  ['rps', 'requests per second'],
  ['rpd', 'requests per day'],
  ['requests', 'requests, span unknown'],
  ['tpm', 'tokens per minute'],
  ['tokens', 'tokens, span unknown'],
  ['itpm', 'input tokens per minute'],
  ['otpm', 'output tokens per minute'],
  ['concurrency', 'requests at once'],
] as const satisfies ReadonlyArray<readonly [keyof AnyLimits, string]>;

type Texts = Partial<Record<keyof AnyLimits, string>>;

/** True if several models of one provider list limits: the user could think that they share one. */
function hasManyDeclared(lanes: readonly LaneLimits[]): boolean {
  const providers = lanes.flatMap(({ lane, declared }) =>
    declared === null ? [] : [lane.slice(0, lane.indexOf('/'))],
  );
  return new Set(providers).size < providers.length;
}

function laneBlocks(lane: LaneLimits): readonly Block[] {
  const { declared, documented, learned, learned_withheld: withheld } = lane;
  const columns = [
    ['declared', limitTexts(declared)],
    ['documented', limitTexts(documented?.limits)],
    ['announced', limitTexts(learned?.announced)],
    ['found', foundTexts(learned?.found)],
  ] as const;
  const shown = columns.filter(([, texts]) => Object.keys(texts).length > 0);
  const rows = ROWS.filter(([limit]) => shown.some(([, texts]) => texts[limit] !== undefined));
  const cancelMs = learned?.found.batch_cancel_ms;
  return [
    heading([foreign(lane.lane)]),
    rows.length === 0
      ? line('unknown: learned from the answers')
      : table(
          ['limit', ...shown.map(([title]) => title)],
          rows.map(([limit, label]) => [label, ...shown.map(([, texts]) => texts[limit] ?? '')]),
        ),
    ...(cancelMs === undefined
      ? []
      : [line(`A canceled batch ended within ${formatDuration(cancelMs)}.`)]),
    ...(learned
      ? [line(`Learned ${time(learned.learned_at)}, forgotten ${time(learned.expires_at)}.`)]
      : []),
    ...(withheld === null
      ? []
      : [line(['What earlier runs learned is not shown: ', foreign(withheld)])]),
  ];
}

function limitTexts(limits: AnyLimits | null | undefined): Texts {
  const known = ROWS.map(([limit]) => [limit, limitText(limits?.[limit])] as const);
  return Object.fromEntries(known.filter(([, text]) => text !== ''));
}

/** `41`, or `≥ 41` if the server never refused because of concurrency. */
function foundTexts({ rpm, concurrency }: Partial<FoundLimits> = {}): Texts {
  const atLeast = concurrency?.refused === undefined ? '≥ ' : '';
  return {
    ...(rpm === undefined ? {} : { rpm: limitText(rpm) }),
    ...(concurrency && { concurrency: atLeast + limitText(concurrency.taken) }),
  };
}

function time(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

function documentationBlocks(documentation: ProviderDocumentation): readonly Block[] {
  const { provider, tiers, note, source, via, as_of: asOf } = documentation;
  const head = [
    `Documented by ${provider}`,
    asOf === null ? 'no date given' : `as of ${asOf}`,
    ...(via === null ? [] : ['from a third-party list']),
    ...(tiers.length === 0 ? ['no numbers'] : []),
  ];
  const left = ['limits', 'models'].map((title) => ({ title, left: true }) as const);
  const rows = tiers.map(({ models, tier, limits }) => [
    tier,
    limitsLine(limits),
    models.join(', ').replace(/^\*$/, 'all'),
  ]);
  return [
    heading(head.join(', ')),
    ...(rows.length > 0 ? [table(['tier', ...left], rows)] : []),
    ...(note === null ? [] : [line(note)]),
    line(source),
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
