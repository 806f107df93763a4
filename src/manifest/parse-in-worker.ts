import { Worker } from 'node:worker_threads';
import type { ParsedYaml } from './parse-yaml.ts';
import { YAML_LIMITS } from './yaml-limits.ts';

/** How a text becomes YAML. */
export type ParseYaml = (text: string) => Promise<ParseOutcome>;

export type ParseOutcome =
  | { readonly ok: true; readonly parsed: ParsedYaml }
  /** It took more than the time or memory that a manifest may. */
  | { readonly ok: false };

/**
 * The real one. Up to 64 KiB it parses right here: no text that small took more than 0.7 s (a list of
 * nothing but commas), most take 5 ms, and a thread costs 50 ms. A larger one is parsed in a thread
 * that is ended after 1.8 s of processor time or 512 MB.
 */
export async function parseBounded(text: string): Promise<ParseOutcome> {
  if (text.length <= SMALL_TEXT) {
    const { parseYaml } = await import('./parse-yaml.ts');
    return { ok: true, parsed: parseYaml(text) };
  }
  return parseInWorker(text);
}

const SMALL_TEXT = 64 * 1024;

interface ParseLimits {
  readonly cpuMs: number;
  readonly memoryMb: number;
}

/** Always in a thread, one text after the other. Rejects only for a bug in Volley. */
export function parseInWorker(
  text: string,
  limits: ParseLimits = YAML_LIMITS,
): Promise<ParseOutcome> {
  const outcome = lastInLine.then(() => parseInThread(text, limits));
  lastInLine = outcome.catch(() => undefined);
  return outcome;
}

/** A thread's share of the processor is only known while no other is at work. */
let lastInLine: Promise<unknown> = Promise.resolve();

function parseInThread(text: string, limits: ParseLimits): Promise<ParseOutcome> {
  return new Promise((resolve, reject) => {
    const startedMs = otherThreadsCpuMs();
    const worker = new Worker(WORKER, {
      workerData: text,
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb },
    });
    const timer = setInterval(() => {
      if (otherThreadsCpuMs() - startedMs > limits.cpuMs) end({ ok: false });
    }, LOOK_EVERY_MS);
    worker.once('message', (parsed: ParsedYaml) => end({ ok: true, parsed }));
    worker.once('error', (error: Error & { code?: unknown }) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') return end({ ok: false });
      clearInterval(timer);
      reject(error);
    });
    worker.once('exit', () => end({ ok: false }));
    function end(outcome: ParseOutcome): void {
      clearInterval(timer);
      void worker.terminate();
      resolve(outcome);
    }
  });
}

const LOOK_EVERY_MS = 20;

/** Processor time of all threads but this one, as far as Node tells it: before 23.9, this one's too. */
function otherThreadsCpuMs(): number {
  const all = process.cpuUsage();
  const own = 'threadCpuUsage' in process ? process.threadCpuUsage() : { user: 0, system: 0 };
  return (all.user + all.system - own.user - own.system) / 1000;
}

/** The source runs unbuilt too, so the worker's extension is this file's own. */
const WORKER = new URL(
  `./parse-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
  import.meta.url,
);
