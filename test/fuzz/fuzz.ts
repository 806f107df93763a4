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
      /** Peak resident memory of the process so far. */
      readonly peakMb: number;
      readonly problems: readonly string[];
    };

type Checked = Extract<FuzzMessage, { kind: 'checked' }>;

export interface FuzzFigures {
  readonly cases: number;
  /** The number of cases created in each way, and how many of them are valid manifests. */
  readonly mutated: { readonly cases: number; readonly valid: number };
  readonly generated: { readonly cases: number; readonly valid: number };
  /** CPU time of all threads. */
  readonly slowest: { readonly number: number; readonly cpuMs: number };
  /**
   * Peak memory of the heaviest case when loaded in a process of its own, including Node's 100 MB.
   * Undefined if no process needed more than 400 MB, even with memory left by thousands of earlier
   * cases.
   */
  readonly heaviest: { readonly number: number; readonly peakMb: number } | undefined;
  readonly crashes: number;
  readonly hangs: number;
  /** `case 17: it threw …`; the first fifty. */
  readonly problems: readonly string[];
}

const PROGRAM = fileURLToPath(new URL('fuzz-process.ts', import.meta.url));
const CASES_PER_PROCESS = 2500;
/** No case needs this long, even on the slowest machine: a case that takes longer hangs. */
const HANG_MS = 60_000;
/** The memory that one manifest may take. */
const MOST_MB = 512;
/**
 * Above this, memory that earlier cases left must be distinguished from memory that this case
 * takes.
 */
export const CROWDED_MB = 400;
/** Limits the memory that earlier cases leave. A case that needs more by itself crashes. */
const MOST_HEAP_MB = 256;

/**
 * Loads `cases` manifests, starting with number `from`, in separate processes. The same number
 * always gives the same case.
 */
export async function fuzz(options: {
  readonly from: number;
  readonly cases: number;
  readonly say?: (line: string) => void;
}): Promise<FuzzFigures> {
  const { from, cases, say } = options;
  const ways = { mutated: { cases: 0, valid: 0 }, generated: { cases: 0, valid: 0 } };
  let slowest = { number: from, cpuMs: 0 };
  let heaviest: FuzzFigures['heaviest'];
  const failures = { crash: 0, hang: 0 };
  const problems: string[] = [];
  const problem = (number: number, words: string): void => {
    if (problems.length < 50) problems.push(`case ${number}: ${words}`);
  };

  function onChecked({ number, made, ok, cpuMs, ...checked }: Checked): void {
    ways[made].cases += 1;
    if (ok) ways[made].valid += 1;
    if (cpuMs > slowest.cpuMs) slowest = { number, cpuMs };
    for (const words of checked.problems) problem(number, words);
  }

  async function weigh(number: number): Promise<void> {
    await inProcess(number, number + 1, ({ peakMb }) => {
      if (peakMb > (heaviest?.peakMb ?? 0)) heaviest = { number, peakMb };
      if (peakMb > MOST_MB) problem(number, `it took ${peakMb} MB`);
    });
  }

  for (let next = from; next < from + cases;) {
    const end = Math.min(next + CASES_PER_PROCESS, from + cases);
    let last: Checked | undefined;
    const failure = await inProcess(next, end, (checked) => {
      last = checked;
      onChecked(checked);
    });
    if (failure) {
      failures[failure.kind] += 1;
      problem(failure.number, failure.words);
    }
    if (last && last.peakMb > CROWDED_MB) await weigh(last.number);
    next = (failure?.number ?? last?.number ?? end) + 1;
    say?.(`${next - from} of ${cases} cases, ${problems.length} problems`);
  }
  return {
    cases,
    ...ways,
    slowest,
    heaviest,
    crashes: failures.crash,
    hangs: failures.hang,
    problems,
  };
}

interface ProcessFailure {
  readonly kind: 'crash' | 'hang';
  readonly number: number;
  readonly words: string;
}

/** Undefined if all cases were loaded. */
function inProcess(
  from: number,
  to: number,
  onChecked: (checked: Checked) => void,
): Promise<ProcessFailure | undefined> {
  return new Promise((resolve) => {
    const child = fork(PROGRAM, [String(from), String(to)], {
      execArgv: [`--max-old-space-size=${MOST_HEAP_MB}`],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let stderr = '';
    let number = from;
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
      else onChecked(message);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve(undefined);
      if (hung) return resolve({ kind: 'hang', number, words: 'it hung' });
      const words = `it ended the process (${signal ?? code}): ${stderr.slice(-500)}`;
      resolve({ kind: 'crash', number, words });
    });
  });
}
