import { seededRandom } from '../../src/ports/random.ts';
import { startLoopback } from './loopback.ts';
import { answeredTasks, newVolley, type Ended, type ResultsNow } from './volley.ts';

export interface SignalFigures {
  readonly signals: number;
  /** How many runs the system ended itself, because Volley was not listening for signals yet. */
  readonly endedBySystem: number;
  readonly drained: number;
  /** How many runs got a second signal while requests were in flight. */
  readonly cut: number;
  /** How many runs ended before the signal. */
  readonly late: number;
  /** The longest time from the first signal to the end. */
  readonly slowestMs: number;
  readonly violations: readonly string[];
}

const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

const GRACE_MS = 2000;
/** How long a loaded machine may take for everything else: starting, syncing, rewriting. */
const SLACK_MS = 8000;

const FLAGS =
  `-o out.jsonl --resume --retry-delay 50ms --grace ${GRACE_MS}ms --progress plain`.split(' ');

/**
 * Sends INT, TERM and HUP in every phase of a run, sometimes twice, and resumes. In every case, the
 * exit code is the signal's, the last line says how to continue, no part of a line is left, and
 * answers that were drained are never paid for again.
 */
export async function tortureBySignals(options: {
  readonly rounds: number;
  readonly seed: number;
}): Promise<SignalFigures> {
  const random = seededRandom(options.seed);
  const server = await startLoopback({
    seed: options.seed,
    faultShare: 0.05,
    latencyMs: 100,
    answerBytes: 1000,
  });
  const tally = { signals: 0, endedBySystem: 0, drained: 0, cut: 0, late: 0, slowestMs: 0 };
  const violations: string[] = [];
  const tasks = 400;
  let volley = newVolley({ url: server.url, tasks, concurrency: 16 });
  let volleys = 1;
  try {
    for (let round = 0; round < options.rounds; round++) {
      const [signal, code] = SIGNALS[round % SIGNALS.length] ?? SIGNALS[0];
      const isTwice = random() < 0.4;
      const before = answeredTasks(volley.read());
      const run = volley.start(FLAGS);
      // Half of the signals come while the run starts, and half once it sends requests, however
      // slow the machine is.
      if (random() < 0.5) await Promise.race([run.started, run.end]);
      await pause(random() * 1200);
      run.kill(signal);
      if (isTwice) {
        await pause(random() * 120);
        run.kill(signal);
      }
      const end = await run.end;
      const now = volley.read();
      tally.signals += 1;
      tally.slowestMs = Math.max(tally.slowestMs, Math.round(end.endedAfterMs));
      violations.push(...wrongEnding(end, { signal, code, now, tasks }));
      if (end.signal === signal) tally.endedBySystem += 1;
      else if (end.code !== code) tally.late += 1;
      else if (now.records.some(({ status }) => status === 'canceled')) tally.cut += 1;
      else tally.drained += 1;
      const { answeredSince } = await server.look();
      const after = answeredTasks(now);
      for (const task of answeredSince) {
        if (before.has(task))
          violations.push(`task ${task} was paid for again though it was on disk`);
        // A second signal abandons requests in flight, and so does the end of the grace period.
        if (!isTwice && end.code === code && !after.has(task)) {
          violations.push(`the answer to task ${task} was not kept, though it could be drained`);
        }
      }
      for (const task of before) {
        if (!after.has(task)) violations.push(`the answer to task ${task} left the file`);
      }
      for (const name of volley.leftovers()) violations.push(`${name} was left behind`);
      if (after.size < tasks) continue;
      volley.remove();
      volley = newVolley({
        url: server.url,
        tasks,
        firstTask: tasks * volleys++,
        concurrency: 16,
      });
    }
    return { ...tally, violations };
  } finally {
    volley.remove();
    server.close();
  }
}

function wrongEnding(
  end: Ended,
  expected: {
    readonly signal: NodeJS.Signals;
    readonly code: number;
    readonly now: ResultsNow;
    readonly tasks: number;
  },
): readonly string[] {
  const { signal, code, now, tasks } = expected;
  const wrong: string[] = [];
  if (now.tornEnd !== '') wrong.push(`${signal} left part of a line`);
  if (end.endedAfterMs > GRACE_MS + SLACK_MS) wrong.push(`${signal} took ${end.endedAfterMs} ms`);
  if (end.signal !== null) {
    if (end.signal !== signal) wrong.push(`${signal} ended in ${end.signal}`);
  } else if (end.code === code) {
    const isDone = answeredTasks(now).size === tasks;
    if (!isDone && !/\nvolley: to continue: volley run .* --resume\n$/.test(end.stderr)) {
      wrong.push(`${signal} does not say how to continue: ${end.stderr.slice(-200)}`);
    }
  } else if (end.code !== 0 && end.code !== 1) {
    wrong.push(`${signal} ended in ${end.code}: ${end.stderr.slice(-500)}`);
  }
  return wrong;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
