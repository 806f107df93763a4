import { seededRandom } from '../../src/ports/random.ts';
import { VirtualClock } from '../../src/ports/virtual-clock.ts';
import type { Disk } from '../../src/ports/disk.ts';
import type { Learned } from '../../src/outcome/learned-limits.ts';
import type { Summary } from '../../src/results/summary.ts';
import { runMoney } from '../../src/run/run-budget.ts';
import { decideTasks } from '../../src/run/resume.ts';
import { prepareRun, type PreparedRun } from '../../src/run/prepare-run.ts';
import { startRun } from '../../src/run/run.ts';
import type { Learning } from '../../src/run/run-options.ts';
import { underClock } from '../../src/forecast/rehearse.ts';
import { openJournal } from '../../src/journal/journal.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { anthropicDialect } from '../../src/providers/anthropic.ts';
import { createHttpProvider } from '../../src/providers/http-provider.ts';
import { chatDialect } from '../../src/providers/openai-chat.ts';
import { responsesDialect } from '../../src/providers/openai-responses.ts';
import type { Provider } from '../../src/providers/provider.ts';
import type { ResolvedProvider } from '../../src/providers/resolve-providers.ts';
import { createTransport, type Wire } from '../../src/providers/transport.ts';
import { createVendor, type Vendor, type VendorOptions } from './cache-vendor.ts';
import { manifestOf, memoryFiles } from '../manifest/support.ts';

/** The outcome of a run of Volley. */
export interface Played {
  readonly summary: Summary;
  readonly vendor: Vendor;
  /** What had been spent earlier according to the results file. */
  readonly spentBeforeUsd: number;
  readonly durationMs: number;
}

export interface PlayOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly vendor: Omit<VendorOptions, 'clock'>;
  readonly learning?: Learning | undefined;
  readonly seed?: number;
  /** Where the results are kept; default: nowhere. */
  readonly disk?: Disk;
  readonly mode?: 'new' | 'resume';
  /** Nothing new is sent after this time. */
  readonly drainAfterMs?: number | undefined;
}

const RESULTS = '/runs/results.jsonl';

/** What one run learns for the next. */
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

/** A provider without its SDK, which would take real time while the clock stands still. */
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
    environment: { ANTHROPIC_API_KEY: 'sk-test', OPENAI_API_KEY: 'sk-test' },
    allowHosts: ['127.0.0.1:1'],
    epochMs: 0,
  });
  if (!prepared.ok) throw new Error(prepared.findings.map(({ message }) => message).join('\n'));
  return prepared.prepared;
}

/** Runs a manifest against a simulated vendor, on a clock that jumps. */
export async function play(text: string, options: PlayOptions): Promise<Played> {
  const clock = new VirtualClock();
  const vendor = createVendor({ ...options.vendor, clock });
  const prepared = underClock(await prepare(text, options.files), clock);
  const { disk, mode = 'new' } = options;
  const journal = disk && (await openJournal(RESULTS, { mode, disk, clock }));
  const resumption = journal?.found && (await decideTasks(prepared, journal));
  const spentUsd = journal?.spentUsd() ?? 0;
  const money = await runMoney(prepared, { spentUsd });
  const drain = new AbortController();
  const { drainAfterMs } = options;
  if (drainAfterMs !== undefined) clock.after(drainAfterMs, () => drain.abort(new Error('enough')));
  async function read(): Promise<Summary> {
    const events = startRun(prepared, {
      clock,
      random: seededRandom(options.seed ?? 1),
      wire: vendor.wire,
      money,
      spentUsd,
      drain: drain.signal,
      makeProvider: (endpoint, { wire }) => providerOver(endpoint, { wire, clock }),
      ...(options.learning && { learning: options.learning }),
      ...(resumption && { resumption }),
      keep: async (record) => journal?.append(record),
      keepWarmUp: async (line) => journal?.appendAside({ kind: 'warm_up', ...line }),
    });
    let summary: Summary | undefined;
    for await (const event of events) if (event.type === 'run_finished') ({ summary } = event);
    if (!summary) throw new Error('the run ended without a summary');
    return summary;
  }
  const summary = await clock.run(read());
  if (journal) await clock.run(journal.close({ covered: 'whole' }));
  return { summary, vendor, spentBeforeUsd: spentUsd, durationMs: summary.duration_ms };
}
