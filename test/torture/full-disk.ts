import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, appendFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLoopback, type Loopback } from './loopback.ts';
import { answeredTasks, newVolley, type Volley } from './volley.ts';

export interface FullDiskFigures {
  /** What ran out of space. */
  readonly by: 'tmpfs' | 'ulimit -f';
  readonly rounds: number;
  /** The number of answers that were paid for but could not be written, in all rounds. */
  readonly unsaved: number;
  readonly paidAgain: number;
  readonly bound: number;
  /** Rounds in which `--emergency-dump` saved the answers, so nothing was paid for again. */
  readonly dumped: number;
  readonly violations: readonly string[];
}

const CONCURRENCY = 16;
const TASKS = 300;

/**
 * Lets volleys run out of space at one size after another, then gives them room and resumes them.
 * In every case, the exit code is 74, the file has only whole lines, and at most the requests in
 * flight are paid for again; with an emergency dump, none are.
 */
export async function tortureByFullDisk(options: {
  readonly sizesKiB: readonly number[];
}): Promise<readonly FullDiskFigures[]> {
  const ways = [...(canMount() ? [tmpfs] : []), fileSizeLimit];
  const figures: FullDiskFigures[] = [];
  for (const way of ways) figures.push(await outOfSpace(way, options.sizesKiB));
  return figures;
}

/** A way to run out of space. */
interface Way {
  readonly by: FullDiskFigures['by'];
  folder(sizeKiB: number): string;
  /** A line of bash that wraps the command. */
  wrap(sizeKiB: number): string | undefined;
  makeRoom(folder: string): void;
  remove(folder: string): void;
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'volley-full-'));

const tmpfs: Way = {
  by: 'tmpfs',
  folder(sizeKiB) {
    const folder = newFolder();
    mount('-t', 'tmpfs', '-o', `size=${sizeKiB}k`, 'tmpfs', folder);
    return folder;
  },
  wrap: () => undefined,
  makeRoom: (folder) => mount('-o', 'remount,size=64m', folder),
  remove(folder) {
    spawnSync('umount', [folder]);
    rmSync(folder, { recursive: true, force: true });
  },
};

const fileSizeLimit: Way = {
  by: 'ulimit -f',
  folder: newFolder,
  wrap: (sizeKiB) => `ulimit -f ${sizeKiB} && exec "$@"`,
  makeRoom: () => undefined,
  remove: (folder) => rmSync(folder, { recursive: true, force: true }),
};

function mount(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

function canMount(): boolean {
  try {
    tmpfs.remove(tmpfs.folder(64));
    return true;
  } catch {
    return false;
  }
}

async function outOfSpace(way: Way, sizesKiB: readonly number[]): Promise<FullDiskFigures> {
  const server = await startLoopback({ seed: 1, faultShare: 0, latencyMs: 20, answerBytes: 3000 });
  const violations: string[] = [];
  const tally = { rounds: 0, unsaved: 0, dumped: 0 };
  try {
    for (const sizeKiB of sizesKiB) {
      const folder = way.folder(sizeKiB);
      try {
        await round({ way, server, folder, sizeKiB, tally, violations });
      } finally {
        way.remove(folder);
      }
    }
    const { paidAgain } = await server.look();
    const bound = (tally.rounds - tally.dumped) * CONCURRENCY;
    if (paidAgain > bound)
      violations.push(`${paidAgain} calls were paid for again, at most ${bound}`);
    return { by: way.by, ...tally, paidAgain, bound, violations };
  } finally {
    server.close();
  }
}

async function round(world: {
  readonly way: Way;
  readonly server: Loopback;
  readonly folder: string;
  readonly sizeKiB: number;
  readonly tally: { rounds: number; unsaved: number; dumped: number };
  readonly violations: string[];
}): Promise<void> {
  const { way, server, folder, sizeKiB, tally, violations } = world;
  const isDumped = tally.rounds % 2 === 1;
  const volley = newVolley({
    url: server.url,
    tasks: TASKS,
    firstTask: tally.rounds * TASKS,
    concurrency: CONCURRENCY,
    folder,
  });
  tally.rounds += 1;
  const dump = join(tmpdir(), `volley-dump-${process.pid}-${tally.rounds}`);
  const before = await server.look();
  const flags = ['-o', 'out.jsonl', '--grace', '300ms', '--progress', 'plain'];
  const dumping = isDumped ? ['--emergency-dump', dump] : [];
  const full = await volley.start([...flags, ...dumping], way.wrap(sizeKiB)).end;
  if (full.code !== 74) violations.push(`a full disk ended in ${full.code}: ${full.stderr}`);
  const saved = checkWhole(volley, violations);
  const { answeredSince } = await server.look();
  tally.unsaved += answeredSince.length - saved;
  way.makeRoom(folder);
  if (isDumped) {
    tally.dumped += 1;
    appendFileSync(volley.results, readFileSync(dump));
    rmSync(dump);
  }
  const resumed = await volley.start([...flags, '--resume']).end;
  if (resumed.code !== 0) violations.push(`the resume ended in ${resumed.code}: ${resumed.stderr}`);
  if (checkWhole(volley, violations) !== TASKS) violations.push('the resume did not complete it');
  const { paidAgain } = await server.look();
  if (isDumped && paidAgain > before.paidAgain)
    violations.push('dumped answers were paid for again');
}

/** How many tasks are answered in the file, which must contain only whole lines. */
function checkWhole(volley: Volley, violations: string[]): number {
  const now = volley.read();
  if (now.tornEnd !== '') violations.push('a full disk left part of a line');
  const ids = new Set(now.records.map(({ id }) => id));
  if (ids.size !== now.records.length) violations.push('a task has two records');
  return answeredTasks(now).size;
}
