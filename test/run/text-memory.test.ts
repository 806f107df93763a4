import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTextMemory } from '../../src/run/text-memory.ts';

describe('a memory for prompts', () => {
  it('returns the latest text of each key, and nothing else', () => {
    const memory = createTextMemory(1_000);
    memory.put('a', 'äöü 漢字 😀');
    memory.put('b', '');
    memory.put('b', 'again');
    expect(['a', 'b', 'c'].map((key) => memory.get(key))).toEqual([
      'äöü 漢字 😀',
      'again',
      undefined,
    ]);
  });

  it('drops the oldest when full, and does not keep text that is too large', () => {
    const memory = createTextMemory(1_000);
    for (let at = 0; at < 100; at += 1) memory.put(String(at), 'x'.repeat(50));
    memory.put('large', 'x'.repeat(101));
    const kept = Array.from({ length: 100 }, (_, at) => memory.get(String(at)) !== undefined);
    expect(kept.indexOf(true)).toBeGreaterThan(70);
    expect(kept.slice(kept.indexOf(true))).toEqual(kept.slice(kept.indexOf(true)).map(() => true));
    expect(memory.get('99')).toBe('x'.repeat(50));
    expect(memory.get('large')).toBeUndefined();
  });

  it('drops nothing while it is half empty, even as it grows', () => {
    const memory = createTextMemory(100_000);
    const keys = Array.from({ length: 400 }, (_, at) => String(at));
    for (const key of keys) memory.put(key, `text ${key} `.repeat(8));
    memory.put('7', 'again');
    const texts = keys.map((key) => (key === '7' ? 'again' : `text ${key} `.repeat(8)));
    expect(keys.map((key) => memory.get(key))).toEqual(texts);
  });

  it('needs little memory for little text, whatever its maximum', () => {
    const { arrayBuffers } = process.memoryUsage();
    const memories = Array.from({ length: 100 }, () => createTextMemory(32 * 1024 * 1024));
    for (const memory of memories) memory.put('a', 'x'.repeat(1_000));
    expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(100 * 10_000);
    expect(memories.at(-1)?.get('a')).toHaveLength(1_000);
  });

  it('never returns anything but the latest text of a key', () => {
    const puts = fc.array(
      fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.string({ maxLength: 30 })),
    );
    fc.assert(
      fc.property(puts, fc.integer({ min: 40, max: 400 }), (all, maxBytes) => {
        const memory = createTextMemory(maxBytes);
        const last = new Map<string, string>();
        for (const [key, text] of all) {
          memory.put(key, text);
          last.set(key, text);
          for (const [each, put] of last) {
            const given = memory.get(each);
            if (given !== undefined) expect(given).toBe(put);
          }
        }
      }),
    );
  });
});
