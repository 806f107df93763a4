import { USUAL_CANCEL_MS } from '../batch/cutover.ts';
import { isJsonObject, parsedJson, type JsonObject, type JsonValue } from '../ports/json.ts';
import {
  isNothing,
  type AnnouncedLimits,
  type FoundLimits,
  type Learned,
} from '../outcome/learned-limits.ts';

/** The file in the user's cache folder where runs save the limits they learned. */
export interface LearnedFile {
  /** Random text for hashing the keys, created with the file. */
  readonly salt: string;
  /** Newest first. */
  readonly lanes: readonly LearnedLane[];
}

export interface LearnedLane extends Learned {
  readonly provider: string;
  readonly host: string;
  readonly model: string;
  /** Distinguishes the keys of one user: see `keyTag`. */
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly learnedAtMs: number;
}

/** Older hints are ignored: an account may move to another tier any day. */
const KEPT_MS = 7 * 86_400_000;

/** Limits on the size of the file. */
const MAX_LANES = 200;
const MAX_NAME_LENGTH = 300;
export const MAX_FILE_BYTES = 256 * 1024;

export function expiryMs({ learnedAtMs }: LearnedLane): number {
  return learnedAtMs + KEPT_MS;
}

/**
 * Parses the file's text and leaves out invalid, future and old entries. Undefined if the text is
 * not a file of learned limits at all.
 */
export function parseLearnedFile(text: string, nowMs: number): LearnedFile | undefined {
  const root = parsedJson(text);
  if (!isJsonObject(root) || root['v'] !== 1) return undefined;
  const { salt, lanes } = root;
  if (typeof salt !== 'string' || salt === '' || !Array.isArray(lanes)) return undefined;
  const read = lanes.slice(0, MAX_LANES).flatMap((lane: JsonValue) => readLane(lane) ?? []);
  const isCurrent = (lane: LearnedLane): boolean =>
    lane.learnedAtMs <= nowMs && nowMs < expiryMs(lane);
  return { salt, lanes: read.filter(isCurrent) };
}

export function learnedFileText({ salt, lanes }: LearnedFile): string {
  const kept = lanes
    .filter(({ provider, host, model }) => `${provider}${host}${model}`.length <= MAX_NAME_LENGTH)
    .slice(0, MAX_LANES)
    .map(({ learnedAtMs, ...lane }) => ({
      ...lane,
      learned_at: new Date(learnedAtMs).toISOString(),
    }));
  return `${JSON.stringify({ v: 1, salt, lanes: kept }, null, 1)}\n`;
}

/**
 * The file, with newer lanes in place of older ones with the same provider, host, model and key. A
 * run that did not reach the limits an earlier run found does not replace or renew them.
 */
export function withLanes(file: LearnedFile, newer: readonly LearnedLane[]): LearnedFile {
  const others = file.lanes.filter((lane) => !newer.some((other) => isSameLane(lane, other)));
  const current = newer.map((lane) => {
    const older = file.lanes.find((other) => isSameLane(lane, other));
    // `outran` is needed only for the comparison with an earlier run.
    const { outran: _, ...found } = lane.found;
    const canceled = longestCancel(found, older?.found);
    if (!older || !foundLess(lane.found, older.found)) {
      return { ...lane, found: { ...found, ...canceled } };
    }
    return { ...lane, found: { ...older.found, ...canceled }, learnedAtMs: older.learnedAtMs };
  });
  return { ...file, lanes: [...current.filter((lane) => !isNothing(lane)), ...others] };
}

/** Whether a run hit no limit and got no further than an earlier one. */
function foundLess(found: FoundLimits, older: FoundLimits): boolean {
  const { concurrency, rpm, outran = 0 } = found;
  if (outran > (older.rpm ?? Infinity)) return false;
  if (rpm !== undefined || concurrency?.refused !== undefined) return false;
  return (concurrency?.taken ?? 0) <= (older.concurrency?.taken ?? 0);
}

/**
 * A single batch proves little, so each canceled batch only halves the weight of earlier values.
 */
function longestCancel(
  { batchCancelMs: newer }: FoundLimits,
  { batchCancelMs: older }: FoundLimits = {},
): Pick<FoundLimits, 'batchCancelMs'> {
  if (newer === undefined) return older === undefined ? {} : { batchCancelMs: older };
  return { batchCancelMs: Math.max(newer, Math.round((older ?? USUAL_CANCEL_MS) / 2)) };
}

export type LaneIdentity = Pick<LearnedLane, 'provider' | 'host' | 'model' | 'key'>;

export function isSameLane(one: LaneIdentity, other: LaneIdentity): boolean {
  return (
    one.provider === other.provider &&
    one.host === other.host &&
    one.model === other.model &&
    one.key === other.key
  );
}

function readLane(value: JsonValue): LearnedLane | undefined {
  if (!isJsonObject(value)) return undefined;
  const { provider, host, model, key, learned_at: learnedAt } = value;
  const names = { provider, host, model, key };
  if (!hasTexts(names) || typeof learnedAt !== 'string') return undefined;
  const learnedAtMs = Date.parse(learnedAt);
  if (Number.isNaN(learnedAtMs)) return undefined;
  const announced: AnnouncedLimits = numbersIn(value['announced'], ANNOUNCED, ANY_LIMIT);
  return { ...names, learnedAtMs, announced, found: readFound(value['found']) };
}

function readFound(value: JsonValue | undefined): FoundLimits {
  const found = isJsonObject(value) ? value : {};
  const { taken, refused } = numbersIn(found['concurrency'], ['taken', 'refused'], AT_ONCE);
  return {
    ...numbersIn(found, ['rpm'], FOUND_RPM),
    ...numbersIn(found, ['cacheRestMs'], CACHE_REST_MS),
    ...numbersIn(found, ['batchCancelMs'], BATCH_CANCEL_MS),
    ...(taken === undefined
      ? {}
      : { concurrency: { taken, ...(refused === undefined ? {} : { refused }) } }),
  };
}

const ANNOUNCED = ['rpm', 'rpd', 'requests', 'tpm', 'tokens', 'itpm', 'otpm'] as const;

function hasTexts<Name extends string>(
  values: Readonly<Record<Name, JsonValue | undefined>>,
): values is Readonly<Record<Name, string>> {
  return Object.values(values).every((value) => typeof value === 'string');
}

interface Range {
  readonly min: number;
  readonly max: number;
}

/**
 * Valid ranges. A value outside its range is damaged or forged, and is ignored. A rate below one
 * request per ten seconds would slow a run down before its answers could contradict it; without the
 * hint, finding the rate again costs one refused request.
 */
const FOUND_RPM: Range = { min: 6, max: 10_000_000 };
const CACHE_REST_MS: Range = { min: 1, max: 10_000 };
const BATCH_CANCEL_MS: Range = { min: 1, max: 86_400_000 };
const AT_ONCE: Range = { min: 1, max: 100_000 };
const ANY_LIMIT: Range = { min: 1, max: 1e12 };

/** The named numbers that are within the range. */
function numbersIn<Name extends string>(
  value: JsonValue | undefined,
  names: readonly Name[],
  { min, max }: Range,
): Partial<Record<Name, number>> {
  const object: JsonObject = isJsonObject(value) ? value : {};
  const numbers: Partial<Record<Name, number>> = {};
  for (const name of names) {
    const number = object[name];
    if (typeof number === 'number' && number >= min && number <= max) numbers[name] = number;
  }
  return numbers;
}
