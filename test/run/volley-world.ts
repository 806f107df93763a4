import { openJournal, type Journal } from '../../src/journal/journal.ts';
import { sleep } from '../../src/ports/clock.ts';
import type { Disk } from '../../src/ports/disk.ts';
import { seededRandom } from '../../src/ports/random.ts';
import type { AttemptOutcome, Provider } from '../../src/providers/provider.ts';
import type { Wire } from '../../src/providers/transport.ts';
import type { RunEvent } from '../../src/results/run-events.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import type { Summary } from '../../src/results/summary.ts';
import { prepareRun } from '../../src/run/prepare-run.ts';
import { decideTasks } from '../../src/run/resume.ts';
import { startRun } from '../../src/run/run.ts';
import type { RunOptions } from '../../src/run/run-options.ts';
import { recordLine } from '../../src/results/serialize.ts';
import { checkRecordLine } from '../support/check-schema.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { manifestOf, memoryFiles } from '../manifest/support.ts';
import { NO_USAGE } from '../../src/providers/usage-fields.ts';

/** How the server of these tests answers a prompt. */
export interface Reply {
  /** Default: `<the prompt>`. */
  readonly text?: string;
  /** If set, the request fails with this status, and the failure is final. */
  readonly status?: number;
  readonly latencyMs?: number;
}

export interface WorldOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly reply?: (prompt: string) => Reply;
  readonly journal?: { readonly disk: Disk; readonly mode: 'resume' | 'retry-failed' | 'new' };
  readonly run?: Partial<RunOptions>;
  readonly only?: readonly string[];
}

export interface Played {
  /** In the order in which they were kept. */
  readonly records: readonly ResultRecord[];
  readonly events: readonly RunEvent[];
  /** Prompts in the order in which they were sent. */
  readonly sent: readonly string[];
  readonly startedMs: ReadonlyMap<string, number>;
  readonly endedMs: ReadonlyMap<string, number>;
  readonly summary: Summary;
}

const NO_NETWORK: Wire = {
  send: () => Promise.reject(new Error('there is no network here')),
  close: () => Promise.resolve(),
};

export const RESULTS = '/runs/results.jsonl';

/** Runs a manifest with a server in memory, under a virtual clock. The server has every model. */
export async function play(text: string, options: WorldOptions = {}): Promise<Played> {
  const clock = new VirtualClock();
  const manifest = await manifestOf(text, {
    files: options.files ?? {},
  });
  const prepared = await prepareRun(manifest, {
    files: memoryFiles(options.files ?? {}),
    epochMs: clock.epochMs(),
    environment: {},
    allowHosts: [],
    selection: options.only && {
      only: options.only,
      skip: [],
      tags: [],
      sample: undefined,
      shard: undefined,
    },
  });
  if (!prepared.ok) throw new Error(prepared.findings.map(({ message }) => message).join('\n'));
  const sent: string[] = [];
  const records: ResultRecord[] = [];
  const events: RunEvent[] = [];
  const startedMs = new Map<string, number>();
  const endedMs = new Map<string, number>();
  const journal = options.journal && (await openJournal(RESULTS, { ...options.journal, clock }));
  const resumption = journal?.found && (await decideTasks(prepared.prepared, journal));
  const run = startRun(prepared.prepared, {
    clock,
    random: seededRandom(1),
    wire: NO_NETWORK,
    makeProvider: () => server(clock, sent, options.reply ?? (() => ({}))),
    ...(resumption && { resumption }),
    ...options.run,
    async keep(record) {
      checkRecordLine(recordLine(record));
      await journal?.append(record);
      records.push(record);
    },
  });
  let summary: Summary | undefined;
  async function read(): Promise<void> {
    for await (const event of run) {
      events.push(event);
      if (event.type === 'attempt_started') startedMs.set(event.id, event.atMs);
      if (event.type === 'task_finished') endedMs.set(event.record.id, clock.now());
      if (event.type === 'run_finished') summary = event.summary;
    }
  }
  try {
    await clock.run(read());
  } finally {
    await closed(journal, resumption?.coversAll() ?? false);
  }
  if (!summary) throw new Error('the run ended without a summary');
  return { records, events, sent, startedMs, endedMs, summary };
}

async function closed(journal: Journal | undefined, complete: boolean): Promise<void> {
  // The simulated machine may have stopped.
  await journal?.close({ covered: complete ? 'whole' : 'part' }).catch(() => undefined);
}

function server(clock: VirtualClock, sent: string[], reply: (prompt: string) => Reply): Provider {
  return {
    name: 'mock',
    host: 'mock',
    close: () => Promise.resolve(),
    async send({ prompt }, { signal }): Promise<AttemptOutcome> {
      sent.push(prompt);
      const { text = `<${prompt}>`, status, latencyMs = 1_000 } = reply(prompt);
      const isCut = await sleep(clock, latencyMs, signal).then(
        () => false,
        () => true,
      );
      const failure = { retryable: false, reach: 'task', possiblyPaid: false } as const;
      if (isCut) {
        const canceled = { ...failure, code: 'CANCELED', message: 'cut' } as const;
        return { kind: 'failed', failure: canceled };
      }
      if (status !== undefined) {
        const refused = { ...failure, code: 'BAD_REQUEST', message: `${status}` } as const;
        return { kind: 'failed', failure: { ...refused, httpStatus: status } };
      }
      const answer = { text, finishReason: 'stop', usage: USAGE, requestId: undefined } as const;
      return { kind: 'answered', answer };
    },
  };
}

const USAGE = { ...NO_USAGE, inputTokens: 10, outputTokens: 5 };

/** `id status` for each record, sorted, with the error code of those that did not succeed. */
export function endings(records: readonly ResultRecord[]): readonly string[] {
  return records
    .map(({ id, status, error }) => `${id} ${status}${error ? ` ${error.code}` : ''}`)
    .sort();
}
