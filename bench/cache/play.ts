import { seededRandom } from '../../src/ports/random.ts';
import { VirtualClock } from '../../src/ports/virtual-clock.ts';
import type { Learned } from '../../src/pace/learned.ts';
import type { Summary } from '../../src/results/summary.ts';
import { runMoney } from '../../src/run/run-budget.ts';
import { prepareRun, type PreparedRun } from '../../src/run/prepare.ts';
import { startRun, type Learning } from '../../src/run/run.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { anthropicDialect } from '../../src/providers/anthropic.ts';
import { createHttpProvider } from '../../src/providers/http-provider.ts';
import { chatDialect } from '../../src/providers/openai-chat.ts';
import { responsesDialect } from '../../src/providers/openai-responses.ts';
import type { Provider } from '../../src/providers/provider.ts';
import type { ResolvedProvider } from '../../src/providers/resolve.ts';
import { createTransport, type Wire } from '../../src/providers/transport.ts';
import { createVendor, type Vendor, type VendorOptions } from '../../test/support/cache-vendor.ts';
import { manifestOf, memoryFiles } from '../../test/manifest/support.ts';

/** What a run of Volley came to. */
export interface Played {
  readonly summary: Summary;
  readonly vendor: Vendor;
  readonly durationMs: number;
}

export interface PlayOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly vendor: Omit<VendorOptions, 'clock'>;
  readonly learning?: Learning | undefined;
  readonly seed?: number;
}

/** What one run leaves for the next. */
export function createMemory(): Learning {
  const known = new Map<string, Learned>();
  return {
    of: ({ provider, model }) => known.get(`${provider.name}/${model}`),
    async keep(learned) {
      for (const { provider, model, learned: found } of learned) {
        known.set(`${provider.name}/${model}`, found);
      }
    },
  };
}

/** The provider of a run without its SDK, which would take real time while the clock stands still. */
function providerOver(
  endpoint: ResolvedProvider,
  { wire, clock }: { readonly wire: Wire; readonly clock: Clock },
): Provider {
  const transport = createTransport({ wire, clock });
  const isResponses = endpoint.api === 'responses';
  const [dialect, path] =
    endpoint.type === 'anthropic'
      ? [anthropicDialect, '/messages']
      : isResponses
        ? [responsesDialect, '/responses']
        : [chatDialect, '/chat/completions'];
  const send = transport.fetchWith({});
  return createHttpProvider({
    endpoint,
    dialect,
    transport,
    clock,
    redact: (text) => text,
    open:
      async () =>
      (body, { signal, transfer }) =>
        send(endpoint.baseUrl + path, {
          method: 'POST',
          body: JSON.stringify(body),
          signal,
          transfer,
        }),
  });
}

export async function prepare(
  text: string,
  files: Readonly<Record<string, string>> = {},
): Promise<PreparedRun> {
  const prepared = await prepareRun(await manifestOf(text, { files }), {
    files: memoryFiles(files),
    environment: {},
    allowHosts: ['127.0.0.1:1'],
    epochMs: 0,
  });
  if (!prepared.ok) throw new Error(prepared.findings.map(({ message }) => message).join('\n'));
  return prepared.prepared;
}

/** Runs a manifest against a vendor in memory, under a clock that jumps. */
export async function play(text: string, options: PlayOptions): Promise<Played> {
  const clock = new VirtualClock();
  const vendor = createVendor({ ...options.vendor, clock });
  const prepared = await prepare(text, options.files);
  const money = await runMoney(prepared, { spentUsd: 0 });
  async function read(): Promise<Summary> {
    const events = startRun(prepared, {
      clock,
      random: seededRandom(options.seed ?? 1),
      wire: vendor.wire,
      money,
      makeProvider: (endpoint, { wire }) => providerOver(endpoint, { wire, clock }),
      ...(options.learning && { learning: options.learning }),
      keep: () => Promise.resolve(),
    });
    for await (const event of events) if (event.type === 'run_finished') return event.summary;
    throw new Error('the run ended without a summary');
  }
  const summary = await clock.run(read());
  return { summary, vendor, durationMs: summary.duration_ms };
}
