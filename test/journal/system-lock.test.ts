import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemDisk } from '../../src/ports/system-disk.ts';
import { scaled } from '../support/scale.ts';

const CHILD = fileURLToPath(new URL('lock-child.ts', import.meta.url));

const CHURN = fileURLToPath(new URL('lock-churn-child.ts', import.meta.url));

let folder = '';
let path = '';
const children: Child[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'volley-lock-'));
  path = join(folder, 'results.jsonl');
});

afterEach(() => {
  for (const { process } of children.splice(0)) process.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

describe('the lock on a results file', () => {
  it('is taken by only one of many simultaneous processes; the others learn which one', async () => {
    const racers = await Promise.all(Array.from({ length: scaled(6, 20) }, () => child()));
    for (const racer of racers) racer.go();
    const outcomes = await Promise.all(racers.map((racer) => racer.line()));
    const winners = racers.filter((_, at) => outcomes[at]?.ok === true);
    expect(winners).toHaveLength(1);
    const pid = winners[0]?.process.pid;
    const losers = outcomes.filter(({ ok }) => ok === false);
    expect(losers).toHaveLength(racers.length - 1);
    for (const { holder } of losers) expect(holder).toMatchObject({ pid, host: hostname() });
  }, 60_000);

  it('is never held twice, even if its files are removed whenever it is freed', async () => {
    const overlaps = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const churn = spawn(process.execPath, [CHURN, path, String(scaled(40, 150))], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let output = '';
        churn.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
        await once(churn, 'close');
        return output;
      }),
    );
    expect(overlaps).toEqual(['0\n', '0\n', '0\n', '0\n']);
    expect(readdirSync(folder)).toEqual([]);
  }, 60_000);

  it('is free as soon as its holder is killed', async () => {
    const holder = await child();
    holder.go();
    expect(await holder.line()).toMatchObject({ ok: true });
    expect(await systemDisk.lock(path)).toMatchObject({
      ok: false,
      holder: { pid: holder.process.pid, host: hostname() },
    });
    holder.process.kill('SIGKILL');
    await holder.end;
    const lock = await systemDisk.lock(path);
    if (!lock.ok) throw new Error('the lock is still held');
    expect(JSON.parse(readFileSync(`${path}.lock-holder`, 'utf8'))).toMatchObject({
      pid: process.pid,
    });
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('stays with its holder when the same process asks again', async () => {
    const lock = await systemDisk.lock(path);
    expect(lock.ok).toBe(true);
    const [second, third] = await Promise.all([systemDisk.lock(path), systemDisk.lock(path)]);
    expect(second).toMatchObject({ ok: false, holder: { pid: process.pid } });
    expect(third).toMatchObject({ ok: false });
    const other = await child();
    other.go();
    expect(await other.line()).toMatchObject({ ok: false, holder: { pid: process.pid } });
    if (lock.ok) await lock.release();
  });

  it('goes to one of two requests in the same process, which keeps it', async () => {
    writeFileSync(`${path}.lock-holder`, '{"pid":1,"host":"elsewhere","startedAt":"2026-01-01"}');
    const outcomes = await Promise.all([systemDisk.lock(path), systemDisk.lock(path)]);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    const other = await child();
    other.go();
    expect(await other.line()).toMatchObject({ ok: false });
    for (const outcome of outcomes) if (outcome.ok) await outcome.release();
  });

  it('is refused with the name of its holder, even if the holder writes its name late', async () => {
    const lock = await systemDisk.lock(path);
    const name = readFileSync(`${path}.lock-holder`);
    rmSync(`${path}.lock-holder`);
    setTimeout(() => writeFileSync(`${path}.lock-holder`, name), 1_000);
    expect(await systemDisk.lock(path)).toMatchObject({ ok: false, holder: { pid: process.pid } });
    if (lock.ok) await lock.release();
  });

  it('does not name a holder that died long ago', async () => {
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    const holder = { pid: gone.pid, host: hostname(), startedAt: '2026-01-01T00:00:00.000Z' };
    const lock = await systemDisk.lock(path);
    writeFileSync(`${path}.lock-holder`, JSON.stringify(holder));
    expect(await systemDisk.lock(path)).toEqual({ ok: false, holder: undefined });
    if (lock.ok) await lock.release();
  });

  it('does not delete a lock file that replaced its own', async () => {
    const lock = await systemDisk.lock(path);
    rmSync(`${path}.lock`);
    writeFileSync(`${path}.lock`, '');
    if (lock.ok) await lock.release();
    expect(readdirSync(folder)).toEqual(['results.jsonl.lock']);
  });

  it.each(['{"pid":1,"host":"\u001b[2J","startedAt":"x"}', 'x', '[]', '{"pid":"1"}', ''])(
    'never prints a forged holder: %j',
    async (content) => {
      const lock = await systemDisk.lock(path);
      writeFileSync(`${path}.lock-holder`, content);
      expect(await systemDisk.lock(path)).toEqual({ ok: false, holder: undefined });
      if (lock.ok) await lock.release();
    },
  );

  it('is not taken if another kind of file has the lock’s name, and that file is kept', async () => {
    writeFileSync(`${path}.lock`, 'precious');
    await expect(systemDisk.lock(path)).rejects.toThrow(
      `\`${path}.lock\` is in the way: it is not an empty lock file`,
    );
    expect(readFileSync(`${path}.lock`, 'utf8')).toBe('precious');
    rmSync(`${path}.lock`);
    symlinkSync('/dev/zero', `${path}.lock`);
    await expect(systemDisk.lock(path)).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it('hides only the warning that it causes itself', async () => {
    const seen: string[] = [];
    const onWarning = ({ message }: Error): void => void seen.push(message);
    process.on('warning', onWarning);
    const lock = await systemDisk.lock(path);
    process.emitWarning('somebody else');
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(seen).toEqual(['somebody else']);
    if (lock.ok) await lock.release();
  });
});

interface Outcome {
  readonly ok: unknown;
  readonly holder: unknown;
}

interface Child {
  readonly process: ChildProcess;
  readonly end: Promise<unknown>;
  /** The next line it prints. */
  line(): Promise<Outcome>;
  go(): void;
}

/** A process that is ready to ask for the lock. */
async function child(): Promise<Child> {
  const process_ = spawn(process.execPath, [CHILD, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const waiting: Array<() => void> = [];
  process_.stdout.setEncoding('utf8').on('data', (text: string) => {
    lines.push(...text.split('\n').filter(Boolean));
    for (const resume of waiting.splice(0)) resume();
  });
  const next = async (): Promise<string> => {
    while (lines.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    return lines.shift() ?? '';
  };
  const made: Child = {
    process: process_,
    end: once(process_, 'exit'),
    line: async () => outcome(await next()),
    go: () => void process_.stdin.write('\n'),
  };
  children.push(made);
  await next();
  return made;
}

function outcome(line: string): Outcome {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null || !('ok' in value)) throw new Error(line);
  return { ok: value.ok, holder: 'holder' in value ? value.holder : undefined };
}
