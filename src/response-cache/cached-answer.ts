import { isUsage } from '../journal/record-line.ts';
import { isJsonObject, parsedJson, type JsonObject, type JsonValue } from '../ports/json.ts';
import type { RecordUsage, ResultRecord } from '../results/record.ts';

/** What the cache stores of a record: the answer, and nothing about the task. */
export interface CachedAnswer {
  readonly v: 1;
  readonly fingerprint: string;
  readonly output: JsonValue;
  readonly provider: string;
  readonly model: string;
  readonly finish_reason: string | null;
  readonly usage: RecordUsage | null;
  readonly usage_estimated?: true;
  readonly request_id: string | null;
  /** When it was received. */
  readonly answered_at: string;
  readonly seal?: string;
}

/** The answer of a record; undefined unless it passed every check. */
export function answerOf({
  status,
  output,
  expected,
  fingerprint,
  cached,
  ...record
}: ResultRecord): CachedAnswer | undefined {
  if (status !== 'succeeded' || output === undefined || expected === false) return undefined;
  if (fingerprint === null || cached || record.shared_with !== undefined) return undefined;
  return {
    v: 1,
    fingerprint,
    output,
    provider: record.provider,
    model: record.model,
    finish_reason: record.finish_reason,
    usage: record.usage,
    ...(record.usage_estimated && { usage_estimated: true }),
    request_id: record.request_id,
    answered_at: record.finished_at,
  };
}

/** The answer in an entry; undefined if the entry is damaged or answers another request. */
export function readAnswer(text: string, fingerprint: string): CachedAnswer | undefined {
  const value = parsedJson(text);
  return isAnswer(value) && value.fingerprint === fingerprint ? value : undefined;
}

function isAnswer(value: JsonValue | undefined): value is JsonObject & CachedAnswer {
  return (
    isJsonObject(value) &&
    value['v'] === 1 &&
    typeof value['fingerprint'] === 'string' &&
    value['output'] !== undefined &&
    typeof value['provider'] === 'string' &&
    typeof value['model'] === 'string' &&
    isTextOrNull(value['finish_reason']) &&
    isTextOrNull(value['request_id']) &&
    (value['usage'] === null || isUsage(value['usage'])) &&
    (value['usage_estimated'] === undefined || value['usage_estimated'] === true) &&
    typeof value['answered_at'] === 'string' &&
    !Number.isNaN(Date.parse(value['answered_at']))
  );
}

function isTextOrNull(value: JsonValue | undefined): boolean {
  return value === null || typeof value === 'string';
}
