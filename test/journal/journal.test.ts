import { describe, expect, it } from 'vitest';
import { SimulatedDisk } from '../support/simulated-disk.ts';
import {
  decisions,
  failed,
  jsonl,
  open,
  parsed,
  PATH,
  planned,
  succeeded,
  unsuccessful,
  work,
} from './records.ts';

function diskWith(content: string | Uint8Array, mode?: number): SimulatedDisk {
  const disk = new SimulatedDisk();
  disk.put(PATH, content, mode);
  return disk;
}

describe('a new journal', () => {
  it('holds each record on a line, in the order in which they came', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk, 'new');
    await journal.append(succeeded('a', 0));
    await journal.append(failed('b', 1));
    await journal.close({ complete: true });
    expect(disk.text(PATH)).toBe(jsonl(succeeded('a', 0), failed('b', 1)));
    expect(disk.list()).toEqual([PATH]);
  });

  it('refuses a file that exists and leaves it alone', async () => {
    const disk = diskWith('precious');
    await expect(open(disk, 'new')).rejects.toMatchObject({
      message: `\`${PATH}\` exists already`,
      hint: '`--resume` continues it, `--retry-failed` runs only its failed tasks again, `--overwrite` discards it',
      exitCode: 2,
    });
    expect(disk.text(PATH)).toBe('precious');
    expect(disk.bytesWritten).toBe(0);
  });

  it('frees the lock when it refuses', async () => {
    const disk = diskWith(jsonl(succeeded('a')));
    await expect(open(disk, 'new')).rejects.toThrow('exists already');
    const journal = await open(disk, 'resume');
    expect(journal.found).toMatchObject({ spentUsd: 0.5 });
  });

  it('is refused while another run has the file, whatever the mode', async () => {
    const disk = new SimulatedDisk();
    await open(disk, 'new');
    for (const mode of ['new', 'resume', 'retry-failed', 'overwrite'] as const) {
      await expect(open(disk, mode)).rejects.toMatchObject({
        message: `\`${PATH}\` is in use by another run: process 4711 on simulated, started 2026-01-01T00:00:00.000Z`,
        hint: 'wait until it ends, or give this run another `--output`',
        exitCode: 75,
      });
    }
  });

  it('resumes from nothing like a new one, so that scripts can always say --resume', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk, 'resume');
    expect(journal.found).toBeUndefined();
    expect(await work(journal, [planned('a')])).toEqual(['a']);
  });

  it('has nothing to retry where there is nothing', async () => {
    await expect(open(new SimulatedDisk(), 'retry-failed')).rejects.toMatchObject({
      message: `\`${PATH}\` does not exist: there is nothing to retry`,
      exitCode: 2,
    });
  });

  it('discards an earlier file with overwrite', async () => {
    const disk = diskWith(jsonl(succeeded('a')));
    const journal = await open(disk, 'overwrite');
    expect(await work(journal, [planned('a')])).toEqual(['a']);
    await journal.close({ complete: true });
    expect(disk.text(PATH)).toBe(jsonl(succeeded('a')));
  });

  it.each(['# Notes\n', 'version: 1\ntasks: [x]\n', '\u0089PNG', '{\n  "name": "my-package"\n}\n'])(
    'neither overwrites nor resumes what is no results file: %j',
    async (content) => {
      const disk = diskWith(content);
      const refusal = {
        message: `\`${PATH}\` is not a results file, and it is left alone`,
        exitCode: 2,
      };
      await expect(open(disk, 'overwrite')).rejects.toMatchObject(refusal);
      if (content.split('\n').length < 3)
        await expect(open(disk, 'resume')).rejects.toMatchObject(refusal);
      else await expect(open(disk, 'resume')).rejects.toMatchObject({ exitCode: 2 });
      expect(disk.text(PATH)).toBe(content);
      expect(disk.list()).toEqual([PATH]);
    },
  );

  it('tells when others may read the file', async () => {
    expect((await open(diskWith('', 0o644))).looseMode).toBe(0o644);
    expect((await open(diskWith('', 0o600))).looseMode).toBeUndefined();
  });
});

describe('what a resume runs', () => {
  it('keeps what succeeded and says why it runs the rest', async () => {
    const journal = await open(
      diskWith(
        jsonl(
          succeeded('same'),
          succeeded('edited', 1, 'old words'),
          failed('broken'),
          unsuccessful('canceled', 'stopped'),
          unsuccessful('skipped', 'waited'),
          { ...failed('unrendered'), fingerprint: null },
        ),
      ),
    );
    const plan = ['same', 'edited', 'broken', 'stopped', 'waited', 'unrendered', 'added'].map(
      (id) => planned(id),
    );
    expect(decisions(journal, plan)).toEqual({
      same: 'keep',
      edited: 'run: changed',
      broken: 'run: failed',
      stopped: 'run: canceled',
      waited: 'run: skipped',
      unrendered: 'run: failed',
      added: 'run: new',
    });
  });

  it('with --retry-failed is only what did not succeed, mended or not', async () => {
    const disk = diskWith(
      jsonl(
        succeeded('same'),
        succeeded('edited', 1, 'old words'),
        failed('broken'),
        failed('mended', 3, 'old words of mended'),
        unsuccessful('canceled', 'stopped'),
        failed('old name', 5, 'renamed'),
      ),
    );
    const journal = await open(disk, 'retry-failed');
    const plan = ['same', 'edited', 'broken', 'mended', 'stopped', 'renamed', 'added'].map((id) =>
      planned(id),
    );
    expect(decisions(journal, plan)).toEqual({
      same: 'keep',
      edited: 'leave: changed',
      broken: 'run: failed',
      mended: 'run: failed',
      stopped: 'run: canceled',
      renamed: 'run: failed',
      added: 'leave: new',
    });
  });

  it('with --retry-failed is not the twin of a task that failed', async () => {
    const journal = await open(diskWith(jsonl(failed('b', 1, 'x'))), 'retry-failed');
    expect(decisions(journal, [planned('a', 0, 'x'), planned('b', 1, 'x')])).toEqual({
      a: 'leave: new',
      b: 'run: failed',
    });
  });

  it('with --retry-failed is a task that failed, though another has its id now', async () => {
    const file = jsonl(succeeded('task-1', 0, 'a'), failed('task-2', 1, 'b'));
    const journal = await open(diskWith(file), 'retry-failed');
    const plan = [planned('task-1', 0, 'c'), planned('task-2', 1, 'a'), planned('task-3', 2, 'b')];
    expect(decisions(journal, plan)).toEqual({
      'task-1': 'leave: changed',
      'task-2': 'keep',
      'task-3': 'run: failed',
    });
  });

  it('with --retry-failed is no task whose twin had failed before it was answered', async () => {
    const file = jsonl(failed('a', 0, 'x'), failed('a', 0, 'x'), succeeded('a', 0, 'x'));
    const journal = await open(diskWith(file), 'retry-failed');
    expect(decisions(journal, [planned('a', 0, 'x'), planned('b', 1, 'x')])).toEqual({
      a: 'keep',
      b: 'leave: duplicate',
    });
  });

  it('is nothing when tasks were reordered and renamed', async () => {
    const journal = await open(
      diskWith(jsonl(succeeded('task-1', 0, 'x'), succeeded('task-2', 1, 'y'))),
    );
    const plan = [planned('task-1', 0, 'y'), planned('added', 1), planned('task-3', 2, 'x')];
    expect(decisions(journal, plan)).toEqual({
      'task-1': 'keep',
      added: 'run: new',
      'task-3': 'keep',
    });
  });

  it('is one task when two of the same content have one answer: the other', async () => {
    for (const owner of ['a', 'b']) {
      const journal = await open(diskWith(jsonl(succeeded(owner, 0, 'x'))));
      const plan = [planned('a', 0, 'x'), planned('b', 1, 'x')];
      expect(decisions(journal, plan)).toEqual({
        a: 'run: duplicate',
        b: 'run: duplicate',
        [owner]: 'keep',
      });
    }
  });

  it('never is the task whose answer is there, even if a twin failed before it', async () => {
    const journal = await open(diskWith(jsonl(failed('a', 0, 'x'), succeeded('b', 1, 'x'))));
    expect(decisions(journal, [planned('a', 0, 'x'), planned('b', 1, 'x')])).toEqual({
      a: 'run: failed',
      b: 'keep',
    });
  });

  it('lets an answer win over a later failure of the same task', async () => {
    const journal = await open(diskWith(jsonl(succeeded('a'), failed('a'))));
    expect(decisions(journal, [planned('a')])).toEqual({ a: 'keep' });
  });

  it('takes the newest of two answers to the same task', async () => {
    const journal = await open(
      diskWith(jsonl(succeeded('a'), { ...succeeded('a'), output: 'newer' })),
    );
    const decision = journal.decide(planned('a'));
    if (decision.kind !== 'keep') throw new Error('it was to be kept');
    expect(await journal.recordAt(decision.line)).toEqual({ ...succeeded('a'), output: 'newer' });
  });

  it('reads a kept record with the id and the index of now', async () => {
    const journal = await open(diskWith(jsonl(succeeded('old@1', 7, 'x'))));
    const decision = journal.decide(planned('new@2', 3, 'x'));
    if (decision.kind !== 'keep') throw new Error('it was to be kept');
    expect(await journal.recordAt(decision.line)).toEqual({
      ...succeeded('old@1', 3, 'x'),
      id: 'new@2',
      task: 'new',
    });
  });

  it('runs a task that cannot be rendered, so that it fails again', async () => {
    const journal = await open(diskWith(jsonl(succeeded('a'))));
    expect(decisions(journal, [{ ...planned('a'), fingerprints: [] }])).toEqual({
      a: 'run: changed',
    });
  });
});

describe('a closed journal', () => {
  it('holds one record a task, by the time written, named and numbered as in the manifest', async () => {
    const disk = diskWith(
      jsonl(
        failed('a', 0),
        succeeded('b', 1, 'content of c'),
        succeeded('gone', 2),
        failed('d', 3),
      ),
    );
    const journal = await open(disk);
    const plan = [planned('a', 0), planned('c', 1, 'content of c'), planned('d', 2)];
    expect(await work(journal, plan)).toEqual(['a', 'd']);
    expect(await journal.close({ complete: true })).toEqual({
      unsaved: [],
      gone: 1,
      notCompacted: undefined,
      whereabouts: { kind: 'untouched' },
    });
    expect(disk.text(PATH)).toBe(
      jsonl(
        {
          ...succeeded('c', 1),
          output: 'the answer to content of c',
          fingerprint: plan[1]?.fingerprints[0] ?? null,
        },
        succeeded('gone', 2),
        succeeded('a', 0),
        succeeded('d', 2),
      ),
    );
    expect(disk.list()).toEqual([PATH]);
  });

  it('is left alone when nothing is superseded', async () => {
    const disk = diskWith(jsonl(succeeded('a', 0), succeeded('gone', 1)));
    const journal = await open(disk);
    await work(journal, [planned('a', 0), planned('b', 1)]);
    const before = disk.operations;
    expect(await journal.close({ complete: true })).toMatchObject({ gone: 1 });
    expect(disk.operations).toBe(before);
    expect(parsed(disk.text(PATH)).map(({ id }) => id)).toEqual(['a', 'gone', 'b']);
  });

  it('keeps every answer that an unfinished run did not get to', async () => {
    const twins = [succeeded('b', 1, 'x'), { ...succeeded('b', 1, 'x'), output: 'second' }];
    const disk = diskWith(jsonl(failed('first', 0), ...twins));
    const journal = await open(disk);
    await work(journal, [planned('first', 0)]);
    await journal.close({ complete: false });
    expect(disk.text(PATH)).toBe(jsonl(...twins, succeeded('first', 0)));
    const next = await open(disk);
    expect(decisions(next, [planned('a', 0, 'x'), planned('b', 1, 'x')])).toEqual({
      a: 'keep',
      b: 'keep',
    });
  });

  it('keeps the failure of a task that was to run again and did not, under its name of now', async () => {
    const disk = diskWith(jsonl(failed('old', 0, 'x')));
    const journal = await open(disk);
    expect(decisions(journal, [planned('new', 5, 'x')])).toEqual({ new: 'run: failed' });
    await journal.close({ complete: false });
    expect(parsed(disk.text(PATH))).toMatchObject([
      { id: 'new', task: 'new', index: 5, status: 'failed' },
    ]);
  });

  it('keeps lines of any length as they are when others go', async () => {
    const lengths = { b: 400_000, c: 700_000, d: 3_000_000, e: 10, f: 1_048_576, g: 600_000 };
    const kept = Object.entries(lengths).map(([id, length]) => {
      return { ...succeeded(id), output: id.repeat(length) };
    });
    const disk = diskWith(jsonl({ ...failed('a'), cost_usd: 0.5 }, ...kept, succeeded('a')));
    const journal = await open(disk);
    await work(
      journal,
      ['a', ...Object.keys(lengths)].map((id) => planned(id)),
    );
    expect(await journal.close({ complete: true })).toMatchObject({ notCompacted: undefined });
    const [first, ...others] = parsed(disk.text(PATH)).toReversed();
    expect(first).toMatchObject({ id: 'a', superseded_usd: 0.5 });
    expect(others.toReversed()).toEqual(kept);
  });

  it('hands on what a line had cost that goes, and what that one had been handed', async () => {
    const disk = diskWith(
      jsonl(
        { ...failed('a'), cost_usd: 0.5, superseded_usd: 4 },
        { ...failed('b', 1), cost_usd: 0.25 },
        { ...succeeded('b', 1), superseded_usd: 2 },
      ),
    );
    const journal = await open(disk);
    await work(journal, [planned('a', 0), planned('b', 1)]);
    await journal.close({ complete: true });
    expect(parsed(disk.text(PATH))).toMatchObject([
      { id: 'b', superseded_usd: 2.25 },
      { id: 'a', superseded_usd: 4.5 },
    ]);
    expect((await open(disk)).found).toMatchObject({ spentUsd: 7.75 });
  });

  it('stays as it was, and tells, when there is no room for compaction', async () => {
    const content = jsonl(failed('a'), failed('a'));
    const disk = diskWith(content);
    const journal = await open(disk);
    disk.faults.capacityBytes = content.length + 10;
    expect(await journal.close({ complete: true })).toEqual({
      unsaved: [],
      gone: 1,
      notCompacted: 'no space left on the disk (ENOSPC)',
      whereabouts: { kind: 'untouched' },
    });
    expect(disk.text(PATH)).toBe(content);
    expect(disk.list()).toEqual([PATH]);
  });

  it('stays as it was, and tells, when a signal gives up compacting', async () => {
    const content = jsonl(failed('a'), failed('a'));
    const disk = diskWith(content);
    const journal = await open(disk);
    const signal = AbortSignal.abort(new Error('interrupted by SIGINT'));
    expect(await journal.close({ complete: true, signal })).toMatchObject({
      notCompacted: 'interrupted by SIGINT',
    });
    expect(disk.text(PATH)).toBe(content);
    expect(disk.list()).toEqual([PATH]);
  });

  it('is not compacted when another program wrote to it', async () => {
    const disk = diskWith(jsonl(failed('a'), failed('a')));
    const journal = await open(disk);
    const stranger = await disk.open(PATH);
    await stranger.write(Buffer.from('mine\n'));
    expect(await journal.close({ complete: true })).toMatchObject({
      notCompacted: 'another program changed the file',
    });
    expect(disk.text(PATH)).toBe(`${jsonl(failed('a'), failed('a'))}mine\n`);
  });

  it('counts no task as gone that is in the plan and was left out of the run', async () => {
    const content = jsonl(succeeded('edited', 0, 'old words'), failed('gone', 1));
    const disk = diskWith(content);
    const journal = await open(disk, 'retry-failed');
    expect(decisions(journal, [planned('edited')])).toEqual({ edited: 'leave: changed' });
    expect(await journal.close({ complete: true })).toMatchObject({ gone: 1 });
    expect(disk.text(PATH)).toBe(content);
  });

  it('is not compacted on a disk that fails', async () => {
    const content = jsonl(failed('a'), failed('a'));
    const disk = diskWith(content);
    const journal = await open(disk);
    disk.faults.capacityBytes = content.length;
    await expect(journal.append(succeeded('b'))).rejects.toMatchObject({ exitCode: 74 });
    disk.faults.capacityBytes = Infinity;
    expect(await journal.close({ complete: false })).toMatchObject({
      unsaved: [succeeded('b')],
      notCompacted: 'not all results are saved',
    });
    expect(disk.text(PATH)).toBe(content);
  });

  it('removes what a run left that was killed while it compacted', async () => {
    const disk = diskWith(jsonl(failed('a'), succeeded('a')));
    disk.put(`${PATH}.compact`, 'half');
    const journal = await open(disk);
    expect(disk.list()).toEqual([PATH]);
    await journal.close({ complete: true });
    expect(disk.text(PATH)).toBe(jsonl(succeeded('a')));
  });

  it('frees the lock', async () => {
    const disk = new SimulatedDisk();
    await (await open(disk, 'new')).close({ complete: true });
    await expect(open(disk, 'resume')).resolves.toBeDefined();
  });

  it('is copied in windows: lines longer than one, and many to one', async () => {
    const long = { ...succeeded('long', 0), output: 'x'.repeat(3_000_000) };
    const many = Array.from({ length: 5000 }, (_, index) => succeeded(`t-${index}`, index + 1));
    const disk = diskWith(jsonl(failed('long', 0), long, ...many));
    const journal = await open(disk);
    const plan = [planned('long', 0), ...many.map(({ id }, index) => planned(id, 5000 - index))];
    expect(await work(journal, plan)).toEqual([]);
    await journal.close({ complete: true });
    const expected = [long, ...many.map((record, index) => ({ ...record, index: 5000 - index }))];
    expect(disk.text(PATH)).toBe(jsonl(...expected));
  });
});
