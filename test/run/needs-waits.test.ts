import { describe, expect, it } from 'vitest';
import { play, type Played } from './volley-world.ts';

function manifest(limits: string, tasks: string): string {
  return `providers: {mock: {type: mock, limits: {${limits}}}}\ndefaults: {model: mock/small}\ntasks:\n${tasks}`;
}

function waitedOf({ records }: Played): Readonly<Record<string, unknown>> {
  return Object.fromEntries(records.flatMap(({ id, waited }) => (waited ? [[id, waited]] : [])));
}

const CHAIN = `
  - {id: review, prompt: review}
  - {id: fix, needs: review, prompt: "fix {{ needs.review.output }}"}
  - {id: check, needs: fix, prompt: "check {{ needs.fix.output }}"}
`;

describe('a model with free slots and nothing to send', () => {
  it('reports the wait for needs in the record, the summary and the bottleneck', async () => {
    const played = await play(manifest('concurrency: 2', CHAIN));
    expect(waitedOf(played)).toEqual({ fix: { needs: 1_000 }, check: { needs: 1_000 } });
    const { waiting_share: share, bound_by: boundBy } = played.summary;
    // Three answers take a second each, and there are two seconds before the last two.
    expect(share).toEqual({ needs: 0.4 });
    expect(boundBy).toEqual({ lane: 'mock/small', reason: 'needs', share: 0.6667, limit: null });
  });

  it('does not count a wait for needs while another task can be sent, or if no task could be sent anyway', async () => {
    const others = `${CHAIN}  - {id: other, for_each: [a, b, c, d, e], prompt: "other {{ item }}"}\n`;
    const busy = await play(manifest('concurrency: 2', others));
    expect(busy.summary.waiting_share).not.toHaveProperty('needs');
    const full = await play(manifest('concurrency: 1', CHAIN));
    expect(full.summary.waiting_share).toEqual({});
  });

  it('counts the time once, even if many tasks wait for the same need', async () => {
    const played = await play(
      manifest(
        'concurrency: 4',
        `
  - {id: join, prompt: join}
  - {id: spread, for_each: [a, b, c, d], needs: join, prompt: "{{ item }}"}
`,
      ),
    );
    expect(waitedOf(played)).toEqual({ 'spread@a': { needs: 1_000 } });
    expect(played.summary.waiting_share).toEqual({ needs: 0.1667 });
  });

  it('reports the wait while it lasts, even if no answers of the model arrive', async () => {
    const { events, summary } = await play(
      manifest(
        'concurrency: 1',
        `
  - {id: review, for_each: [a, b, c, d, e, f, g, h, i, j], prompt: "review {{ item }}"}
  - {id: verdict, needs: review, model: mock/large, prompt: verdict}
`,
      ),
    );
    const told = events.flatMap((event) => (event.type === 'lane_bound' ? [event] : []));
    expect(told).toContainEqual({
      type: 'lane_bound',
      lane: 'mock/large',
      bound: { reason: 'needs', share: 1, limit: undefined },
    });
    // The reason why the other model is slow says more than the fact that this one waits for it.
    expect(summary.bound_by).toMatchObject({ lane: 'mock/small', reason: 'concurrency' });
  });
});
