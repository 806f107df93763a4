import { createReadStream, readFileSync, statSync, writeFileSync } from 'node:fs';
import { splitLineBatches } from '../../src/ports/lines.ts';
import { startLoopback, type Loopback } from './loopback.ts';
import { newVolley, type Running } from './volley.ts';

export interface SoakFigures {
  readonly tasks: number;
  readonly kills: number;
  readonly seconds: number;
  readonly requests: number;
  readonly paidAgain: number;
  readonly bound: number;
  readonly fileMb: number;
  /** Peak resident memory in MB during the first, second, … tenth of the tasks. */
  readonly peakMbByTenth: readonly number[];
  /** How long each resume took to send its first request. */
  readonly resumedAfterMs: readonly number[];
  readonly violations: readonly string[];
}

const CONCURRENCY = 64;
const SAMPLE_MS = 500;
/** The most memory that a run may take, relative to its first tenth. */
const FLAT = 1.1;
/** How many more bytes than a new run a resumed run may take for each record that it finds. */
const RESUMED_BYTES = 50;
/** With fewer tasks, the first tenth ends before the heap has reached the size that it needs. */
const FEWEST_TO_JUDGE = 500_000;

/**
 * One long volley with faults, killed a few times on the way. Its memory must not grow with the
 * work done, except for what a resume remembers of each record. At the end, each task must have one
 * answer.
 */
export async function soak(options: {
  readonly tasks: number;
  readonly kills: number;
  readonly say: (line: string) => void;
}): Promise<SoakFigures> {
  const { tasks, kills, say } = options;
  const server = await startLoopback({ seed: 1, faultShare: 0.02, latencyMs: 5, answerBytes: 200 });
  const volley = newVolley({ url: server.url, tasks, concurrency: CONCURRENCY });
  const peakMbByTenth = Array.from({ length: 10 }, () => 0);
  const resumedAfterMs: number[] = [];
  const violations: string[] = [];
  const startedMs = performance.now();
  try {
    let killed = 0;
    for (;;) {
      const run = volley.start([
        '-o',
        'out.jsonl',
        '--resume',
        '--retry-delay',
        '20ms',
        '--progress',
        'none',
      ]);
      const killAt = killed < kills ? (tasks * (killed + 1)) / (kills + 1) : Infinity;
      const resumedMs = await watch(run, { server, tasks, killAt, peakMbByTenth, say });
      if (resumedMs !== undefined) resumedAfterMs.push(resumedMs);
      const { code, signal, stderr } = await run.end;
      if (signal === 'SIGKILL') killed += 1;
      else if (code === 0) break;
      // Some tasks were refused; the server answers them the next time.
      else if (code !== 1) throw new Error(`exit code ${code}: ${stderr}`);
    }
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    const { requests, paidAgain } = await server.look();
    const bound = kills * CONCURRENCY;
    if (paidAgain > bound)
      violations.push(`${paidAgain} calls were paid for again, at most ${bound}`);
    violations.push(...(await incomplete(volley.results, tasks)));
    violations.push(...volley.leftovers().map((name) => `${name} was left behind`));
    if (tasks >= FEWEST_TO_JUDGE) violations.push(...grown(peakMbByTenth, { tasks, kills }));
    const fileMb = Math.round(statSync(volley.results).size / 1e6);
    return {
      tasks,
      kills,
      seconds,
      requests,
      paidAgain,
      bound,
      fileMb,
      peakMbByTenth,
      resumedAfterMs,
      violations,
    };
  } finally {
    volley.remove();
    server.close();
  }
}

/**
 * Samples a run's memory until it ends, and kills it at `killAt` answers. Returns the time to its
 * first request.
 */
async function watch(
  run: Running,
  options: {
    readonly server: Loopback;
    readonly tasks: number;
    readonly killAt: number;
    readonly peakMbByTenth: number[];
    readonly say: (line: string) => void;
  },
): Promise<number | undefined> {
  const { server, tasks, killAt, peakMbByTenth, say } = options;
  const startMs = performance.now();
  let resumedAfterMs: number | undefined;
  const before = await server.look();
  for (let samples = 0; ; samples++) {
    const ended = await Promise.race([run.end, pause(SAMPLE_MS)]);
    if (ended) return resumedAfterMs;
    const mb = peakMb(run.pid);
    const { paid, requests } = await server.look();
    if (requests > before.requests) resumedAfterMs ??= Math.round(performance.now() - startMs);
    const tenth = Math.min(9, Math.floor((10 * paid) / tasks));
    peakMbByTenth[tenth] = Math.max(peakMbByTenth[tenth] ?? 0, mb);
    if (samples % 20 === 0) say(`${paid}/${tasks} answered, ${mb} MB`);
    if (paid >= killAt) run.kill('SIGKILL');
  }
}

/**
 * Finds where memory grew with the work done. A killed run is resumed, and so is the complete file
 * at the end.
 */
function grown(
  peakMbByTenth: readonly number[],
  { tasks, kills }: { readonly tasks: number; readonly kills: number },
): readonly string[] {
  const [first = 0] = peakMbByTenth;
  const tenthsBeforeKill = Math.min(9, Math.floor(10 / (kills + 1)));
  const mostOf = (peaks: readonly number[], allowedMb: number): readonly string[] => {
    const most = Math.max(...peaks);
    return most > allowedMb ? [`memory grew from ${first} MB to ${most} MB`] : [];
  };
  return [
    ...mostOf(peakMbByTenth.slice(0, tenthsBeforeKill), FLAT * first),
    ...mostOf(peakMbByTenth, FLAT * first + (RESUMED_BYTES * tasks) / 1e6),
  ];
}

/** The highest resident memory since the last call; 0 once the process is gone. */
function peakMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    writeFileSync(`/proc/${pid}/clear_refs`, RESET_PEAK);
    return Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

const RESET_PEAK = '5';

/** What is wrong with a file that should have one answer for each task from 0 on. */
async function incomplete(file: string, tasks: number): Promise<readonly string[]> {
  const seen = new Uint8Array(tasks);
  const wrong: string[] = [];
  let lines = 0;
  for await (const batch of splitLineBatches(createReadStream(file))) {
    for (const { text } of batch) {
      lines += 1;
      const { status, output }: { status?: unknown; output?: unknown } = JSON.parse(text);
      const task = Number.parseInt(String(output), 10);
      if (status !== 'succeeded') wrong.push(`line ${lines} is ${String(status)}`);
      else seen[task] = (seen[task] ?? 0) + 1;
    }
  }
  if (lines !== tasks) wrong.push(`${lines} lines for ${tasks} tasks`);
  const missing = seen.filter((times) => times !== 1).length;
  if (missing > 0) wrong.push(`${missing} tasks have none or several answers`);
  return wrong.slice(0, 20);
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms);
  });
}
