import { open } from 'node:fs/promises';
import { systemClock } from '../ports/system-clock.ts';
import { recordedWire } from '../providers/recorded-wire.ts';
import type { Wire } from '../providers/transport.ts';
import { safeJson } from '../results/serialize.ts';
import { reasonOf } from '../results/write-problems.ts';
import type { PreparedRun } from '../run/prepare.ts';
import { redactorOf } from '../run/run.ts';
import { environmentRedactor } from './redact-environment.ts';
import { cannotWriteSideFile } from './side-file.ts';

/** What `--debug` keeps of a run: each request and what came back, one JSON object per line. */
export interface DebugFile {
  readonly wire: Wire;
  /** Gives what to tell the user; undefined when all was written. */
  close(): Promise<string | undefined>;
}

/** Creates the file, mode 0600, over an older one. Throws a `VolleyError` (exit 74) when it cannot be. */
export async function openDebugFile(
  path: string,
  { wire, prepared }: { readonly wire: Wire; readonly prepared: PreparedRun },
): Promise<DebugFile> {
  const file = await open(path, 'w', 0o600).catch((cause: unknown) => {
    throw cannotWriteSideFile('debug', { path, cause, state: 'nothing was sent' });
  });
  const ofProviders = redactorOf(prepared, wire);
  const ofEnvironment = environmentRedactor();
  let failure: unknown;
  // One write at a time, so that lines stay whole.
  let last = Promise.resolve();
  const append = (line: string): void => {
    last = last.then(async () => {
      if (failure === undefined) await file.writeFile(line);
    });
    last = last.catch((error: unknown) => {
      failure ??= error;
    });
  };
  return {
    wire: recordedWire(wire, {
      clock: systemClock,
      keep: (exchange) => append(`${ofEnvironment(ofProviders(safeJson(exchange)))}\n`),
    }),
    async close() {
      await last;
      await file.close().catch((error: unknown) => {
        failure ??= error;
      });
      if (failure === undefined) return undefined;
      return `\`${path}\` lacks requests: ${reasonOf(failure)}; the results are not affected`;
    },
  };
}
