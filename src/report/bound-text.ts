import type { Bound, LimitInForce } from '../schedule/events.ts';
import { formatCount, formatShare } from './format.ts';

/** `62% waiting for output tokens (8k a minute)`. */
export function boundCounter(bound: Bound): string {
  return `${formatShare(bound.share)} waiting ${boundWords(bound)}`;
}

/** What is waited for: `for output tokens (8k a minute)`, `in 429 pauses`. */
export function boundWords(bound: Bound): string {
  const { reason, limit } = bound;
  if (reason === 'pause') return `in ${pausesText(bound)}`;
  const much = limit ? ` (${amountText(limit.amount, limit)})` : '';
  return `for ${WORDS[reason]}${much}`;
}

/** The same where there is little room: `otpm 8k/min`, `-j 64`, `429 pauses`. */
export function boundShort(bound: Bound): string {
  const { reason, limit, keepingShare } = bound;
  if (reason === 'pause') return pausesText(bound);
  if (reason === 'needs') return WORDS.needs;
  if (keepingShare !== undefined) return 'keeping results';
  if (!limit) return `${reason} not known`;
  if (limit.source === 'run') return `-j ${formatCount(limit.amount)}`;
  if (limit.spanMs === undefined) return `concurrency ${formatCount(limit.amount)}`;
  const unit = SHORT_UNITS.get(limit.spanMs) ?? `${Math.round(limit.spanMs / 1_000)}s`;
  return `${shortName(reason, limit)} ${smallOrCount(limit.amount)}/${unit}`;
}

function pausesText({ pausedBy }: Bound): string {
  return pausedBy === 'overloaded' ? 'overload pauses' : '429 pauses';
}

/** As the manifest's keys are named: `tpm` by the day is `tpd`. */
function shortName(reason: Bound['reason'], { spanMs }: LimitInForce): string {
  const letter = spanMs === 1_000 ? 's' : spanMs === 86_400_000 ? 'd' : 'm';
  return reason.slice(0, -1) + letter;
}

/** What held a lane up most, and what to raise by how much; without a full stop. */
export function boundSentence(lane: string, bound: Bound): string {
  const { reason, share, limit, pausedBy, keepingShare } = bound;
  const start = `for ${formatShare(share)} of the run ${lane} could send nothing, waiting`;
  if (reason === 'needs') {
    return `${start} for tasks that others need, with room for more: no limit to raise; fewer steps in a row, or \`for_each: {needs: …}\` where each task needs one result, would be faster`;
  }
  if (pausedBy === 'overloaded') {
    return `${start} in pauses as the provider was overloaded (503 or 529): no limit of yours to change; another time, or a further model in \`model: […]\`, may do better`;
  }
  if (reason === 'pause') {
    return `${start} in pauses that 429s asked for: others may use the same key; declare lower \`limits\` to be refused less`;
  }
  if (!limit) {
    return `${start} for ${WORDS[reason]}: the provider refused some and names no limit, so fewer went out to find one; declare \`rpm\` if you know it`;
  }
  if (reason === 'concurrency' && keepingShare !== undefined) {
    return `${start} for a free slot: slots were held to keep results for ${formatShare(keepingShare)} of their time, so the disk, the reader of the results or this machine is too slow, and more at once would hardly help`;
  }
  if (reason === 'concurrency') return `${start} ${slotText(limit)}`;
  return `${start} for ${WORDS[reason]}: ${sourceText(reason, limit)}; ${enoughText(limit, share)}`;
}

const WORDS: Readonly<Record<Bound['reason'], string>> = {
  rpm: 'requests',
  tpm: 'tokens',
  itpm: 'input tokens',
  otpm: 'output tokens',
  concurrency: 'a slot',
  pause: 'a pause',
  needs: 'needed tasks',
};

function sourceText(reason: Bound['reason'], limit: LimitInForce): string {
  const much = amountText(limit.amount, limit);
  if (limit.source === 'announced') return `the provider allows ${much}`;
  if (limit.source === 'met') return `the provider takes about ${much}, though it does not say so`;
  return `\`${keyOf(reason, limit)}\` is declared as ${much}`;
}

function slotText({ amount, source }: LimitInForce): string {
  const slots = formatCount(amount);
  const twice = `${formatCount(2 * amount)} would take about half the time`;
  if (source === 'run') {
    return `for a free slot: the run's \`max_concurrent\` (\`-j\`) is ${slots}; ${twice}, if this machine keeps up`;
  }
  if (source === 'met') return `for a free slot: the provider takes about ${slots} at once`;
  if (source === 'growing') {
    return `for more at once, while finding out how many: \`concurrency: ${slots}\` begins where it got to`;
  }
  return `for a free slot: \`concurrency\` is ${slots}; ${twice}, if the provider takes as many`;
}

/** The key of a manifest's `limits` that says this. */
function keyOf(reason: Bound['reason'], { spanMs }: LimitInForce): string {
  if (reason !== 'rpm') return reason;
  return spanMs === 1_000 ? 'rps' : spanMs === 86_400_000 ? 'rpd' : 'rpm';
}

function amountText(amount: number, { spanMs }: LimitInForce): string {
  if (spanMs === undefined) return `${formatCount(amount)} at once`;
  return `${smallOrCount(amount)} ${SPAN_WORDS.get(spanMs) ?? `every ${Math.round(spanMs / 1_000)} s`}`;
}

/** Two digits of what is small: it would round to 0. */
function smallOrCount(amount: number): string {
  return amount < 10 ? String(Number(amount.toPrecision(2))) : formatCount(amount);
}

const SHORT_UNITS: ReadonlyMap<number, string> = new Map([
  [1_000, 's'],
  [60_000, 'min'],
  [3_600_000, 'h'],
  [86_400_000, 'day'],
]);

const SPAN_WORDS: ReadonlyMap<number, string> = new Map([
  [1_000, 'a second'],
  [60_000, 'a minute'],
  [3_600_000, 'an hour'],
  [86_400_000, 'a day'],
]);

/** Tenfold at most: what binds next is not known. */
const MOST_RAISED = 10;

/** What takes the waiting away, in two digits. */
function enoughText(limit: LimitInForce, share: number): string {
  const factor = 1 / (1 - share);
  const exact = limit.amount * Math.min(MOST_RAISED, factor);
  const unit = 10 ** (Math.floor(Math.log10(exact)) - 1);
  const more = amountText(Math.ceil(exact / unit - 1e-9) * unit, limit);
  return factor > MOST_RAISED ? `it would take at least ${more}` : `${more} would be enough`;
}
