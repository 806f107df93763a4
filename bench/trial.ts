import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from './clients/client.ts';
import type { Installed } from './install.ts';
import { startClient, type ClientProcess, type Usage } from './measure/client-process.ts';
import { startServer } from './measure/server-process.ts';
import { planOf, type Scenario } from './scenarios.ts';
import type { ServerReport } from './server/server-plan.ts';
import { writeRows } from './work.ts';

/** One run of one client against the server of one scenario. */
export interface Trial {
  readonly scenario: Scenario;
  readonly client: string;
  readonly report: ServerReport;
  /** What the client, or the first of several, used from its start to the end of the window. */
  readonly usage: Usage | undefined;
  /** The output of each process, with one line per answer. */
  readonly results: ReadonlyArray<readonly string[]>;
}

/** A client that has sent nothing by then will not send anything. */
const FIRST_REQUEST_WITHIN_MS = 30_000;

/** Throws with the end of the client's output if no request arrived. */
export async function runTrial(
  scenario: Scenario,
  { name, client }: { readonly name: string; readonly client: Client },
  options: {
    readonly seconds: number;
    readonly seed: number;
    /** How many processes of the client run at the same time, against the same limits. */
    readonly processes: number;
    readonly installed: Installed;
    /** A Redis through which the processes share limits. */
    readonly share?: string;
    /** Called once the processes are running. */
    readonly during?: (running: readonly ClientProcess[]) => void;
    /** The number of rows for each process; default: more than fit into the window. */
    readonly rows?: number;
  },
): Promise<Trial> {
  const folder = mkdtempSync(join(tmpdir(), 'volley-bench-run-'));
  const plan = planOf(scenario, options);
  const server = await startServer(plan);
  try {
    const { processes, installed, share, during } = options;
    const { wire } = plan;
    const { requestsPerSecond } = scenario;
    const running: ClientProcess[] = [];
    for (let place = 0; place < processes; place += 1) {
      const own = join(folder, String(place));
      mkdirSync(own);
      const rowsFile = join(own, 'rows.jsonl');
      // There is always enough work for every process.
      const plenty = Math.ceil(requestsPerSecond * (options.seconds + 5) * 1.3);
      await writeRows(rowsFile, options.rows ?? plenty);
      const job = { folder: own, rowsFile, origin: server.origin, wire, requestsPerSecond, share };
      running.push(startClient(await client.prepare(job, installed), own));
    }
    during?.(running);
    const report = await within(plan.windowMs + FIRST_REQUEST_WITHIN_MS, server.report);
    const [usage] = await Promise.all(running.map((each) => each.stop()));
    if (!report) throw new Error(`${name} sent nothing: ${running[0]?.tail()}`);
    const results = running.map((_, place) =>
      linesIn(join(folder, String(place), 'results.jsonl')),
    );
    return { scenario, client: name, report, usage, results };
  } finally {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function linesIn(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

/** Undefined if it takes longer. */
function within<Value>(ms: number, work: Promise<Value>): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
