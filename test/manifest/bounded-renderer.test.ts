import { expect, it } from 'vitest';
import { boundedRenderer, usualEffort, type Filled } from '../../src/manifest/bounded-renderer.ts';

it('renders again on the main thread if a busy machine used up the time', async () => {
  const fills: Array<Filled | undefined> = [undefined, undefined, { ok: true, text: 'here' }];
  const render = boundedRenderer(
    { text: 'in a thread', fill: () => fills.shift(), isWatched: false },
    usualEffort(),
  );
  expect(await render({})).toEqual({ ok: true, text: 'here' });
});
