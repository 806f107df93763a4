import { isUtf8 } from 'node:buffer';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { asUtf8, BadBytesError, decodeText } from '../../src/ports/text-encoding.ts';

/** The text of a stream that delivers these bytes in parts, or the error that ends the stream. */
async function streamed(bytes: Uint8Array, cuts: readonly number[], encoding: 'utf-8' | 'utf-16') {
  const ends = [...cuts.filter((cut) => cut < bytes.length), bytes.length].toSorted(
    (a, b) => a - b,
  );
  const parts = ends.map((end, at) => bytes.slice(ends[at - 1] ?? 0, end));
  const found: Uint8Array[] = [];
  try {
    for await (const part of asUtf8(ReadableStream.from(parts), encoding)) found.push(part);
    return Buffer.concat(found).toString();
  } catch (error) {
    if (error instanceof BadBytesError) return error.bad;
    throw error;
  }
}

const byte = fc.oneof(
  fc.constantFrom(...Buffer.from('\n\rA\uFFFDé€😀\uFEFF'), 0xed, 0xff),
  fc.nat(255),
);
const cuts = fc.array(fc.nat(14), { maxLength: 4 });

test('UTF-8 is read or its first invalid byte reported, in whatever parts it arrives', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(byte, { minLength: 2, maxLength: 14 }), cuts, async (list, at) => {
      const bytes = Uint8Array.from(list);
      fc.pre(!bytes.includes(0) && bytes[0] !== 0xff && bytes[0] !== 0xfe);
      const decoded = decodeText(bytes);
      expect(decoded.ok).toBe(isUtf8(bytes));
      const whole = decoded.ok ? Buffer.from(bytes).toString() : decoded.bad;
      expect(await streamed(bytes, at, 'utf-8')).toEqual(whole);
      if (decoded.ok) return;
      const good = bytes.findLastIndex((_, end) => isUtf8(bytes.subarray(0, end)));
      const [lines, bad] = [
        Buffer.from(bytes.subarray(0, good))
          .toString()
          .split(/\r\n|\n|\r/),
        bytes[good],
      ];
      expect(decoded.bad).toEqual({
        line: lines.length,
        column: (lines.at(-1) ?? '').length + 1,
        found: `the byte 0x${bad?.toString(16).padStart(2, '0')}`,
        looksLike: 'windows-1252',
      });
    }),
    { numRuns: 2_000 },
  );
});

test('UTF-16 is read in either byte order, in whatever parts it arrives', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme' }),
      fc.boolean(),
      cuts,
      async (text, isBig, at) => {
        const little = Buffer.from(`\uFEFF${text}`, 'utf16le');
        const bytes = isBig ? little.swap16() : little;
        expect(decodeText(bytes, 'utf-16')).toEqual({ ok: true, text });
        expect(await streamed(bytes, at, 'utf-16')).toBe(`\uFEFF${text}`);
        expect(decodeText(bytes.subarray(0, -1), 'utf-16')).toMatchObject({ ok: false });
      },
    ),
  );
});
