import { expect, test } from 'vitest';
import type { ResultRecord } from '../../src/results/record.ts';
import {
  createJunitTotals,
  JUNIT_END,
  JUNIT_SUITE_END,
  junitCase,
} from '../../src/report/document/junit.ts';
import { failure, record } from '../compare/records.ts';
import { junitCases } from '../support/junit-form.ts';

function junit(...records: readonly ResultRecord[]): string {
  const totals = createJunitTotals();
  records.forEach((each) => totals.add(each));
  const cases = records.map(junitCase).join('');
  return totals.opening('r') + totals.suiteOpening('t') + cases + JUNIT_SUITE_END + JUNIT_END;
}

const skipped = {
  code: 'CONDITION_FALSE',
  message: 'its `if` is false',
  http_status: null,
  retryable: false,
  hint: null,
} as const;

test('each task is a case: passed, failed (a wrong answer), an error (no answer) or skipped', () => {
  const { output: _, ...without } = record({ id: 't@s' });
  const xml = junit(
    record({ id: 't@1' }),
    record({ id: 't@2', error: failure('TRUNCATED', 'cut off') }),
    record({ id: 't@3', error: failure('SERVER_ERROR', 'status 500') }),
    record({ id: 't@4', expected: false, unexpected_reason: 'not a label' }),
    { ...without, status: 'skipped', error: skipped },
  );
  expect(junitCases(xml).map(({ name, outcome, message }) => [name, outcome, message])).toEqual([
    ['t@1', 'passed', ''],
    ['t@2', 'failure', 'cut off'],
    ['t@3', 'error', 'status 500'],
    ['t@4', 'failure', 'not a label'],
    ['t@s', 'skipped', 'its `if` is false'],
  ]);
});

test.each([
  ['markup', '"/><script>&amp;</script>]]>', '"/><script>&amp;</script>]]>'],
  ['line breaks', 'a\nb\r\tc', 'a\nb\r\tc'],
  [
    'characters that XML cannot represent',
    'a\u0000\u001b\ud800b\uffff',
    'a\ufffd\ufffd\ufffdb\ufffd',
  ],
  ['commands to a log', 'x\n::error::y ##vso[z] ###', 'x\n::error::y ##vso[z] ###'],
  ['text-direction characters', 'a\u202eb', 'a\ufffdb'],
])('a message with %s stays text', (_, message, shown) => {
  const xml = junit(record({ id: `t@${message}`, error: failure('SERVER_ERROR', message) }));
  expect(xml).not.toMatch(/^::|##/m);
  const [found] = junitCases(xml);
  expect([found?.name, found?.message]).toEqual([`t@${shown}`, shown]);
});
