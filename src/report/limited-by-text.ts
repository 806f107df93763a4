import type { Bound, LimitInForce } from '../outcome/lane-bound.ts';
import { formatCount, formatShare } from './format-numbers.ts';

/** The current bottleneck of a model: `limited by otpm 8k/min`, `waiting for needed tasks`. */
export function boundText(bound: Bound): string {
  return `${bound.reason === 'needs' ? 'waiting for' : 'limited by'} ${boundShort(bound)}`;
}

/** The short form: `otpm 8k/min`, `-j 64`, `429 pauses`. */
export function boundShort(bound: Bound): string {
  const { reason, limit, keepingShare } = bound;
  if (reason === 'pause') return pausesText(bound);
  if (reason === 'needs') return WORDS.needs;
  if (keepingShare !== undefined) return 'keeping results';
  if (!limit) return `an unknown ${reason}`;
  if (limit.source === 'run') return `-j ${formatCount(limit.amount)}`;
  if (limit.spanMs === undefined) return `concurrency ${formatCount(limit.amount)}`;
  const unit = SHORT_UNITS.get(limit.spanMs) ?? `${Math.round(limit.spanMs / 1_000)}s`;
  return `${shortName(reason, limit)} ${smallOrCount(limit.amount)}/${unit}`;
}

function pausesText({ pausedBy }: Bound): string {
  return pausedBy === 'overloaded' ? 'overload pauses' : '429 pauses';
}

/** The short name of a limit, like the manifest's keys: a `tpm` limit per day is `tpd`. */
function shortName(reason: Bound['reason'], { spanMs }: LimitInForce): string {
  const letter = spanMs === 1_000 ? 's' : spanMs === 86_400_000 ? 'd' : 'm';
  return reason.slice(0, -1) + letter;
}

/**
 * A sentence, without its period, about the main bottleneck of a lane and how much to raise the
 * limit.
 */
export function boundSentence(lane: string, bound: Bound): string {
  const { reason, share, limit, pausedBy, keepingShare } = bound;
  const where = `on ${lane} (${formatShare(share)} of the run)`;
  if (reason === 'needs') {
    return `waiting for needed tasks ${where}: there is no limit to raise; fewer steps in a row, or \`for_each: {needs: …}\` where each task needs one result, would be faster`;
  }
  if (pausedBy === 'overloaded') {
    return `pauses ${where} because the provider was overloaded (503 or 529): try again at another time, or add a second model in \`model: […]\``;
  }
  if (reason === 'pause') {
    return `429 pauses ${where}: others may use the same key; declare lower \`limits\` to be refused less often`;
  }
  if (!limit) {
    return `${WORDS[reason]} ${where}: the provider refused some and does not name a limit, so the rate was lowered to find it; declare \`rpm\` if you know it`;
  }
  if (reason === 'concurrency' && keepingShare !== undefined) {
    return `writing results ${where}: it took ${formatShare(keepingShare)} of the slots' time, so the disk, the reader of the results or this machine is too slow; more concurrency would hardly help`;
  }
  if (reason === 'concurrency') return slotText(limit, where);
  return `${limitText(reason, limit)} ${where}: ${enoughText(limit, share)}`;
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

/** `\`rpm: 50\``, `the provider's 50 requests per minute`. */
function limitText(reason: Bound['reason'], limit: LimitInForce): string {
  const { amount, source, spanMs } = limit;
  const much = `${smallOrCount(amount)} ${WORDS[reason]} ${spanText(spanMs ?? 60_000)}`;
  if (source === 'announced') return `the provider's ${much}`;
  if (source === 'met') return `about ${much}, which the provider allows but does not announce,`;
  return `\`${keyOf(reason, limit)}: ${smallOrCount(amount)}\``;
}

function slotText({ amount, source }: LimitInForce, where: string): string {
  const slots = formatCount(amount);
  const twice = `${formatCount(2 * amount)} would take about half the time`;
  if (source === 'run') return `\`-j ${slots}\` ${where}: ${twice}, if this machine keeps up`;
  if (source === 'met')
    return `about ${slots} concurrent requests ${where}: the provider does not accept more`;
  if (source === 'growing') {
    return `growing concurrency ${where}: start with \`concurrency: ${slots}\`, which it reached`;
  }
  return `\`concurrency: ${slots}\` ${where}: ${twice}, if the provider allows it`;
}

/** The key in the manifest's `limits`. */
function keyOf(reason: Bound['reason'], { spanMs }: LimitInForce): string {
  if (reason !== 'rpm') return reason;
  return spanMs === 1_000 ? 'rps' : spanMs === 86_400_000 ? 'rpd' : 'rpm';
}

function amountText(amount: number, { spanMs }: LimitInForce): string {
  if (spanMs === undefined) return `${formatCount(amount)} at once`;
  return `${smallOrCount(amount)} ${spanText(spanMs)}`;
}

function spanText(spanMs: number): string {
  return SPAN_WORDS.get(spanMs) ?? `every ${Math.round(spanMs / 1_000)} s`;
}

/** Shows two digits of small numbers, which would otherwise round to 0. */
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
  [1_000, 'per second'],
  [60_000, 'per minute'],
  [3_600_000, 'per hour'],
  [86_400_000, 'per day'],
]);

/** Suggest at most ten times the limit, because the next bottleneck is unknown. */
const MOST_RAISED = 10;

/** The limit that would avoid waiting, rounded to two digits. */
function enoughText(limit: LimitInForce, share: number): string {
  const factor = 1 / (1 - share);
  const exact = limit.amount * Math.min(MOST_RAISED, factor);
  const unit = 10 ** (Math.floor(Math.log10(exact)) - 1);
  const more = amountText(Math.ceil(exact / unit - 1e-9) * unit, limit);
  return factor > MOST_RAISED ? `it would take at least ${more}` : `${more} would be enough`;
}
