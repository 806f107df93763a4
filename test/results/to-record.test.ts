import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordLine } from '../../src/results/serialize.ts';
import { toRecord } from '../../src/results/to-record.ts';
import { checkRecordLine } from '../support/check-schema.ts';
import { anyOutcome, FAILURE_CODES, failed, succeeded } from './outcomes.ts';

test('an answered task becomes a record with its keys in the documented order', () => {
  expect(recordLine(toRecord(succeeded()))).toBe(
    '{"v":1,"id":"review@a.ts","task":"review","index":7,"status":"succeeded","output":"four",' +
      '"provider":"anthropic","model":"claude-haiku-5-5","finish_reason":"stop",' +
      '"usage":{"input_tokens":812,"output_tokens":140,"cache_read_tokens":2048,' +
      '"cache_write_tokens":10,"reasoning_tokens":90,"total_tokens":3010},' +
      '"cost_usd":null,"attempts":1,"retries":0,"queued_ms":12,"duration_ms":2311,' +
      '"started_at":"2026-11-22T10:00:00.000Z","finished_at":"2026-11-22T10:00:02.311Z",' +
      '"request_id":"req_1","fingerprint":"sha256:abc"}\n',
  );
});

test('a truncated answer becomes a failure that keeps its text, reason, request id and tokens', () => {
  const record = toRecord(
    succeeded({
      attempts: 3,
      possiblyPaidAttempts: 2,
      result: {
        status: 'failed',
        failure: {
          code: 'TRUNCATED',
          message: 'cut at 10 tokens',
          retryable: false,
          reach: 'task',
          possiblyPaid: false,
          partialOutput: 'fou',
          finishReason: 'length',
          requestId: 'req_9',
        },
      },
    }),
  );
  expect(record).toMatchObject({
    status: 'failed',
    partial_output: 'fou',
    error: {
      code: 'TRUNCATED',
      message: 'cut at 10 tokens',
      http_status: null,
      retryable: false,
      hint: null,
    },
    finish_reason: 'length',
    request_id: 'req_9',
    attempts: 3,
    retries: 2,
    possibly_paid_attempts: 2,
  });
  expect(record).not.toHaveProperty('output');
});

test('a task that was never sent has no tokens, no retries and no fingerprint', () => {
  const record = toRecord(failed({ attempts: 0, usage: undefined, fingerprint: undefined }));
  expect(record).toMatchObject({ attempts: 0, retries: 0, usage: null, fingerprint: null });
  expect(record).not.toHaveProperty('possibly_paid_attempts');
});

test('every record is valid against the published schema', () => {
  fc.assert(
    fc.property(anyOutcome, (outcome) => {
      const record = toRecord(outcome);
      expect(checkRecordLine(recordLine(record))).toEqual(record);
    }),
    { numRuns: 500 },
  );
});

test('the schema knows every failure code', () => {
  for (const code of FAILURE_CODES) {
    const outcome = failed({
      result: { status: 'failed', failure: { code, message: 'm', retryable: false } },
    });
    expect(checkRecordLine(recordLine(toRecord(outcome))).error?.code).toBe(code);
  }
});

test.each([
  ['a succeeded record without output', { status: 'succeeded', error: undefined }],
  ['a succeeded record with an error', { status: 'succeeded', output: 'x' }],
  ['a failed record with output', { output: 'x' }],
  ['a failed record without error', { error: undefined }],
  ['an unknown key', { extra: 1 }],
  ['an unknown code', { error: { ...toRecord(failed()).error, code: 'OOPS' } }],
  ['a negative count', { attempts: -1 }],
  ['a local time', { started_at: '2026-11-22T10:00:00.000+01:00' }],
])('the schema rejects %s', (_, change) => {
  const line = JSON.stringify({ ...toRecord(failed()), ...change });
  expect(() => checkRecordLine(line)).toThrow(/^data/);
});

test('two records on one line are rejected', () => {
  const line = recordLine(toRecord(succeeded()));
  expect(() => checkRecordLine(line + line)).toThrow(/^not exactly one line/);
});
