import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal, type Journal } from '../../src/journal/journal.ts';
import type { JournalMode } from '../../src/journal/open-results.ts';
import { systemClock } from '../../src/ports/system-clock.ts';
import { systemDisk } from '../../src/ports/system-disk.ts';
import { failed, jsonl, parsed, planned, succeeded, work } from './records.ts';
import { scaled } from '../support/scale.ts';

const CHILD = fileURLToPath(new URL('append-child.ts', import.meta.url));

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'volley-journal-'));
  path = join(folder, 'results.jsonl');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function openAt(path: string, mode: JournalMode): Promise<Journal> {
  return openJournal(path, { mode, disk: systemDisk, clock: systemClock });
}

describe('on a real disk', () => {
  it('a run and a resume leave ordered results and a companion, both private', async () => {
    const first = await openAt(path, 'new');
    await first.append(failed('a', 0));
    await first.append(succeeded('b', 1));
    await first.close({ covered: 'whole' });
    const second = await openAt(path, 'resume');
    expect(await work(second, [planned('a', 0), planned('b', 1)])).toEqual(['a']);
    await second.close({ covered: 'whole' });
    expect(readFileSync(path, 'utf8')).toBe(jsonl(succeeded('a', 0), succeeded('b', 1)));
    expect(readdirSync(folder)).toEqual(['results.jsonl', 'results.jsonl.volley']);
    for (const file of [path, `${path}.volley`]) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('files and new folders are private under any umask', async () => {
    const deep = join(folder, 'new', 'deep', 'results.jsonl');
    const umask = process.umask(0);
    try {
      const journal = await openAt(deep, 'new');
      await journal.append(succeeded('a'));
      const names = readdirSync(join(folder, 'new', 'deep')).sort();
      expect(names).toEqual(['results.jsonl', 'results.jsonl.lock', 'results.jsonl.lock-holder']);
      for (const name of names) {
        expect(statSync(join(folder, 'new', 'deep', name)).mode & 0o777).toBe(0o600);
      }
      expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700);
      expect(statSync(join(folder, 'new', 'deep')).mode & 0o777).toBe(0o700);
      await journal.close({ covered: 'whole' });
      writeFileSync(deep, jsonl(succeeded('a')).slice(0, -9));
      const resumed = await openAt(deep, 'resume');
      expect(statSync(`${deep}.volley`).mode & 0o777).toBe(0o600);
      await resumed.close({ covered: 'whole' });
    } finally {
      process.umask(umask);
    }
  });

  it('a file that others may read is reported, and becomes private when rewritten', async () => {
    writeFileSync(path, jsonl(failed('a'), failed('a')));
    chmodSync(path, 0o644);
    const journal = await openAt(path, 'resume');
    expect(journal.looseMode).toBe(0o644);
    await journal.close({ covered: 'whole' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('a refusal changes nothing', async () => {
    writeFileSync(path, jsonl(succeeded('a')));
    const before = statSync(path, { bigint: true });
    await expect(openAt(path, 'new')).rejects.toMatchObject({ exitCode: 2 });
    const after = statSync(path, { bigint: true });
    expect([after.mtimeNs, after.ctimeNs]).toEqual([before.mtimeNs, before.ctimeNs]);
    expect(readdirSync(folder)).toEqual(['results.jsonl']);
  });

  it('two names of the same file share the lock, and a symlink remains a symlink', async () => {
    const link = join(folder, 'link.jsonl');
    writeFileSync(path, jsonl(failed('a'), succeeded('a')));
    symlinkSync('results.jsonl', link);
    const journal = await openAt(link, 'resume');
    await expect(openAt(path, 'resume')).rejects.toMatchObject({ exitCode: 75 });
    await work(journal, [planned('a')]);
    await journal.close({ covered: 'whole' });
    expect(readdirSync(folder)).toEqual(['link.jsonl', 'results.jsonl', 'results.jsonl.volley']);
    expect(readFileSync(path, 'utf8')).toBe(jsonl(succeeded('a')));
    expect(readFileSync(link, 'utf8')).toBe(jsonl(succeeded('a')));
  });

  it('nothing is written through a dangling symlink', async () => {
    symlinkSync(join(folder, 'elsewhere'), path);
    for (const mode of ['new', 'resume', 'overwrite'] as const) {
      await expect(openAt(path, mode)).rejects.toMatchObject({
        message: `\`${path}\` is a symlink to a file that does not exist`,
        exitCode: 2,
      });
    }
    expect(readdirSync(folder)).toEqual(['results.jsonl']);
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
  });

  it.each([
    ['a folder', () => mkdirSync(path)],
    ['a FIFO', () => spawnSync('mkfifo', [path])],
  ])('%s is refused immediately', async (_, make) => {
    make();
    for (const mode of ['new', 'resume', 'overwrite'] as const) {
      await expect(openAt(path, mode)).rejects.toMatchObject({
        message: `\`${path}\` is not a regular file: a run could not resume from it`,
        exitCode: 2,
      });
    }
    expect(readdirSync(folder)).toEqual(['results.jsonl']);
  });

  it('a file cannot be created below another file', async () => {
    writeFileSync(path, 'x');
    const below = join(path, 'results.jsonl');
    await expect(openAt(below, 'new')).rejects.toMatchObject({
      message: `cannot use \`${below}\` for results: a part of the path is not a folder (ENOTDIR)`,
      exitCode: 74,
    });
  });

  it.each([300, 250])(
    'a file with a name that is too long cannot be created: %d',
    async (length) => {
      const long = join(folder, 'x'.repeat(length));
      await expect(openAt(long, 'new')).rejects.toMatchObject({
        message: `cannot use \`${long}\` for results: the name is too long (ENAMETOOLONG)`,
        exitCode: 74,
      });
      // The names of the files next to it may be too long, even if its own name is not.
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('thousands of records are read, kept and renumbered', async () => {
    const count = scaled(4_000, 20_000);
    const records = Array.from({ length: count }, (_, index) => succeeded(`t-${index}`, index));
    writeFileSync(path, records.map((record) => jsonl(record)).join(''));
    const journal = await openAt(path, 'resume');
    expect(journal.found).toMatchObject({ spentUsd: count / 2 });
    const plan = records.map(({ id }, index) => planned(id, index + 1));
    for (const task of plan) journal.expect(task);
    expect(plan.filter((task) => journal.decide(task).kind !== 'keep')).toEqual([]);
    expect(await journal.close({ covered: 'whole' })).toMatchObject({ removed: 0 });
    const after = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(after).toHaveLength(count);
    expect(after.at(-1)).toBe(jsonl(succeeded(`t-${count - 1}`, count)).trimEnd());
  }, 120_000);
});

describe('a process that is killed at random moments', () => {
  it('loses no record that it reported durable, and pays again for at most 16 tasks per kill', async () => {
    const durable = new Set<string>();
    const paid = new Map<string, number>();
    let kills = 0;
    for (let mode = 'new'; kills < scaled(3, 5); mode = 'resume') {
      const output = await runAndKill(mode, 5 + scaled(180, 90) * kills);
      kills += 1;
      for (const line of output) {
        const [what, id = ''] = line.split(' ');
        if (what === 'paid') {
          expect(durable.has(id), `${id} is paid for again`).toBe(false);
          paid.set(id, (paid.get(id) ?? 0) + 1);
        }
        if (what === 'durable') durable.add(id);
      }
    }
    const again = [...paid.values()].reduce((sum, times) => sum + times - 1, 0);
    expect(again).toBeLessThanOrEqual(kills * 16);
    expect(durable.size).toBeGreaterThan(0);
    const journal = await openAt(path, 'resume');
    await journal.close({ covered: 'part' });
    const ids = parsed(readFileSync(path, 'utf8')).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...durable].filter((id) => !ids.includes(id))).toEqual([]);
    expect(readdirSync(folder).filter((name) => name !== 'results.jsonl.volley')).toEqual([
      'results.jsonl',
    ]);
  }, 120_000);
});

describe('a file at its size limit', () => {
  it('ends with whole lines, and the other records are reported as unsaved', async () => {
    const command = `ulimit -f 64 && exec "$0" "$@"`;
    const run = spawnSync('bash', ['-c', command, process.execPath, CHILD, path, 'new'], {
      encoding: 'utf8',
    });
    const last: unknown = JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({
      failure: expect.stringContaining('the file would be larger than allowed (EFBIG)'),
      unsaved: 16,
    });
    const durable = run.stdout.split('\n').filter((line) => line.startsWith('durable'));
    expect(parsed(readFileSync(path, 'utf8'))).toHaveLength(durable.length);
  });
});

/** The lines that a process printed before it was killed, `afterMs` after it started to send. */
async function runAndKill(mode: string, afterMs: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [CHILD, path, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (output === '') setTimeout(() => child.kill('SIGKILL'), afterMs);
    output += text;
  });
  await once(child, 'close');
  return output.split('\n').slice(0, -1);
}
