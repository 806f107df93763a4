import { MOST_JSON_LEVELS } from '../errors/input-limits.ts';
import { jsonReadings } from './json-in-answer.ts';
import {
  changedNumber,
  isJsonObject,
  isShallow,
  parsedJson,
  type JsonObject,
  type JsonValue,
} from '../ports/json.ts';
import type { Work } from '../ports/work.ts';
import { boundedReader } from './bounded-reader.ts';
import type { Violation, ViolationsOf } from './json-schema.ts';
import type { OutputSchema, ReadAnswer } from './manifest.ts';
import { nativeSchema } from './native-schema.ts';

/** A compiled schema, ready to be sent and to check answers. */
export function outputSchema(
  json: JsonObject,
  violationsOf: ViolationsOf,
  work: Work,
): OutputSchema {
  return {
    json,
    native: { openai: nativeSchema(json, 'openai'), anthropic: nativeSchema(json, 'anthropic') },
    read: boundedReader(json, (text) => readAnswer(text, violationsOf), work),
  };
}

/** Reads an answer and checks it against a schema, without a time limit. */
export function readAnswer(answer: string, violationsOf: ViolationsOf): ReadAnswer {
  for (const parts of jsonReadings(answer)) {
    const read = parts.flatMap((text) => {
      const value = parsedJson(text);
      return value === undefined ? [] : [readValue(text, value, violationsOf)];
    });
    const fitting = read.filter(({ ok }) => ok);
    const different = new Set(fitting.map((each) => JSON.stringify(each)));
    if (different.size > 1) {
      return { ok: false, problem: `it contains ${different.size} JSON values that match` };
    }
    const [best = read.at(-1)] = fitting;
    if (best) return best;
  }
  return { ok: false, problem: 'it is not JSON' };
}

function readValue(text: string, value: JsonValue, violationsOf: ViolationsOf): ReadAnswer {
  if (!isShallow(value, MOST_JSON_LEVELS)) {
    return { ok: false, problem: `it is nested more than ${MOST_JSON_LEVELS} levels deep` };
  }
  const changed = changedNumber(text);
  if (changed !== undefined) {
    return { ok: false, problem: `its number \`${changed}\` is too large to be kept exactly` };
  }
  const violations = violationsOf(value);
  if (violations.length === 0) return { ok: true, value };
  const completed = withoutRefusedNulls(value, violations);
  if (completed !== undefined && violationsOf(completed).length === 0) {
    return { ok: true, value: completed };
  }
  return { ok: false, problem: problemOf(violations) };
}

/**
 * Strict providers require every property, so the model writes null for optional ones that it
 * leaves out. Returns the value without the nulls that the schema refuses; undefined if there are
 * none.
 */
function withoutRefusedNulls(
  value: JsonValue,
  violations: readonly Violation[],
): JsonValue | undefined {
  const nulls = violations.filter(({ data, path }) => data === null && path.length > 0);
  if (nulls.length === 0) return undefined;
  const completed = structuredClone(value);
  for (const { path } of nulls) {
    const parent = path.slice(0, -1).reduce<JsonValue | undefined>(innerValue, completed);
    // Nulls that are list items are kept.
    if (isJsonObject(parent)) Reflect.deleteProperty(parent, path.at(-1) ?? '');
  }
  return completed;
}

function innerValue(value: JsonValue | undefined, step: string | number): JsonValue | undefined {
  return typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;
}

/** Enough for a model to correct its answer, at a limited cost. */
const MOST_LISTED = 3;
const MOST_CHARACTERS = 500;

function problemOf(violations: readonly Violation[]): string {
  const listed = violations
    .slice(0, MOST_LISTED)
    .map(({ path, must }) => `${path.length === 0 ? 'it' : `\`/${path.join('/')}\``} ${must}`);
  const more = violations.length - listed.length;
  const text = [...listed, ...(more > 0 ? [`${more} more`] : [])].join('; ');
  if (text.length <= MOST_CHARACTERS) return text;
  return `${text.slice(0, MOST_CHARACTERS - 1).toWellFormed()}…`;
}
