import * as fc from 'fast-check';
import { sanitized } from '../../src/errors/terminal-safe.ts';
import { mkdtemp, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { VolleyError } from '../../src/errors/volley-error.ts';
import type { ResultFiles } from '../../src/ports/result-file.ts';
import { systemResultFiles } from '../../src/ports/system-result-file.ts';
import { openFileWriter } from '../../src/results/sinks/file-writer.ts';
import { SinkFailed } from '../../src/results/sinks/sink.ts';

interface FakeDisk extends ResultFiles {
  readonly text: () => string;
  readonly log: string[];
}

/** Writes at most `chunk` bytes at a time, and fails with ENOSPC after `space` bytes. */
function disk({ chunk = Infinity, space = Infinity, syncCode = '' } = {}): FakeDisk {
  let bytes = new Uint8Array();
  const log: string[] = [];
  return {
    log,
    text: () => new TextDecoder('utf-8', { fatal: true }).decode(bytes),
    isFolder: async () => false,
    lock: async () => {
      log.push('lock');
      return {
        ok: true,
        release: async () => {
          log.push('release');
        },
      };
    },
    beginning: async (_, count) => (bytes.length > 0 ? bytes.subarray(0, count) : undefined),
    create: async (path) => {
      log.push(`create ${path}`);
      return {
        write: async (offered) => {
          await Promise.resolve();
          const taken = Math.min(chunk, offered.length, space - bytes.length);
          if (taken <= 0) throw systemError('ENOSPC');
          bytes = Buffer.concat([bytes, offered.subarray(0, taken)]);
          return taken;
        },
        truncate: async (length) => {
          bytes = bytes.slice(0, length);
          log.push(`truncate ${length}`);
        },
        sync: async () => {
          log.push('sync');
          if (syncCode !== '') throw systemError(syncCode);
        },
        close: async () => {
          log.push('close');
        },
      };
    },
  };
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function refusing(code: string, isFolder = false): ResultFiles {
  return {
    isFolder: async () => isFolder,
    lock: async () => undefined,
    beginning: async () => undefined,
    create: async () => {
      throw systemError(code);
    },
  };
}

describe('writing', () => {
  test('short writes and overlapping calls still produce whole lines in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }),
        fc.integer({ min: 1, max: 7 }),
        async (texts, chunk) => {
          const lines = texts.map((text) => `${JSON.stringify(text)}\n`);
          const files = disk({ chunk });
          const writer = await openFileWriter(files, 'r.jsonl', { overwrite: false });
          await Promise.all([...lines.map((line) => writer.write(line)), writer.close()]);
          expect(files.text()).toBe(sanitized(lines.join('')));
        },
      ),
    );
  });

  test('closing syncs before it closes the file, and creates it only once', async () => {
    const files = disk();
    const writer = await openFileWriter(files, 'r.jsonl', { overwrite: false });
    await writer.write('{}\n');
    await writer.close();
    expect(files.log).toEqual(['lock', 'create r.jsonl', 'sync', 'close', 'release']);
  });

  test('a disk that fills up at any byte holds only whole lines, and every later write fails', async () => {
    const lines = ['{"a":1}\n', '{"b":22}\n', '{"c":333}\n'];
    const all = lines.join('');
    for (let space = 0; space < all.length; space++) {
      const files = disk({ space, chunk: 3 });
      const writer = await openFileWriter(files, 'r.jsonl', { overwrite: false });
      const results = await Promise.allSettled(lines.map((line) => writer.write(line)));
      const kept = lines.filter((_, place) => lines.slice(0, place + 1).join('').length <= space);
      expect(files.text()).toBe(kept.join(''));
      expect(results.map(({ status }) => status === 'fulfilled')).toEqual(
        lines.map((line) => kept.includes(line)),
      );
      await expect(writer.write('{}\n')).rejects.toThrow(
        'cannot write results to `r.jsonl`: no space left on the disk (ENOSPC)',
      );
      await expect(writer.close()).rejects.toBeInstanceOf(SinkFailed);
      expect(files.log.slice(-2)).toEqual(['close', 'release']);
    }
  });

  test('a failed sync fails the run', async () => {
    const files = disk({ syncCode: 'EIO' });
    const writer = await openFileWriter(files, 'r.jsonl', { overwrite: false });
    await expect(writer.close()).rejects.toMatchObject({
      message: 'cannot write results to `r.jsonl`: the disk reports an error (EIO)',
      exitCode: 74,
    });
    expect(files.log).toEqual(['lock', 'create r.jsonl', 'sync', 'close', 'release']);
  });
});

describe('refusing to start', () => {
  test.each([
    [
      'EEXIST',
      'out/r.jsonl',
      2,
      '`out/r.jsonl` already exists',
      'choose another file with `--output`, or replace this one with `--overwrite`',
    ],
    [
      'ENOENT',
      'out/r.jsonl',
      74,
      'cannot create `out/r.jsonl`: a part of the path does not exist (ENOENT)',
      'check the path, or choose another file with `--output`',
    ],
    [
      'ENOTDIR',
      'a.txt/r.jsonl',
      74,
      'cannot create `a.txt/r.jsonl`: a part of the path is not a folder (ENOTDIR)',
      'check the path, or choose another file with `--output`',
    ],
    [
      'EACCES',
      '/r.jsonl',
      74,
      'cannot create `/r.jsonl`: permission denied (EACCES)',
      'check its permissions, or choose another file with `--output`',
    ],
    [
      'EROFS',
      'r.jsonl',
      74,
      'cannot create `r.jsonl`: the file system is read-only (EROFS)',
      'make it writable, or choose another file with `--output`',
    ],
    [
      'ENOSPC',
      'r.jsonl',
      74,
      'cannot create `r.jsonl`: no space left on the disk (ENOSPC)',
      'make room, or choose another file with `--output`',
    ],
    [
      'EMFILE',
      'r.jsonl',
      74,
      'cannot create `r.jsonl`: EMFILE',
      'fix that, or choose another file with `--output`',
    ],
  ])(
    'the error %s for `%s` exits with code %i and a reason',
    async (code, path, exitCode, message, hint) => {
      const opened = openFileWriter(refusing(code), path, { overwrite: false });
      const error = await opened.catch((error: unknown) => error);
      expect(error).toBeInstanceOf(VolleyError);
      expect(error).toMatchObject({ message, hint, exitCode });
    },
  );

  test('a folder is reported as one, whatever the system error is', async () => {
    await expect(
      openFileWriter(refusing('EEXIST', true), 'out', { overwrite: false }),
    ).rejects.toMatchObject({
      message: '`out` is a folder, not a file',
      hint: 'give a file in it, such as `results.jsonl`',
      exitCode: 2,
    });
  });
});

describe('the lock', () => {
  test('is released if the file cannot be created', async () => {
    const { log, ...files } = disk();
    const full: ResultFiles = {
      ...files,
      create: async () => {
        throw systemError('ENOSPC');
      },
    };
    await expect(openFileWriter(full, 'r', { overwrite: true })).rejects.toThrow('ENOSPC');
    expect(log).toEqual(['lock', 'release']);
  });

  test('of another process is an error, and the file is not opened', async () => {
    const { log, ...files } = disk();
    const held: ResultFiles = { ...files, lock: async () => ({ ok: false, holder: undefined }) };
    await expect(openFileWriter(held, 'r', { overwrite: true })).rejects.toMatchObject({
      message: '`r` is in use by another run: an unknown process',
      exitCode: 75,
    });
    expect(log).toEqual([]);
  });

  test('that cannot be created is not reported as an existing file', async () => {
    const files: ResultFiles = {
      ...disk(),
      lock: async () => {
        throw Object.assign(new Error('`r.lock` is in the way'), { code: 'EEXIST' });
      },
    };
    await expect(openFileWriter(files, 'r', { overwrite: true })).rejects.toMatchObject({
      message: 'cannot use `r` for results: `r.lock` is in the way',
      exitCode: 74,
    });
  });
});

describe('on a real disk', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'volley-results-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('a new file is readable by its owner only', async () => {
    const path = join(folder, 'r.jsonl');
    const writer = await openFileWriter(systemResultFiles, path, { overwrite: false });
    await writer.write('{"a":1}\n');
    await writer.write('{"b":"é"}\n');
    await writer.close();
    expect(await readFile(path, 'utf8')).toBe('{"a":1}\n{"b":"é"}\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('an existing file is refused and untouched', async () => {
    const path = join(folder, 'r.jsonl');
    await writeFile(path, 'precious');
    await expect(openFileWriter(systemResultFiles, path, { overwrite: false })).rejects.toThrow(
      'already exists',
    );
    expect(await readFile(path, 'utf8')).toBe('precious');
  });

  test('`overwrite` empties it', async () => {
    const path = join(folder, 'r.jsonl');
    await writeFile(path, `{"v":1,"tasks":[\n`);
    const writer = await openFileWriter(systemResultFiles, path, { overwrite: true });
    await writer.write('{}\n');
    await writer.close();
    expect(await readFile(path, 'utf8')).toBe('{}\n');
  });

  test('a dangling symlink is not followed to create a file elsewhere', async () => {
    const path = join(folder, 'r.jsonl');
    await symlink(join(folder, 'elsewhere'), path);
    await expect(openFileWriter(systemResultFiles, path, { overwrite: false })).rejects.toThrow(
      'already exists',
    );
    await expect(stat(join(folder, 'elsewhere'))).rejects.toThrow('ENOENT');
  });

  test.each([{ overwrite: false }, { overwrite: true }])(
    'a folder is reported as one, a missing one is created with %o',
    async (options) => {
      const path = join(folder, 'sub');
      await mkdir(path);
      await expect(openFileWriter(systemResultFiles, path, options)).rejects.toThrow(
        'is a folder, not a file',
      );
      const missing = join(folder, 'no', 'r.jsonl');
      await (await openFileWriter(systemResultFiles, missing, options)).close();
      expect(await readFile(missing, 'utf8')).toBe('');
    },
  );

  test('two names of one file share a lock, even before the file exists, and no lock is left behind', async () => {
    const path = join(folder, 'r.json');
    const link = join(folder, 'link.json');
    await symlink('r.json', link);
    const writer = await openFileWriter(systemResultFiles, link, { overwrite: true });
    for (const overwrite of [true, false]) {
      await expect(openFileWriter(systemResultFiles, path, { overwrite })).rejects.toThrow(
        `\`${path}\` is in use by another run: process ${process.pid}`,
      );
    }
    await writer.write('{}\n');
    await writer.close();
    expect(await readFile(path, 'utf8')).toBe('{}\n');
    expect((await readdir(folder)).toSorted()).toEqual(['link.json', 'r.json']);
  });

  test('a device that cannot be synced is accepted', async () => {
    const writer = await openFileWriter(systemResultFiles, '/dev/null', { overwrite: true });
    await writer.write('{}\n');
    await expect(writer.close()).resolves.toBeUndefined();
  });
});
