import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type FuzzMessage =
  | { readonly kind: 'begun'; readonly number: number }
  | {
      readonly kind: 'checked';
      readonly number: number;
      readonly made: 'mutated' | 'generated';
      readonly bytes: number;
      readonly ok: boolean;
      readonly cpuMs: number;
      readonly problems: readonly string[];
    }
  | { readonly kind: 'done'; readonly peakMb: number };

export interface FuzzFigures {
  readonly cases: number;
  /** How many were made in which way, and how many of those are valid manifests. */
  readonly mutated: { cases: number; valid: number };
  readonly generated: { cases: number; valid: number };
  /** Of processor time, over all threads. */
  readonly slowest: { readonly number: number; readonly cpuMs: number };
  /** Peak resident memory of a process that loaded thousands of cases, Node itself included. */
  readonly peakMb: number;
  readonly crashes: number;
  readonly hangs: number;
  /** `case 17: it threw …`; the first fifty. */
  readonly problems: readonly string[];
}

const PROGRAM = fileURLToPath(new URL('fuzz-process.ts', import.meta.url));
const CASES_PER_PROCESS = 2500;
/** No case needs it on the slowest machine: what takes longer hangs. */
const HANG_MS = 60_000;
const MOST_MB = 512;
/** So that garbage of earlier cases does not count: a case that needs more crashes. */
const MOST_HEAP_MB = 256;

/** Loads `cases` manifests in processes of their own, `from` on; each number is always the same case. */
export async function fuzz(options: {
  readonly from: number;
  readonly cases: number;
  readonly say?: (line: string) => void;
}): Promise<FuzzFigures> {
  const { from, cases, say } = options;
  const figures = {
    mutated: { cases: 0, valid: 0 },
    generated: { cases: 0, valid: 0 },
    slowest: { number: from, cpuMs: 0 },
    peakMb: 0,
    crashes: 0,
    hangs: 0,
  };
  const problems: string[] = [];
  const problem = (number: number, words: string): void => {
    if (problems.length < 50) problems.push(`case ${number}: ${words}`);
  };
  const onMessage = (message: FuzzMessage): void => {
    if (message.kind === 'begun') return;
    if (message.kind === 'done') {
      figures.peakMb = Math.max(figures.peakMb, message.peakMb);
      if (message.peakMb > MOST_MB) problem(next, `memory reached ${message.peakMb} MB by then`);
      return;
    }
    const { number, made, ok, cpuMs } = message;
    figures[made].cases += 1;
    if (ok) figures[made].valid += 1;
    if (cpuMs > figures.slowest.cpuMs) figures.slowest = { number, cpuMs };
    for (const words of message.problems) problem(number, words);
  };
  let next = from;
  while (next < from + cases) {
    const end = Math.min(next + CASES_PER_PROCESS, from + cases);
    const failure = await inProcess(next, end, onMessage);
    if (failure) {
      figures[failure.kind === 'hang' ? 'hangs' : 'crashes'] += 1;
      problem(failure.number, failure.words);
    }
    next = failure ? failure.number + 1 : end;
    say?.(`${next - from} of ${cases} cases, ${problems.length} problems`);
  }
  return { cases, ...figures, problems };
}

interface ProcessFailure {
  readonly kind: 'crash' | 'hang';
  readonly number: number;
  readonly words: string;
}

/** Undefined when all cases were loaded. */
function inProcess(
  from: number,
  to: number,
  onMessage: (message: FuzzMessage) => void,
): Promise<ProcessFailure | undefined> {
  return new Promise((resolve) => {
    const child = fork(PROGRAM, [String(from), String(to)], {
      execArgv: [`--max-old-space-size=${MOST_HEAP_MB}`],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let stderr = '';
    let number = from;
    let isDone = false;
    let hung = false;
    let timer = setTimeout(onHang, HANG_MS);
    function onHang(): void {
      hung = true;
      child.kill('SIGKILL');
    }
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('message', (message: FuzzMessage) => {
      clearTimeout(timer);
      timer = setTimeout(onHang, HANG_MS);
      if (message.kind === 'begun') number = message.number;
      if (message.kind === 'done') isDone = true;
      onMessage(message);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (isDone) return resolve(undefined);
      if (hung) return resolve({ kind: 'hang', number, words: 'it hung' });
      const words = `it ended the process (${signal ?? code}): ${stderr.slice(-500)}`;
      resolve({ kind: 'crash', number, words });
    });
  });
}
