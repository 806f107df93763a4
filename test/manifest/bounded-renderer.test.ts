import { expect, it } from 'vitest';
import {
  boundedRenderer,
  usualEffort,
  type Rendered,
} from '../../src/manifest/bounded-renderer.ts';

it('renders again on the main thread if a busy machine used up the time', async () => {
  const renders: Array<Rendered | undefined> = [undefined, undefined, { ok: true, text: 'here' }];
  const render = boundedRenderer(
    { text: 'in a thread', renderWithin: () => renders.shift(), isWatched: false },
    usualEffort(),
  );
  expect(await render({})).toEqual({ ok: true, text: 'here' });
});
