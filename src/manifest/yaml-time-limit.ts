import { YAML_BOUNDS } from '../errors/input-limits.ts';
import { jobThread } from './worker-jobs.ts';
import type { ParsedYaml } from './parse-yaml.ts';

export type ParseYaml = (text: string) => Promise<ParseOutcome>;

export type ParseOutcome =
  | { readonly ok: true; readonly parsed: ParsedYaml }
  /** It took more time or memory than allowed. */
  | { readonly ok: false };

/**
 * Files up to 64 KiB are parsed on this thread: the slowest one found (a list of nothing but
 * commas) took 0.7 s, most take 5 ms, and a thread costs 50 ms. Larger ones are parsed in a thread
 * that is terminated after 1.8 s of CPU time or 512 MB.
 */
export async function parseBounded(text: string): Promise<ParseOutcome> {
  if (text.length <= SMALL_TEXT) {
    const { parseYaml } = await import('./parse-yaml.ts');
    return { ok: true, parsed: parseYaml(text) };
  }
  return parseInWorker(text);
}

const SMALL_TEXT = 64 * 1024;

/** Always in a thread, one at a time. Rejects only for a bug in Volley. */
export async function parseInWorker(
  text: string,
  { cpuMs }: { readonly cpuMs: number } = YAML_BOUNDS,
): Promise<ParseOutcome> {
  const outcome = await jobThread.run<ParsedYaml>({ kind: 'yaml', text }, { cpuMs });
  return outcome.ok ? { ok: true, parsed: outcome.value } : { ok: false };
}
