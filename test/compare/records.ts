import type { JsonValue } from '../../src/ports/json.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import { NO_TOKENS } from '../../src/plan/needs-data.ts';

/** A record with these fields, by default of a successful task. */
export function record(fields: Partial<ResultRecord> & { readonly id: string }): ResultRecord {
  const output: { readonly output?: JsonValue } = fields.error ? {} : { output: 'fine' };
  return {
    v: 1,
    task: fields.id.split('@')[0] ?? fields.id,
    index: 0,
    status: fields.error ? 'failed' : 'succeeded',
    ...output,
    provider: 'mock',
    model: 'small',
    finish_reason: 'stop',
    usage: { ...NO_TOKENS, input_tokens: 10, output_tokens: 5, total_tokens: 15 },
    cost_usd: 0.01,
    attempts: 1,
    retries: 0,
    queued_ms: 0,
    duration_ms: 1000,
    started_at: '2026-01-01T00:00:00.000Z',
    finished_at: '2026-01-01T00:00:01.000Z',
    request_id: null,
    fingerprint: null,
    ...fields,
  };
}

export function failure(
  code: 'SERVER_ERROR' | 'TRUNCATED',
  message: string,
): NonNullable<ResultRecord['error']> {
  return { code, message, http_status: 500, retryable: true, hint: null };
}
