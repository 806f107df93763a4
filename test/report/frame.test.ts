import { expect, test } from 'vitest';
import { frameErase, frameUpdate } from '../../src/report/frame.ts';

const HIDE = '\u001b[?25l\u001b[?7l';
const SHOW = '\u001b[J\u001b[?7h\u001b[?25h';

test('the first picture is written where the cursor stands', () => {
  expect(frameUpdate([], ['a', 'b'], 80)).toBe(`${HIDE}\ra\u001b[K\nb\u001b[K\n${SHOW}`);
});

test('a later one overwrites the rows of the one before and clears what is left of it', () => {
  expect(frameUpdate(['a', 'b', 'c'], ['x'], 80)).toBe(`${HIDE}\r\u001b[3Ax\u001b[K\n${SHOW}`);
});

test('the same picture is not written again', () => {
  expect(frameUpdate(['a', 'b'], ['a', 'b'], 80)).toBe('');
});

test('on a terminal that became narrower, broken lines count as the rows that they now take', () => {
  const shown = ['x'.repeat(100), `\u001b[31m${'漢'.repeat(20)}\u001b[39m`, ''];
  expect(frameErase(shown, 120)).toBe('\r\u001b[3A\u001b[J');
  expect(frameErase(shown, 40)).toBe('\r\u001b[5A\u001b[J');
});

test('nothing shown is nothing to take away', () => {
  expect(frameErase([], 80)).toBe('');
});
