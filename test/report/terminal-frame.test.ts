import { expect, test } from 'vitest';
import { frameErase, frameUpdate, type Frame } from '../../src/report/terminal-frame.ts';

const HIDE = '\u001b[?25l\u001b[?7l';
const SHOW = '\u001b[J\u001b[?7h\u001b[?25h\u001b7';
const MARGIN = '\n\n\n\n\u001b[4A';

function frame(lines: readonly string[], columns = 80, rows = 24): Frame {
  return { lines, columns, rows };
}

test('the first picture is written at the cursor, above rows that stay blank', () => {
  expect(frameUpdate(undefined, frame(['a', 'b']))).toBe(
    `${HIDE}\ra\u001b[K\nb\u001b[K\n${MARGIN}${SHOW}`,
  );
  expect(frameUpdate(undefined, frame(['a'], 80, 5))).toBe(`${HIDE}\ra\u001b[K\n${SHOW}`);
});

test('a later picture overwrites the previous rows and clears the rest', () => {
  expect(frameUpdate(frame(['a', 'b', 'c']), frame(['x']))).toBe(
    `${HIDE}\u001b8\r\u001b[3Ax\u001b[K\n${MARGIN}${SHOW}`,
  );
});

test('an unchanged picture only clears what was typed below it', () => {
  expect(frameUpdate(frame(['a', 'b']), frame(['a', 'b']))).toBe('\u001b8\u001b[J');
});

test('wrapped lines count as several rows in a terminal that became narrower', () => {
  const shown = frame(['x'.repeat(100), `\u001b[31m${'漢'.repeat(20)}\u001b[39m`, ''], 120);
  expect(frameErase(shown, { columns: 120, rows: 24 })).toBe('\u001b8\r\u001b[3A\u001b[J');
  expect(frameErase(shown, { columns: 40, rows: 24 })).toBe('\r\u001b[5A\u001b[J');
});

test('a cursor position saved before a resize is not used', () => {
  const update = frameUpdate(frame(['a']), frame(['a'], 80, 30));
  expect(update).not.toContain('\u001b8');
  expect(update).toContain('\u001b7');
});

test('an empty picture needs no erasing', () => {
  expect(frameErase(undefined, { columns: 80, rows: 24 })).toBe('');
});
