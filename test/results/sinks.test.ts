import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sanitized } from '../../src/errors/terminal-safe.ts';
import { VolleyError } from '../../src/errors/volley-error.ts';
import type { OutputStream } from '../../src/ports/output.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import { recordLine } from '../../src/results/serialize.ts';
import { jsonSink, textSink, jsonlSink } from '../../src/results/sinks/output-formats.ts';
import { SinkClosed, SinkFailed } from '../../src/results/sinks/sink.ts';
import { streamWriter } from '../../src/results/sinks/writer.ts';
import { createTally } from '../../src/results/summarize.ts';
import type { Summary } from '../../src/results/summary.ts';
import { toRecord } from '../../src/results/to-record.ts';
import { checkRecordLine } from '../support/check-schema.ts';
import { anyOutcome, anyText, failed, succeeded, task } from './outcomes.ts';

const SUMMARY: Summary = createTally().summary({
  tasks: 0,
  totals: {
    rateLimited: 0,
    highestConcurrency: 0,
    waitedMs: new Map(),
    boundBy: undefined,
    caching: [],
    stoppedBy: undefined,
  },
  durationMs: 1,
});

function collector(): OutputStream & { readonly text: () => string } {
  const chunks: string[] = [];
  return {
    text: () => chunks.join(''),
    write: async (text) => {
      chunks.push(text);
    },
  };
}

function broken(code: string): OutputStream {
  return {
    write: async () => {
      throw Object.assign(new Error(`write ${code}`), { code });
    },
  };
}

function record(id: string, index: number): ResultRecord {
  return toRecord(succeeded({ task: task(id, index) }));
}

describe('jsonl', () => {
  test('contains one line per record, in the order in which tasks end, and nothing else', async () => {
    const stdout = collector();
    const sink = jsonlSink(streamWriter(stdout, 'stdout'));
    await sink.write(record('b', 1));
    await sink.write(record('a', 0));
    await sink.close(SUMMARY);
    expect(stdout.text()).toBe(recordLine(record('b', 1)) + recordLine(record('a', 0)));
    for (const line of stdout.text().trimEnd().split('\n')) checkRecordLine(line);
  });

  test('a write waits for a slow reader', async () => {
    const steps: string[] = [];
    let drained: (() => void) | undefined;
    const slow: OutputStream = {
      write: () =>
        new Promise((resolve) => {
          drained = resolve;
        }),
    };
    const written = jsonlSink(streamWriter(slow, 'stdout')).write(record('a', 0));
    const done = written.then(() => steps.push('written'));
    await Promise.resolve();
    steps.push('drained');
    drained?.();
    await done;
    expect(steps).toEqual(['drained', 'written']);
  });

  test("a reader that closed rejects with SinkClosed, which is not the user's error", async () => {
    const sink = jsonlSink(streamWriter(broken('EPIPE'), 'stdout'));
    const error = await sink.write(record('a', 0)).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(SinkClosed);
    expect(error).not.toBeInstanceOf(VolleyError);
  });

  test.each([
    [
      'ENOSPC',
      'cannot write results to `stdout`: no space left on the disk (ENOSPC)',
      'make room, or send the results somewhere else with `--output`',
    ],
    [
      'EIO',
      'cannot write results to `stdout`: the disk reports an error (EIO)',
      'check the disk, or send the results somewhere else with `--output`',
    ],
    [
      'EWHATEVER',
      'cannot write results to `stdout`: write EWHATEVER',
      'fix that, or send the results somewhere else with `--output`',
    ],
  ])('the error %s rejects with SinkFailed and exit code 74', async (code, message, hint) => {
    const sink = jsonlSink(streamWriter(broken(code), 'stdout'));
    const error = await sink.write(record('a', 0)).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(SinkFailed);
    expect(error).toMatchObject({ message, hint, exitCode: 74 });
  });
});

describe('json', () => {
  test('is one document with one record per line and the summary at the end', async () => {
    const stdout = collector();
    const sink = jsonSink(streamWriter(stdout, 'stdout'));
    await sink.write(record('b', 1));
    await sink.write(record('a', 0));
    await sink.close(SUMMARY);
    const [b, a] = [record('b', 1), record('a', 0)].map((record) => recordLine(record).trim());
    expect(stdout.text()).toBe(
      `{"v":1,"tasks":[\n${b},\n${a}\n],"summary":${JSON.stringify(SUMMARY)}}\n`,
    );
  });

  test('a run without records is a valid document too', async () => {
    const stdout = collector();
    await jsonSink(streamWriter(stdout, 'stdout')).close(SUMMARY);
    expect(JSON.parse(stdout.text())).toEqual({ v: 1, tasks: [], summary: SUMMARY });
  });

  test('the document contains exactly the records, whatever they contain', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyOutcome), async (outcomes) => {
        const records = outcomes.map((outcome) => toRecord(outcome));
        const stdout = collector();
        const sink = jsonSink(streamWriter(stdout, 'stdout'));
        await Promise.all(records.map((record) => sink.write(record)));
        await sink.close(SUMMARY);
        expect(JSON.parse(stdout.text())).toEqual({ v: 1, tasks: records, summary: SUMMARY });
        expect(stdout.text()).not.toContain('#[');
      }),
    );
  });
});

describe('text', () => {
  test('lists results in manifest order at the end, and failures with a reason and a hint', async () => {
    const stdout = collector();
    const sink = textSink(streamWriter(stdout, 'stdout'));
    await sink.write(toRecord(failed({ task: task('second', 1) })));
    await sink.write({ ...toRecord(failed({ task: task('third', 2) })), partial_output: 'fo' });
    await sink.write({ ...record('first', 0), output: 'line one\nline two\n' });
    expect(stdout.text()).toBe('');
    await sink.close(SUMMARY);
    expect(stdout.text()).toBe(
      [
        '✓ first · succeeded',
        'line one',
        'line two',
        '',
        '✗ second · failed',
        'RATE_LIMITED: too many requests',
        'hint: lower `rpm`',
        '',
        '✗ third · failed',
        'RATE_LIMITED: too many requests',
        'hint: lower `rpm`',
        'partial output:',
        'fo',
        '',
        '',
      ].join('\n'),
    );
  });

  test('text from a model, a server or a row cannot control the terminal or the CI runner', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyText, anyText, async (id, output, message) => {
        const stdout = collector();
        const sink = textSink(streamWriter(stdout, 'stdout'));
        await sink.write({ ...record('x', 0), id, output });
        const error = { code: 'AUTH', http_status: 401, retryable: false } as const;
        await sink.write({
          ...toRecord(failed()),
          error: { ...error, message, hint: message },
          partial_output: output,
        });
        await sink.close(SUMMARY);
        // Like every stream before printing.
        const shown = sanitized(stdout.text());
        expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/);
        expect(shown).not.toContain('##[');
        for (const line of shown.split('\n')) expect(line).not.toMatch(/^\s*::/);
      }),
      { numRuns: 500 },
    );
  });
});
