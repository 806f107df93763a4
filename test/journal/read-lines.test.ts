import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines } from '../../src/journal/read-lines.ts';
import { SimulatedDisk } from '../support/simulated-disk.ts';

const PATH = '/lines';

interface Read {
  readonly number: number;
  readonly offset: number;
  readonly length: number;
  readonly ended: boolean;
  readonly text: string | undefined;
}

async function linesOf(content: Uint8Array | string, maxLineBytes?: number): Promise<Read[]> {
  const disk = new SimulatedDisk();
  disk.put(PATH, content);
  const found: Read[] = [];
  for await (const lines of readLines(await disk.open(PATH), maxLineBytes)) {
    for (const { bytes, ...line } of lines) {
      found.push({ ...line, text: bytes && Buffer.from(bytes).toString('latin1') });
    }
  }
  return found;
}

describe('the lines of a file', () => {
  it('are split only at line feeds, and each has its position', async () => {
    expect(await linesOf('a\r\n\nb\u2028c')).toEqual([
      { number: 1, offset: 0, length: 3, ended: true, text: 'a\r' },
      { number: 2, offset: 3, length: 1, ended: true, text: '' },
      { number: 3, offset: 4, length: 5, ended: false, text: 'b\u00e2\u0080\u00a8c' },
    ]);
  });

  it('add up to the file, whatever their length', async () => {
    const long = fc.integer({ min: 0, max: 300_000 }).map((length) => 'x'.repeat(length));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(long, fc.constant(''))),
        fc.boolean(),
        async (texts, ended) => {
          const content = texts.join('\n') + (ended ? '\n' : '');
          const lines = await linesOf(content);
          expect(lines.map(({ text, ended }) => `${text}${ended ? '\n' : ''}`).join('')).toBe(
            content,
          );
          expect(lines.map(({ number }) => number)).toEqual(lines.map((_, at) => at + 1));
          let offset = 0;
          for (const line of lines) {
            expect(line.offset).toBe(offset);
            offset += line.length;
          }
          expect(offset).toBe(content.length);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('have no bytes if they are too long, and later lines are read normally', async () => {
    const limit = 100_000;
    for (const tooLong of [limit + 1, 2 * limit, 3 * limit + 5]) {
      const content = `a\n${'x'.repeat(tooLong)}\nb\n${'y'.repeat(tooLong)}`;
      expect(await linesOf(content, limit)).toEqual([
        { number: 1, offset: 0, length: 2, ended: true, text: 'a' },
        { number: 2, offset: 2, length: tooLong + 1, ended: true, text: undefined },
        { number: 3, offset: tooLong + 3, length: 2, ended: true, text: 'b' },
        { number: 4, offset: tooLong + 5, length: tooLong, ended: false, text: undefined },
      ]);
    }
  });
});
