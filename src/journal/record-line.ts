import { NO_TOKENS } from '../plan/needs-data.ts';
import { isUtf8 } from 'node:buffer';
import { MOST_JSON_LEVELS } from '../errors/input-limits.ts';
import { isShallow, parsedJson } from '../ports/json.ts';
import { isObject, type JsonObject } from '../ports/json-shape.ts';
import type { ResultRecord } from '../results/record.ts';

export type CheckedLine<Value = ResultRecord> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      /** What is wrong, worded so that it can follow "line 3 ". */
      readonly problem: string;
      /** Whether the line is nevertheless valid JSON: a truncated line never is. */
      readonly isWhole: boolean;
    };

/**
 * Checks one line of a results file, without its `\n`. Anyone may have edited the file; a line that
 * passes has all required fields with the right types.
 */
export function checkLine(line: Uint8Array): CheckedLine {
  const parsed = parseLine(line);
  return parsed.ok ? checkRecord(parsed.value) : parsed;
}

export function parseLine(line: Uint8Array): CheckedLine<JsonObject> {
  if (line.includes(0)) return torn('contains NUL bytes, as after a power cut');
  if (!isUtf8(line)) return torn('is not UTF-8');
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString();
  const value: unknown = parsedJson(text);
  if (value === undefined) return torn('is not JSON');
  if (!isObject(value)) return wrong('is not a JSON object');
  if (value['v'] !== 1) return wrong(`is not a record of this format: ${shown('v', value['v'])}`);
  return { ok: true, value };
}

export function checkRecord(value: JsonObject): CheckedLine {
  const field = FIELDS.find(([name, isRight]) => !isRight(value[name]));
  if (field) return wrong(`is not a result record: ${shown(field[0], value[field[0]])}`);
  // `item` may be as large as `output`.
  if (![value['output'], value['item']].every((each) => isShallow(each, MOST_JSON_LEVELS))) {
    return wrong(`contains values that are nested more than ${MOST_JSON_LEVELS} levels deep`);
  }
  if (hasEndlessNumber(value['output'])) return wrong('contains a number that is too large');
  return isRecord(value) ? { ok: true, value } : wrong('succeeded but has no `output`');
}

function hasEndlessNumber(root: unknown): boolean {
  if (typeof root === 'string') return false;
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'number' && !Number.isFinite(value)) return true;
    if (typeof value !== 'object' || value === null) continue;
    for (const each of Object.values(value)) open.push(each);
  }
  return false;
}

type Check = (value: unknown) => boolean;

const FIELDS: ReadonlyArray<readonly [name: string, isRight: Check]> = [
  ['id', isText],
  ['task', isText],
  ['index', isCount],
  ['status', isStatus],
  ['provider', isText],
  ['model', isText],
  ['finish_reason', isTextOrNull],
  ['usage', (value) => value === null || isUsage(value)],
  ['usage_estimated', (value) => value === undefined || value === true],
  ['cost_usd', (value) => value === null || isAmount(value)],
  ['attempts', isCount],
  ['retries', isCount],
  ['possibly_paid_attempts', optional(isCount)],
  ['possibly_paid_usd', optional(isAmount)],
  ['superseded_usd', optional(isAmount)],
  ['shared_with', optional(isText)],
  ['batch_id', optional(isText)],
  ['cached', (value) => value === undefined || value === true],
  ['queued_ms', isCount],
  ['duration_ms', isCount],
  ['waited', optional(isWaits)],
  ['started_at', isText],
  ['finished_at', isText],
  ['request_id', isTextOrNull],
  ['fingerprint', isTextOrNull],
  ['matrix', optional(isObject)],
  ['expected', (value) => value === undefined || value === false],
  ['unexpected_reason', optional(isText)],
  ['seal', optional(isText)],
  ['partial_output', optional(isText)],
  ['error', optional(isError)],
];

/** All fields except the one that depends on the status have already been checked. */
function isRecord(value: object): value is ResultRecord {
  return 'status' in value && (value.status !== 'succeeded' || 'output' in value);
}

export function isUsage(value: unknown): boolean {
  return isObject(value) && USAGE_KEYS.every((key) => isCount(value[key]));
}

const USAGE_KEYS = Object.keys(NO_TOKENS);

function isError(value: unknown): boolean {
  return isObject(value) && isText(value['code']) && isText(value['message']);
}

function isStatus(value: unknown): boolean {
  return value === 'succeeded' || value === 'failed' || value === 'canceled' || value === 'skipped';
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

function isWaits(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isCount);
}

/**
 * US dollars. A negative amount would raise the budget, and huge amounts could add up to infinity.
 */
export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MOST_USD;
}

/** A whole number small enough that a million of them add up exactly. */
function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_COUNTED;
}

const MOST_USD = 1e9;
const MOST_COUNTED = 1e13;

function optional(isRight: Check): Check {
  return (value) => value === undefined || isRight(value);
}

function torn(problem: string): Extract<CheckedLine, { ok: false }> {
  return { ok: false, problem, isWhole: false };
}

export function wrong(problem: string): Extract<CheckedLine, { ok: false }> {
  return { ok: false, problem, isWhole: true };
}

function shown(name: string, value: unknown): string {
  if (value === undefined) return `\`${name}\` is missing`;
  const json = value === Number.POSITIVE_INFINITY ? 'too large' : JSON.stringify(value);
  return `\`${name}\` is \`${json.length > 40 ? `${json.slice(0, 40)}…` : json}\``;
}

/**
 * Release 0.1.0 kept answers of removed, skipped or failed tasks in the results file under the
 * task's id with a mark: `task-1~34dd53d3`, `task-1~old-00f9cb04`. Those records do not have a
 * seal. The `~` of a shortened key is followed by 12 digits (`~0123456789ab`), which is not such a
 * mark.
 */
export function isMarkedId({ id, seal }: Pick<ResultRecord, 'id' | 'seal'>): boolean {
  return seal === undefined && MARKED.test(id);
}

export function withPlainId(record: ResultRecord): ResultRecord {
  return { ...record, id: record.id.replace(MARKED, '') };
}

const MARKED = /~(?:old-)?[0-9a-f]{8}$/;
