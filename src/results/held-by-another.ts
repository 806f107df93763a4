import { EXIT, VolleyError } from '../errors/volley-error.ts';
import type { LockHolder } from '../ports/disk.ts';

/** A results file that another run writes to, whatever its format. */
export function heldByAnother(path: string, holder: LockHolder | undefined): VolleyError {
  const who = holder
    ? `process ${holder.pid} on ${holder.host}, started ${holder.startedAt}`
    : 'a process that did not leave its name';
  return new VolleyError(`\`${path}\` is in use by another run: ${who}`, {
    exitCode: EXIT.locked,
    hint: 'wait until it ends, or give this run another `--output`',
  });
}
