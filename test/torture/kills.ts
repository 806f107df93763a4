import { seededRandom, type Random } from '../../src/ports/random.ts';
import { startLoopback } from './loopback.ts';
import { answeredTasks, newVolley, type Running, type Volley } from './volley.ts';

export interface KillFigures {
  readonly kills: number;
  /** How many volleys ran to their end. */
  readonly volleys: number;
  readonly tasks: number;
  readonly paid: number;
  readonly paidAgain: number;
  /** The upper bound for `paidAgain`: kills × concurrency. */
  readonly bound: number;
  /** The most requests that one kill cost. */
  readonly worstKill: number;
  /** How many kills left part of a line. */
  readonly tornEnds: number;
  /** The number of kills at each moment. */
  readonly moments: Readonly<Record<Moment, number>>;
  readonly violations: readonly string[];
}

type Moment = 'start' | 'sending' | 'end';

/**
 * Kills volleys at random moments and resumes them until they are done. In every case, a record
 * that was reported is in the file and stays there, no answer in the file is paid for again, and
 * each task has one record at the end.
 */
export async function tortureByKills(options: {
  readonly kills: number;
  readonly tasksPerVolley: number;
  readonly concurrency: number;
  readonly seed: number;
  readonly say?: (line: string) => void;
}): Promise<KillFigures> {
  const { tasksPerVolley: tasks, concurrency, say } = options;
  const random = seededRandom(options.seed);
  const server = await startLoopback({
    seed: options.seed,
    faultShare: 0.02,
    latencyMs: 10,
    answerBytes: 4000,
  });
  const tally = { kills: 0, volleys: 0, worstKill: 0, tornEnds: 0 };
  const moments: Record<Moment, number> = { start: 0, sending: 0, end: 0 };
  const violations: string[] = [];
  try {
    while (tally.kills < options.kills) {
      const firstTask = tally.volleys * tasks;
      const volley = newVolley({ url: server.url, tasks, firstTask, concurrency });
      await untilDone(volley);
      tally.volleys += 1;
      volley.remove();
      say?.(`${tally.kills} kills, ${tally.volleys} volleys done`);
    }
    const { paid, paidAgain } = await server.look();
    const bound = tally.kills * concurrency;
    if (paidAgain > bound)
      violations.push(`${paidAgain} calls were paid for again, at most ${bound}`);
    return {
      ...tally,
      tasks: tally.volleys * tasks,
      paid,
      paidAgain,
      bound,
      moments,
      violations,
    };
  } finally {
    server.close();
  }

  async function untilDone(volley: Volley): Promise<void> {
    let before: ReadonlySet<number> = new Set();
    for (;;) {
      const paidBefore = await server.look();
      const run = volley.start([
        '-o',
        'out.jsonl',
        '--resume',
        '--retry-delay',
        '20ms',
        '--progress',
        'json',
      ]);
      const reported = reportedBy(run);
      const moment = tally.kills < options.kills ? killAtRandom(run, random) : undefined;
      const { code, signal, stderr } = await run.end;
      const now = volley.read();
      const after = answeredTasks(now);
      const look = await server.look();
      for (const task of look.answeredSince) {
        if (before.has(task))
          violations.push(`task ${task} was paid for again though it was on disk`);
      }
      for (const task of before) {
        if (!after.has(task)) violations.push(`the answer to task ${task} left the file`);
      }
      for (const id of reported) {
        if (!now.records.some((record) => record.id === id))
          violations.push(`${id} was reported and is not on disk`);
      }
      before = after;
      if (signal === 'SIGKILL') {
        tally.kills += 1;
        if (moment) moments[moment()] += 1;
        if (now.tornEnd !== '') tally.tornEnds += 1;
        tally.worstKill = Math.max(tally.worstKill, look.paidAgain - paidBefore.paidAgain);
        continue;
      }
      if (now.tornEnd !== '') violations.push('a run that ended left part of a line');
      if (code === 0) return isComplete(volley);
      // Some tasks were refused; the server answers them the next time.
      if (code !== 1) {
        violations.push(`exit code ${code}: ${stderr.slice(-500)}`);
        return;
      }
    }
  }

  function isComplete(volley: Volley): void {
    const { records } = volley.read();
    const ids = new Set(records.map(({ id }) => id));
    if (records.length !== tasks || ids.size !== tasks) {
      violations.push(`${records.length} records with ${ids.size} ids for ${tasks} tasks`);
    }
    for (const { id, status } of records) {
      if (status !== 'succeeded') violations.push(`${id} is ${status}`);
    }
    for (const name of volley.leftovers()) violations.push(`${name} was left behind`);
  }
}

/** The ids of the tasks that the run reported as finished. */
function reportedBy(run: Running): ReadonlySet<string> {
  const ids = new Set<string>();
  run.onEvent((event) => {
    if (event['type'] !== 'task_finished') return;
    const { record } = event;
    if (typeof record === 'object' && record !== null && 'id' in record) ids.add(String(record.id));
  });
  return ids;
}

/**
 * Kills the run at a random moment: while Node starts and the file is read, while tasks are sent,
 * or at the very end.
 */
function killAtRandom(run: Running, random: Random): () => Moment {
  const draw = random();
  const delay = random();
  let moment: Moment = 'start';
  const kill = (ms: number): void => void setTimeout(() => run.kill('SIGKILL'), ms);
  if (draw < 0.15) kill(delay * 500);
  run.onEvent(({ type }) => {
    if (type === 'run_started') {
      moment = 'sending';
      if (draw >= 0.15 && draw < 0.85) kill(delay * 1200);
    }
    if (type === 'run_finished') {
      moment = 'end';
      if (draw >= 0.85) kill(delay * 30);
    }
  });
  return () => moment;
}
