import { YAML_BOUNDS } from '../errors/bounds.ts';
import { jobThread } from './jobs.ts';
import type { ParsedYaml } from './parse-yaml.ts';

/** How a text becomes YAML. */
export type ParseYaml = (text: string) => Promise<ParseOutcome>;

export type ParseOutcome =
  | { readonly ok: true; readonly parsed: ParsedYaml }
  /** It took more than the time or memory that a manifest may. */
  | { readonly ok: false };

/**
 * The real one. Up to 64 KiB it parses right here: no text that small took more than 0.7 s (a list of
 * nothing but commas), most take 5 ms, and a thread costs 50 ms. A larger one is parsed in a thread
 * that is ended after 1.8 s of CPU time or 512 MB.
 */
export async function parseBounded(text: string): Promise<ParseOutcome> {
  if (text.length <= SMALL_TEXT) {
    const { parseYaml } = await import('./parse-yaml.ts');
    return { ok: true, parsed: parseYaml(text) };
  }
  return parseInWorker(text);
}

const SMALL_TEXT = 64 * 1024;

/** Always in a thread, one text after the other. Rejects only for a bug in Volley. */
export async function parseInWorker(
  text: string,
  { cpuMs }: { readonly cpuMs: number } = YAML_BOUNDS,
): Promise<ParseOutcome> {
  const outcome = await jobThread.run<ParsedYaml>({ kind: 'yaml', text }, { cpuMs });
  return outcome.ok ? { ok: true, parsed: outcome.value } : { ok: false };
}
