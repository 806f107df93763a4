import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lostResults } from '../../src/cli/keep-unwritten-records.ts';
import { systemError } from '../../src/ports/error-code.ts';
import { succeeded } from '../journal/records.ts';
import { folder } from '../support/cli.ts';

const ONE = {
  records: [succeeded('a')],
  cause: systemError('ENOSPC'),
  target: 'out.jsonl',
  canResume: true,
};

test('one lost result is reported in the singular', async () => {
  const full = '1 result could not be written to `out.jsonl`: no space left on the disk (ENOSPC)';
  expect((await lostResults(ONE, undefined)).message).toBe(`${full}; it is lost`);
  const dump = join(folder(), 'dump.jsonl');
  expect((await lostResults(ONE, dump)).message).toBe(`${full}; it is in \`${dump}\``);
  const two = { ...ONE, records: [succeeded('a'), succeeded('b')] };
  expect((await lostResults(two, undefined)).message).toMatch(/^2 results .*; they are lost$/);
});
