import { expect, it } from 'vitest';
import type { RunEvent } from '../../src/results/run-events.ts';
import { startRun } from '../../src/run/run.ts';
import { prepare } from '../support/caching-play.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const MANIFEST = `
context: ${'The rules of the house say so. '.repeat(1_000)}
defaults: { model: anthropic/claude-opus-5-5, max_tokens: 200 }
tasks:
  - { id: q, for_each: [1, 2, 3], prompt: "Question {{ item }}?" }
`;

it('closes its providers if counting shared prefixes fails', async () => {
  const { plan, ...prepared } = await prepare(MANIFEST);
  let closed = 0;
  const events: RunEvent[] = [];
  const reading = (async (): Promise<void> => {
    const run = startRun(
      { ...prepared, plan: { ...plan, render: () => Promise.reject(new Error('a bug')) } },
      {
        clock: new VirtualClock(),
        random: () => 0.5,
        wire: { send: () => Promise.reject(new Error('unused')), close: () => Promise.resolve() },
        makeProvider: ({ name, host }) => ({
          name,
          host,
          send: () => Promise.reject(new Error('unused')),
          close() {
            closed += 1;
            return Promise.resolve();
          },
        }),
      },
    );
    for await (const event of run) events.push(event);
  })();
  await expect(reading).rejects.toThrow('a bug');
  expect(events.map(({ type }) => type)).toEqual(['run_started']);
  expect(closed).toBe(1);
});
