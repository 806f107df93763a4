import type { Arguments } from '../arguments.ts';
import { loadNamed } from '../load-named.ts';
import { runVolley } from '../run-volley.ts';

export async function runManifest(args: Arguments): Promise<number> {
  return runVolley(args, await loadNamed(args));
}
