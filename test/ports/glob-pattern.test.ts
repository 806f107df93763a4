import { expect, test } from 'vitest';
import { literalPlus, patternProblem } from '../../src/ports/glob-pattern.ts';

test.each([
  'src/**/*.ts',
  '!**/*.test.ts',
  'src/{a,b}/{c,d}/*.{ts,tsx}',
  '{src/*,test/*,docs/*}',
  '*-{a,b}-*.md',
  'app/\\(group\\)/page.tsx',
  'a\\*b\\*c\\*d\\*e\\*f',
  '[a-z]?.txt',
])('%s is accepted', (pattern) => {
  expect(patternProblem(pattern)).toBeUndefined();
});

const TOO_WILD = 'has more than 4 `*` or `{` in one part';

test.each([
  ['*a*a*a*a*a*b', `the pattern \`*a*a*a*a*a*b\` ${TOO_WILD}`],
  ['{*a,*b,*c,*d}', `the pattern \`{*a,*b,*c,*d}\` ${TOO_WILD}`],
  ['**/a/**/a/**/a/**/a/**/b', `the pattern \`**/a/**/a/**/a/**/a/**/b\` ${TOO_WILD}`],
  ['+(+(a))b', 'the pattern `+(+(a))b` has a `(`'],
  ['(a|aa)b', 'the pattern `(a|aa)b` has a `(`'],
  [`${'x'.repeat(90)}(`, `the pattern \`${'x'.repeat(79)}…\` has a \`(\``],
  ['x'.repeat(1001), 'a glob pattern is longer than 1,000 characters'],
])('%s could keep the matcher busy and is refused', (pattern, message) => {
  expect(patternProblem(pattern)?.message).toBe(message);
});

test('a plus sign matches itself', () => {
  expect(literalPlus('{a,aa}+[b]+\\+c')).toBe('{a,aa}\\+[b]\\+\\+c');
});
