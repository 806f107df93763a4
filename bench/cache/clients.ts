import { VirtualClock } from '../../src/ports/virtual-clock.ts';
import { createVendor, type Vendor, type VendorOptions } from '../../test/support/cache-vendor.ts';
import { contextOf, type Model, type Workload } from './workload.ts';

/**
 * What other clients do: they mark every request, and send all requests at once, or the first of
 * each context alone.
 */
export type Strategy = 'all at once' | 'first alone';

export async function playClient(
  work: Workload,
  model: Model,
  options: {
    readonly strategy: Strategy;
    readonly concurrency: number;
    readonly vendor: Omit<VendorOptions, 'clock'>;
  },
): Promise<{ readonly vendor: Vendor; readonly durationMs: number }> {
  const clock = new VirtualClock();
  const vendor = createVendor({ ...options.vendor, clock });
  const isAnthropic = options.vendor.kind === 'anthropic';
  const path = isAnthropic ? '/v1/messages' : '/v1/responses';

  async function send(at: number, row: number): Promise<void> {
    const text = contextOf(work, at);
    const prompt = `Question ${row + 1} about book ${at + 1}: what does it say of that matter?`;
    const messages = [{ role: 'user', content: prompt }];
    const control = { cache_control: { type: 'ephemeral' } };
    const breakpoint = { prompt_cache_breakpoint: { mode: 'explicit' } };
    await vendor.answer(
      path,
      isAnthropic
        ? { model: model.name, system: [{ type: 'text', text, ...control }], messages }
        : {
            model: model.name,
            input: [
              { role: 'developer', content: [{ type: 'input_text', text, ...breakpoint }] },
              ...messages,
            ],
            prompt_cache_options: { mode: 'explicit' },
          },
    );
  }

  async function pool(jobs: ReadonlyArray<() => Promise<void>>): Promise<void> {
    const left = [...jobs];
    const work = async (): Promise<void> => {
      for (let job = left.shift(); job; job = left.shift()) await job();
    };
    await Promise.all(Array.from({ length: options.concurrency }, work));
  }

  async function all(): Promise<void> {
    const rows = [...Array(work.tasks).keys()];
    const contexts = [...Array(work.contexts).keys()];
    if (options.strategy === 'first alone') {
      for (const at of contexts) {
        await send(at, 0);
        await pool(rows.slice(1).map((row) => () => send(at, row)));
      }
      return;
    }
    await pool(contexts.flatMap((at) => rows.map((row) => () => send(at, row))));
  }

  await clock.run(all());
  return { vendor, durationMs: clock.now() };
}
