import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CountCache } from '../forecast/exact-counts.ts';
import { userCache } from './user-cache.ts';

const COUNTS_FILE = 'token-counts.txt';

/** Counts of earlier plans, in the user's cache folder. Without one they are forgotten, which is not a failure. */
export async function openCountCache(
  manifestFile: string,
): Promise<CountCache & { save(): Promise<void> }> {
  const { folder } = await userCache(manifestFile, [COUNTS_FILE]);
  const file = folder === undefined ? undefined : join(folder, COUNTS_FILE);
  const known = file === undefined ? new Map<string, number>() : await readCounts(file);
  const added: string[] = [];
  return {
    get: (fingerprint) => known.get(fingerprint),
    set(fingerprint, tokens) {
      known.set(fingerprint, tokens);
      added.push(`${fingerprint} ${tokens}\n`);
    },
    async save() {
      if (file === undefined || added.length === 0) return;
      try {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 });
        await appendFile(file, added.join(''), { mode: 0o600 });
      } catch {
        // A folder that cannot be written to: the next plan asks again.
      }
    },
  };
}

/** A line each: the fingerprint, a space, the tokens. Lines that are anything else are passed over. */
async function readCounts(file: string): Promise<Map<string, number>> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.matchAll(/^(v\d+:sha256:[0-9a-f]{64}) (\d{1,9})$/gm);
  return new Map([...lines].map(([, fingerprint = '', tokens]) => [fingerprint, Number(tokens)]));
}
