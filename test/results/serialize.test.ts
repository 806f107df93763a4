import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordLine, safeJson } from '../../src/results/serialize.ts';
import { wellFormed } from '../../src/ports/well-formed.ts';
import { toRecord } from '../../src/results/to-record.ts';
import { anyText, failed, succeeded } from './outcomes.ts';

test('no line contains a workflow command, a separator or a control character, and only lone surrogates change', () => {
  fc.assert(
    fc.property(anyText, anyText, anyText, (id, output, message) => {
      const record = {
        ...toRecord(succeeded()),
        id,
        output,
        error: { code: 'AUTH', message, http_status: null, retryable: false, hint: null },
      } as const;
      const line = recordLine(record);
      expect(JSON.parse(line)).toEqual(wellFormed(record));
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(line).not.toContain('#[');
      expect(line).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/);
      expect(line.isWellFormed()).toBe(true);
      // Other readers reject escapes of lone surrogates, so U+FFFD is written.
      expect(line.replaceAll('\\\\', '')).not.toMatch(/\\ud[89a-f]/iu);
      expect(line.trimStart().startsWith('::')).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test('`#[` is written as an escape with the same value', () => {
  expect(safeJson({ text: '##[set-env name=x]y' })).toBe('{"text":"##\\u005bset-env name=x]y"}');
});

test('ordinary text of any script stays readable', () => {
  expect(safeJson({ text: 'é 漢字 👩‍👩‍👧 # [1] ```' })).toBe('{"text":"é 漢字 👩‍👩‍👧 # [1] ```"}');
});

test('text that imitates a record stays inside its own record', () => {
  const forged = '"}\n{"v":1,"id":"other","status":"succeeded"}';
  const line = recordLine({ ...toRecord(failed()), partial_output: forged });
  expect(line.trimEnd().split('\n')).toHaveLength(1);
  expect(JSON.parse(line)).toMatchObject({ id: 'review@a.ts', partial_output: forged });
});
