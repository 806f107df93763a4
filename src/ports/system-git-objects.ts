import type { ChildProcess } from 'node:child_process';
import type { ObjectRead } from './git.ts';
import type { Git } from './system-git.ts';

/** Reads objects of a repository one by one through a single git process. */
export interface ObjectReader {
  read(object: string, maxBytes: number): Promise<ObjectRead>;
  close(): void;
}

/** Small files are cached, because each is read several times: type, checks, prompts. */
const KEPT_BYTES = 64 * 1024 * 1024;
const MOST_KEPT_OBJECT = 256 * 1024;

/** Time limit for one object. */
const OBJECT_MS = 60_000;

export function objectReader(git: Git): ObjectReader {
  let running: Running | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const kept = new Map<string, Uint8Array>();
  let keptBytes = 0;

  async function readNext(object: string, maxBytes: number): Promise<ObjectRead> {
    running ??= started(git);
    const { child, output } = running;
    const timer = setTimeout(() => child.kill('SIGKILL'), OBJECT_MS);
    try {
      child.stdin?.write(`${object}\n`);
      // `<object> blob <size>`, or `<object> missing`.
      const [, kind = '', size = ''] = (await output.line()).split(' ');
      if (kind !== 'blob') {
        if (size !== '') await output.skip(Number(size) + 1);
        return { kind: 'missing' };
      }
      const bytes = Number(size);
      if (bytes > maxBytes) {
        await output.skip(bytes + 1);
        return { kind: 'too large' };
      }
      const content = await output.take(bytes);
      await output.skip(1);
      if (bytes <= MOST_KEPT_OBJECT && keptBytes + bytes <= KEPT_BYTES) {
        // A copy, because the content is part of a larger buffer.
        kept.set(object, new Uint8Array(content));
        keptBytes += bytes;
      }
      return { kind: 'read', bytes: content };
    } catch {
      // Git ended: the repository is damaged or incomplete.
      close();
      return { kind: 'missing' };
    } finally {
      clearTimeout(timer);
    }
  }

  function close(): void {
    running?.child.kill('SIGKILL');
    running = undefined;
  }

  return {
    read(object, maxBytes) {
      const known = kept.get(object);
      if (known) {
        const isSmall = known.byteLength <= maxBytes;
        return Promise.resolve(isSmall ? { kind: 'read', bytes: known } : { kind: 'too large' });
      }
      const next = last.then(() => readNext(object, maxBytes));
      last = next;
      return next;
    },
    close,
  };
}

interface Running {
  readonly child: ChildProcess;
  readonly output: ByteReader;
}

function started(git: Git): Running {
  const child = git.start(['cat-file', '--batch']);
  child.on('error', () => undefined);
  child.stdin?.on('error', () => undefined);
  return { child, output: byteReader(child) };
}

interface ByteReader {
  line(): Promise<string>;
  take(bytes: number): Promise<Buffer>;
  skip(bytes: number): Promise<void>;
}

/** All methods reject if the output ends early. */
function byteReader({ stdout }: ChildProcess): ByteReader {
  const chunks: AsyncIterator<Buffer> | undefined = stdout?.[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);

  async function more(): Promise<Buffer> {
    const next = await chunks?.next();
    if (!next || next.done === true) throw new Error('git ended');
    return next.value;
  }

  return {
    async line() {
      let end = rest.indexOf(0x0a);
      while (end === -1) {
        rest = Buffer.concat([rest, await more()]);
        end = rest.indexOf(0x0a);
      }
      const text = rest.toString('utf8', 0, end);
      rest = rest.subarray(end + 1);
      return text;
    },
    async take(bytes) {
      const parts = [rest];
      let length = rest.length;
      while (length < bytes) {
        const chunk = await more();
        parts.push(chunk);
        length += chunk.length;
      }
      const all = Buffer.concat(parts);
      rest = all.subarray(bytes);
      return all.subarray(0, bytes);
    },
    async skip(bytes) {
      let left = bytes;
      while (rest.length < left) {
        left -= rest.length;
        rest = await more();
      }
      rest = rest.subarray(left);
    },
  };
}
