import { existsSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { sleep } from './clock.ts';
import { systemClock } from './system-clock.ts';

/** Work in Node's thread pool, where host names are resolved and files are read and written. */
const IN_THREAD_POOL = /^(?:GetAddrInfoReqWrap|GetNameInfoReqWrap|FSReq)/;
const ON_FILES = /^FSReq/;

/** How often to look, and how long a lookup that nobody needs may take. */
const LOOK_MS = 100;
/** Longer than the last work on a file takes, even on a busy machine. */
const LAST_FILE_MS = 2_000;

/**
 * Ends the process immediately. Node's own exit waits for the thread pool, even for a lookup that
 * nobody needs any longer, and a resolver that does not answer can keep a lookup waiting for half a
 * minute. Nothing can cancel such work except the end of its process, so this process is replaced
 * by another program that only exits.
 */
export function endProcess(code: number): void {
  const { execPath } = process;
  const canReplace = process.execve && process.platform !== 'win32' && existsSync(execPath);
  if (!canReplace || !usesThreadPool()) process.exit(code);
  process.emit('exit', code);
  for (const stream of [process.stdout, process.stderr]) makeBlocking(stream);
  process.execve?.(execPath, [execPath, '--eval', `process.exit(${code})`], {
    ...process.env,
    NODE_OPTIONS: '',
  });
}

/** Once a command has done everything, ends the process if only the thread pool keeps it alive. */
export async function endUnlessIdle(): Promise<void> {
  if (!usesThreadPool()) return;
  await Promise.all([process.stdout, process.stderr].map(flushed));
  for (let waitedMs = 0; usesThreadPool(); waitedMs += LOOK_MS) {
    const mostMs = usesThreadPool(ON_FILES) ? LAST_FILE_MS : LOOK_MS;
    if (waitedMs >= mostMs) return endProcess(Number(process.exitCode ?? 0));
    await sleep(systemClock, LOOK_MS);
  }
}

function usesThreadPool(kind = IN_THREAD_POOL): boolean {
  return process.getActiveResourcesInfo().some((name) => kind.test(name));
}

function flushed(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

/**
 * Other programs may share a pipe with this one. Node makes pipes non-blocking, and when it exits,
 * it undoes that.
 */
function makeBlocking(stream: Writable): void {
  const handle: unknown = Reflect.get(stream, '_handle');
  if (typeof handle !== 'object' || handle === null) return;
  const setBlocking: unknown = Reflect.get(handle, 'setBlocking');
  if (typeof setBlocking === 'function') setBlocking.call(handle, true);
}
