import { describe, expect, it } from 'vitest';
import { play } from './volley-world.ts';
import { scaled } from '../support/scale.ts';

const CONCURRENCY = 64;
const ROWS = scaled(834, 1_667);

/** The time in which the last requests leave slots free: two requests, one after the other. */
const LAST_ONES_MS = 3_000;

/** Between half a second and a second and a half, depending on the prompt. */
function latencyOf(prompt: string): number {
  let hash = 7;
  for (const character of prompt) hash = (hash * 31 + character.charCodeAt(0)) % 100_003;
  return 500 + (hash % 1_000);
}

function manifest(tasks: readonly object[]): string {
  return JSON.stringify({
    providers: { mock: { type: 'mock', limits: { concurrency: CONCURRENCY } } },
    defaults: { model: 'mock/small' },
    run: { max_concurrent: CONCURRENCY },
    tasks,
  });
}

const rows = Array.from({ length: ROWS }, (_, at) => `r${at}`);

async function timed(tasks: readonly object[]) {
  const played = await play(manifest(tasks), {
    reply: (prompt) => ({ text: '.', latencyMs: latencyOf(prompt) }),
  });
  const workMs = (entry: string): number =>
    played.sent
      .filter((prompt) => prompt.startsWith(entry))
      .reduce((sum, prompt) => sum + latencyOf(prompt), 0) / CONCURRENCY;
  return { ...played, workMs, tookMs: Math.max(...played.endedMs.values()) };
}

describe('thousands of tasks in three layers', () => {
  it('take no longer in chains than the work itself takes at this concurrency', async () => {
    const { sent, tookMs, workMs, startedMs, endedMs } = await timed([
      { id: 'review', for_each: rows, prompt: 'review {{ item }}' },
      { id: 'fix', for_each: { needs: 'review' }, prompt: 'fix {{ item }}' },
      { id: 'check', for_each: { needs: 'fix' }, prompt: 'check {{ item }}' },
    ]);
    expect(sent).toHaveLength(3 * ROWS);
    expect(tookMs - workMs('')).toBeLessThan(LAST_ONES_MS);
    // The last step is reached long before all tasks of the first one have ended.
    const lastReview = Math.max(...rows.map((row) => endedMs.get(`review@${row}`) ?? 0));
    expect(startedMs.get('check@r0')).toBeLessThan(lastReview / 10);
  });

  it('take no longer than the layers themselves if a task in between needs them all', async () => {
    const { sent, tookMs, workMs } = await timed([
      { id: 'map', for_each: rows, prompt: 'map {{ item }}' },
      { id: 'join', needs: 'map', prompt: 'join {{ needs.map.size }}' },
      { id: 'spread', for_each: rows, needs: 'join', prompt: 'spread {{ item }}' },
      { id: 'other', for_each: rows, prompt: 'other {{ item }}' },
    ]);
    expect(sent).toHaveLength(3 * ROWS + 1);
    // Tasks that do not need the join fill the time that it takes.
    expect(tookMs - workMs('')).toBeLessThan(LAST_ONES_MS);
  });
});
