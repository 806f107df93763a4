import { Worker } from 'node:worker_threads';
import type { ParsedYaml } from './parse-yaml.ts';
import { YAML_LIMITS } from './yaml-limits.ts';

/** How a text becomes YAML. Library users in places without threads can pass their own. */
export type ParseYaml = (text: string) => Promise<ParseOutcome>;

export type ParseOutcome =
  | { readonly ok: true; readonly parsed: ParsedYaml }
  /** It took more than the time or memory that a manifest may. */
  | { readonly ok: false };

/**
 * The real one. Up to 64 KiB it parses right here: no text that small took more than 0.7 s (a list of
 * nothing but commas), most take 5 ms, and a thread costs 50 ms. A larger one is parsed in a thread
 * that is ended after 2 s or 512 MB.
 */
export async function parseBounded(text: string): Promise<ParseOutcome> {
  if (text.length <= SMALL_TEXT) {
    const { parseYaml } = await import('./parse-yaml.ts');
    return { ok: true, parsed: parseYaml(text) };
  }
  return parseInWorker(text);
}

const SMALL_TEXT = 64 * 1024;

/** Always in a thread. Rejects only for a bug in Volley. */
export function parseInWorker(
  text: string,
  limits: { readonly timeMs: number; readonly memoryMb: number } = YAML_LIMITS,
): Promise<ParseOutcome> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, {
      workerData: text,
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb },
    });
    const timer = setTimeout(() => end({ ok: false }), limits.timeMs);
    worker.once('message', (parsed: ParsedYaml) => end({ ok: true, parsed }));
    worker.once('error', (error: Error & { code?: unknown }) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') return end({ ok: false });
      clearTimeout(timer);
      reject(error);
    });
    worker.once('exit', () => end({ ok: false }));
    function end(outcome: ParseOutcome): void {
      clearTimeout(timer);
      void worker.terminate();
      resolve(outcome);
    }
  });
}

/** The source runs unbuilt too, so the worker's extension is this file's own. */
const WORKER = new URL(
  `./parse-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
  import.meta.url,
);
