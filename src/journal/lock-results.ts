import { EXIT, VolleyError } from '../errors/volley-error.ts';
import type { Disk, LockHolder } from '../ports/disk.ts';

/**
 * Locks the results file at `path`, which need not exist, and returns what releases it. Throws a
 * `VolleyError` (exit 75) if another run is using it; `givenName` is its name in the message.
 */
export async function lockResults(
  disk: Disk,
  path: string,
  givenName: string,
): Promise<() => Promise<void>> {
  const lock = await disk.lock(path);
  if (!lock.ok) throw heldByAnother(givenName, lock.holder);
  return () => lock.release();
}

function heldByAnother(path: string, holder: LockHolder | undefined): VolleyError {
  const who = holder
    ? `process ${holder.pid} on ${holder.host}, started ${holder.startedAt}`
    : 'an unknown process';
  return new VolleyError(`\`${path}\` is in use by another run: ${who}`, {
    exitCode: EXIT.locked,
    hint: 'wait until it ends, or choose another `--output` for this run',
  });
}
