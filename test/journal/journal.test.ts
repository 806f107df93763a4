import { describe, expect, it } from 'vitest';
import { SimulatedDisk } from '../support/simulated-disk.ts';
import {
  decisions,
  failed,
  jsonl,
  movedIn,
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
  it('has one line per record, in order of arrival', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk, 'new');
    await journal.append(succeeded('a', 0));
    await journal.append(failed('b', 1));
    await journal.close({ covered: 'whole' });
    expect(disk.text(PATH)).toBe(jsonl(succeeded('a', 0), failed('b', 1)));
    expect(disk.list()).toEqual([PATH]);
  });

  it('refuses an existing file and does not change it', async () => {
    const disk = diskWith('precious');
    await expect(open(disk, 'new')).rejects.toMatchObject({
      message: `\`${PATH}\` already exists`,
      hint: '`--resume` continues it, `--retry-failed` runs only its failed tasks again, `--overwrite` discards it',
      exitCode: 2,
    });
    expect(disk.text(PATH)).toBe('precious');
    expect(disk.bytesWritten).toBe(0);
  });

  it('frees the lock after a refusal', async () => {
    const disk = diskWith(jsonl(succeeded('a')));
    await expect(open(disk, 'new')).rejects.toThrow('already exists');
    const journal = await open(disk, 'resume');
    expect(journal.found).toMatchObject({ spentUsd: 0.5 });
  });

  it('is refused in any mode while another run has the file', async () => {
    const disk = new SimulatedDisk();
    await open(disk, 'new');
    for (const mode of ['new', 'resume', 'retry-failed', 'overwrite'] as const) {
      await expect(open(disk, mode)).rejects.toMatchObject({
        message: `\`${PATH}\` is in use by another run: process 4711 on simulated, started 2026-01-01T00:00:00.000Z`,
        hint: 'wait until it ends, or choose another `--output` for this run',
        exitCode: 75,
      });
    }
  });

  it('can be opened with --resume, so scripts can always use it', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk, 'resume');
    expect(journal.found).toBeUndefined();
    expect(await work(journal, [planned('a')])).toEqual(['a']);
  });

  it('has nothing to retry if there is no file', async () => {
    await expect(open(new SimulatedDisk(), 'retry-failed')).rejects.toMatchObject({
      message: `\`${PATH}\` does not exist: there is nothing to retry`,
      exitCode: 2,
    });
  });

  it('discards an existing file with overwrite', async () => {
    const disk = diskWith(jsonl(succeeded('a')));
    const journal = await open(disk, 'overwrite');
    expect(await work(journal, [planned('a')])).toEqual(['a']);
    await journal.close({ covered: 'whole' });
    expect(disk.text(PATH)).toBe(jsonl(succeeded('a')));
  });

  it.each(['# Notes\n', 'version: 1\ntasks: [x]\n', '\u0089PNG', '{\n  "name": "my-package"\n}\n'])(
    'neither overwrites nor resumes a file that is not a results file: %j',
    async (content) => {
      const disk = diskWith(content);
      const refusal = {
        message: `\`${PATH}\` is not a results file, and is left unchanged`,
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

  it('reports a file that others may read', async () => {
    expect((await open(diskWith('', 0o644))).looseMode).toBe(0o644);
    expect((await open(diskWith('', 0o600))).looseMode).toBeUndefined();
  });
});

describe('a resume', () => {
  it('keeps successes and says why it runs the rest', async () => {
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

  it('with --retry-failed runs only tasks that did not succeed, whether they were fixed or not', async () => {
    const disk = diskWith(
      jsonl(
        succeeded('same'),
        succeeded('edited', 1, 'old words'),
        failed('broken'),
        failed('fixed', 3, 'old words of fixed'),
        unsuccessful('canceled', 'stopped'),
        failed('old name', 5, 'renamed'),
      ),
    );
    const journal = await open(disk, 'retry-failed');
    const plan = ['same', 'edited', 'broken', 'fixed', 'stopped', 'renamed', 'added'].map((id) =>
      planned(id),
    );
    expect(decisions(journal, plan)).toEqual({
      same: 'keep',
      edited: 'leave: changed',
      broken: 'run: failed',
      fixed: 'run: failed',
      stopped: 'run: canceled',
      renamed: 'run: failed',
      added: 'leave: new',
    });
  });

  it('with --retry-failed does not run a new task with the content of a failed one', async () => {
    const journal = await open(diskWith(jsonl(failed('b', 1, 'x'))), 'retry-failed');
    expect(decisions(journal, [planned('a', 0, 'x'), planned('b', 1, 'x')])).toEqual({
      a: 'leave: new',
      b: 'run: failed',
    });
  });

  it('with --retry-failed runs a task that failed even if its id now belongs to another task', async () => {
    const file = jsonl(succeeded('task-1', 0, 'a'), failed('task-2', 1, 'b'));
    const journal = await open(diskWith(file), 'retry-failed');
    const plan = [planned('task-1', 0, 'c'), planned('task-2', 1, 'a'), planned('task-3', 2, 'b')];
    expect(decisions(journal, plan)).toEqual({
      'task-1': 'leave: changed',
      'task-2': 'keep',
      'task-3': 'run: failed',
    });
  });

  it('with --retry-failed skips a task if another task with its content failed first and was then answered', async () => {
    const file = jsonl(failed('a', 0, 'x'), failed('a', 0, 'x'), succeeded('a', 0, 'x'));
    const journal = await open(diskWith(file), 'retry-failed');
    expect(decisions(journal, [planned('a', 0, 'x'), planned('b', 1, 'x')])).toEqual({
      a: 'keep',
      b: 'leave: duplicate',
    });
  });

  it('runs nothing if tasks were only reordered and renamed', async () => {
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

  it('runs the other task if only one of two with the same content has an answer', async () => {
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

  it('never runs a task that has its answer, even if another task with its content failed before', async () => {
    const journal = await open(diskWith(jsonl(failed('a', 0, 'x'), succeeded('b', 1, 'x'))));
    expect(decisions(journal, [planned('a', 0, 'x'), planned('b', 1, 'x')])).toEqual({
      a: 'run: failed',
      b: 'keep',
    });
  });

  it('prefers an answer over a later failure of the same task', async () => {
    const journal = await open(diskWith(jsonl(succeeded('a'), failed('a'))));
    expect(decisions(journal, [planned('a')])).toEqual({ a: 'keep' });
  });

  it('uses the newer of two answers to the same task', async () => {
    const journal = await open(
      diskWith(jsonl(succeeded('a'), { ...succeeded('a'), output: 'newer' })),
    );
    const decision = journal.decide(planned('a'));
    if (decision.kind !== 'keep') throw new Error('it was to be kept');
    expect(await journal.recordAt(decision.line)).toEqual({ ...succeeded('a'), output: 'newer' });
  });

  it('returns a kept record with its current id and index', async () => {
    const journal = await open(diskWith(jsonl(succeeded('old@1', 7, 'x'))));
    const decision = journal.decide(planned('new@2', 3, 'x'));
    if (decision.kind !== 'keep') throw new Error('it was to be kept');
    expect(await journal.recordAt(decision.line)).toEqual({
      ...succeeded('old@1', 3, 'x'),
      id: 'new@2',
      task: 'new',
    });
  });

  it('runs a task that cannot be rendered, so it fails again', async () => {
    const journal = await open(diskWith(jsonl(succeeded('a'))));
    expect(decisions(journal, [{ ...planned('a'), fingerprints: [] }])).toEqual({
      a: 'run: changed',
    });
  });
});

describe('a closed journal', () => {
  const AS_IT_IS = { unsaved: [], removed: 0, notRewritten: undefined, changes: { kind: 'none' } };

  it('has one record per task in manifest order, with its current label', async () => {
    const disk = diskWith(
      jsonl(
        failed('a', 0),
        succeeded('b', 1, 'content of c'),
        succeeded('gone', 2),
        failed('d', 3),
      ),
    );
    const journal = await open(disk);
    const plan = [
      planned('a', 0),
      { ...planned('c', 1, 'content of c'), key: 7, matrix: { tone: 'kind' } },
      planned('d', 2),
    ];
    expect(await work(journal, plan)).toEqual(['a', 'd']);
    expect(await journal.close({ covered: 'whole' })).toEqual({ ...AS_IT_IS, removed: 1 });
    const [first, second, third] = parsed(disk.text(PATH));
    expect([first, third]).toEqual([succeeded('a', 0), succeeded('d', 2)]);
    expect(second).toEqual({
      ...succeeded('c', 1, 'content of c'),
      key: 7,
      matrix: { tone: 'kind' },
    });
    expect(movedIn(disk)).toEqual([failed('a', 0), succeeded('gone', 2), failed('d', 3)]);
    expect(disk.list()).toEqual([PATH, `${PATH}.volley`]);
  });

  it('is put in order even if it is new, and is not changed if it is already in order', async () => {
    const disk = new SimulatedDisk();
    const journal = await open(disk, 'new');
    for (const [id, index] of [
      ['c', 2],
      ['a', 0],
      ['b', 1],
    ] as const) {
      await journal.append(succeeded(id, index));
    }
    expect(await journal.close({ covered: 'whole' })).toEqual(AS_IT_IS);
    expect(parsed(disk.text(PATH)).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    expect(disk.list()).toEqual([PATH]);

    const again = await open(disk);
    await work(again, [planned('a', 0), planned('b', 1), planned('c', 2)]);
    const before = disk.operations;
    expect(await again.close({ covered: 'whole' })).toEqual(AS_IT_IS);
    expect(disk.operations).toBe(before);
  });

  it('is not changed by a run that never started', async () => {
    const content = jsonl(succeeded('b', 1), succeeded('a', 0), succeeded('gone', 2));
    const disk = diskWith(content);
    const journal = await open(disk);
    decisions(journal, [planned('a', 0), planned('b', 1)]);
    expect(await journal.close({ covered: 'none' })).toEqual(AS_IT_IS);
    expect(disk.text(PATH)).toBe(content);
  });

  it('keeps records of tasks outside the selected part', async () => {
    const twins = [succeeded('b', 1, 'x'), { ...succeeded('b', 1, 'x'), output: 'second' }];
    const disk = diskWith(jsonl(failed('first', 0), ...twins, succeeded('gone', 9)));
    const journal = await open(disk);
    journal.expect(planned('b', 1, 'x'));
    await work(journal, [planned('first', 0)]);
    await journal.close({ covered: 'part' });
    expect(disk.text(PATH)).toBe(jsonl(succeeded('first', 0), ...twins, succeeded('gone', 9)));
    expect(movedIn(disk)).toEqual([failed('first', 0)]);
    const next = await open(disk);
    expect(decisions(next, [planned('a', 0, 'x'), planned('b', 1, 'x')])).toEqual({
      a: 'keep',
      b: 'keep',
    });
  });

  it('keeps the failure of a task that should have run again but did not, under its current id', async () => {
    const disk = diskWith(jsonl(failed('old', 0, 'x')));
    const journal = await open(disk);
    expect(decisions(journal, [planned('new', 5, 'x')])).toEqual({ new: 'run: failed' });
    await journal.close({ covered: 'part' });
    expect(parsed(disk.text(PATH))).toMatchObject([
      { id: 'new', task: 'new', index: 5, status: 'failed' },
    ]);
  });

  it('keeps lines of any length unchanged while others move', async () => {
    const lengths = { b: 400_000, c: 7_000_000, d: 3_000_000, e: 10, f: 1_048_576, g: 600_000 };
    const kept = Object.entries(lengths).map(([id, length], at) => {
      return { ...succeeded(id, at + 1), output: id.repeat(length) };
    });
    const disk = diskWith(jsonl(failed('a'), ...kept, succeeded('a')));
    const journal = await open(disk);
    await work(
      journal,
      ['a', ...Object.keys(lengths)].map((id, at) => planned(id, at)),
    );
    expect(await journal.close({ covered: 'whole' })).toEqual(AS_IT_IS);
    expect(disk.text(PATH)).toBe(jsonl(succeeded('a'), ...kept));
    expect(movedIn(disk)).toEqual([failed('a')]);
  });

  it('knows what all runs with this file cost, including moved records and copies that 0.1.0 made', async () => {
    const disk = diskWith(
      jsonl(
        { ...failed('a'), cost_usd: 0.5, superseded_usd: 4 },
        { ...failed('b', 1), cost_usd: 0.25 },
        { ...succeeded('b', 1), superseded_usd: 2 },
      ),
    );
    const journal = await open(disk);
    await work(journal, [planned('a', 0), planned('b', 1)]);
    expect(journal.spentUsd()).toBe(7.75);
    await journal.close({ covered: 'whole' });
    expect(parsed(disk.text(PATH)).map(({ superseded_usd: usd }) => usd)).toEqual([undefined, 2]);
    const again = await open(disk);
    expect([again.found?.spentUsd, again.spentUsd()]).toEqual([7.75, 7.75]);
  });

  it('takes an answer back from the companion, and counts it once', async () => {
    const disk = diskWith(jsonl(succeeded('a', 0), succeeded('b', 1)));
    for (const plan of [[planned('b', 0)], [planned('a', 0), planned('b', 1)], [planned('b', 0)]]) {
      const journal = await open(disk);
      expect(await work(journal, plan)).toEqual([]);
      expect(journal.spentUsd()).toBe(1);
      await journal.close({ covered: 'whole' });
      expect(parsed(disk.text(PATH)).map(({ id }) => id)).toEqual(plan.map(({ id }) => id));
    }
    // It was moved twice, but is there only once.
    expect(movedIn(disk)).toEqual([succeeded('a', 0)]);
  });

  it.each([
    ['task-1~34dd53d3', 'task-1'],
    ['task-1~old-00f9cb04', 'task-1'],
    ['row@a,b=1~34dd53d3', 'row@a,b=1'],
  ])('removes the mark that 0.1.0 added to an id: %s', async (marked, id) => {
    const answer = succeeded(marked, 0, 'x');
    const disk = diskWith(jsonl(answer, succeeded(id, 0, 'y')));
    const journal = await open(disk);
    await work(journal, [planned(id, 0, 'y')]);
    await journal.close({ covered: 'whole' });
    expect(parsed(disk.text(PATH))).toEqual([succeeded(id, 0, 'y')]);
    expect(movedIn(disk)).toEqual([{ ...answer, id }]);
    const back = await open(disk);
    expect(decisions(back, [planned(id, 0, 'x')])).toEqual({ [id]: 'keep' });
    await back.close({ covered: 'whole' });
    expect(parsed(disk.text(PATH))).toMatchObject([{ id, output: answer.output }]);
  });

  it.each(['row@long~0123456789ab', 'row@x~0123456', 'row@x~0123456g'])(
    'keeps an id that only looks marked: %s',
    async (id) => {
      const disk = diskWith(jsonl(succeeded(id)));
      const journal = await open(disk);
      await work(journal, [planned(id)]);
      expect(await journal.close({ covered: 'whole' })).toEqual(AS_IT_IS);
      expect(parsed(disk.text(PATH))).toEqual([succeeded(id)]);
    },
  );

  it('stays unchanged and says so if there is no space to rewrite it', async () => {
    const content = jsonl(succeeded('b', 1), succeeded('a', 0));
    const disk = diskWith(content);
    const journal = await open(disk);
    decisions(journal, [planned('a', 0), planned('b', 1)]);
    disk.faults.capacityBytes = content.length + 10;
    expect(await journal.close({ covered: 'whole' })).toEqual({
      ...AS_IT_IS,
      notRewritten: 'no space left on the disk (ENOSPC)',
    });
    expect(disk.text(PATH)).toBe(content);
    expect(disk.list()).toEqual([PATH]);
  });

  it('stays unchanged if there is no space for the companion, which then has only whole lines', async () => {
    const content = jsonl(failed('a'), failed('a'), succeeded('a'));
    const disk = diskWith(content);
    const journal = await open(disk);
    decisions(journal, [planned('a')]);
    disk.faults.capacityBytes = content.length + 10;
    expect(await journal.close({ covered: 'whole' })).toMatchObject({
      notRewritten: 'no space left on the disk (ENOSPC)',
    });
    expect(disk.text(PATH)).toBe(content);
    disk.faults.capacityBytes = Infinity;
    const again = await open(disk);
    decisions(again, [planned('a')]);
    expect(await again.close({ covered: 'whole' })).toEqual(AS_IT_IS);
    expect(disk.text(PATH)).toBe(jsonl(succeeded('a')));
    expect(movedIn(disk)).toEqual([failed('a'), failed('a')]);
  });

  it('stays unchanged and says so if a signal cancels the rewriting', async () => {
    const content = jsonl(failed('a'), succeeded('a'));
    const disk = diskWith(content);
    const journal = await open(disk);
    decisions(journal, [planned('a')]);
    const signal = AbortSignal.abort(new Error('interrupted by SIGINT'));
    expect(await journal.close({ covered: 'whole', signal })).toMatchObject({
      notRewritten: 'interrupted by SIGINT',
    });
    expect(disk.text(PATH)).toBe(content);
  });

  it('is not rewritten after another program wrote to it', async () => {
    const content = jsonl(failed('a'), succeeded('a'));
    const disk = diskWith(content);
    const journal = await open(disk);
    decisions(journal, [planned('a')]);
    const stranger = await disk.open(PATH);
    await stranger.write(Buffer.from('mine\n'));
    expect(await journal.close({ covered: 'whole' })).toMatchObject({
      notRewritten: 'another program changed the file',
    });
    expect(disk.text(PATH)).toBe(`${content}mine\n`);
  });

  it('keeps the record of a task that is in the manifest but not part of the run', async () => {
    const disk = diskWith(jsonl(succeeded('edited', 0, 'old words'), failed('gone', 1)));
    const journal = await open(disk, 'retry-failed');
    expect(decisions(journal, [planned('edited')])).toEqual({ edited: 'leave: changed' });
    expect(await journal.close({ covered: 'whole' })).toMatchObject({ removed: 1 });
    expect(disk.text(PATH)).toBe(jsonl(succeeded('edited', 0, 'old words')));
  });

  it('is not rewritten on a failing disk', async () => {
    const content = jsonl(failed('a'), succeeded('a'));
    const disk = diskWith(content);
    const journal = await open(disk);
    decisions(journal, [planned('a')]);
    disk.faults.capacityBytes = content.length;
    await expect(journal.append(succeeded('b'))).rejects.toMatchObject({ exitCode: 74 });
    disk.faults.capacityBytes = Infinity;
    expect(await journal.close({ covered: 'part' })).toMatchObject({
      unsaved: [succeeded('b')],
      notRewritten: 'not all results are saved',
    });
    expect(disk.text(PATH)).toBe(content);
  });

  it('no longer has the draft of a run that was killed while rewriting', async () => {
    const disk = diskWith(jsonl(succeeded('a')));
    disk.put(`${PATH}.rewrite`, 'half');
    await open(disk);
    expect(disk.list()).toEqual([PATH]);
  });

  it('is refused if only its companion exists', async () => {
    for (const mode of ['new', 'resume', 'retry-failed', 'overwrite'] as const) {
      const disk = new SimulatedDisk();
      disk.put(`${PATH}.volley`, '{"v":1,"kind":"pruned","cost_usd":1}\n');
      await expect(open(disk, mode)).rejects.toMatchObject({
        message: `\`${PATH}\` is missing, but its companion \`${PATH}.volley\` is there`,
        exitCode: 2,
      });
      expect(disk.list()).toEqual([`${PATH}.volley`]);
    }
  });

  it('counts the cost of unknown lines in the companion, and drops a torn line', async () => {
    const disk = diskWith(jsonl(succeeded('a')));
    const lines = '{"v":1,"kind":"warm-up","cost_usd":0.25}\n{"v":1,"kind":"later","rows":[1]}\n';
    disk.put(`${PATH}.volley`, `${lines}{"v":1,"kind":"rec`);
    const journal = await open(disk);
    expect(journal.spentUsd()).toBe(0.75);
    await work(journal, [planned('a', 0, 'other')]);
    await journal.close({ covered: 'whole' });
    expect(disk.text(`${PATH}.volley`)?.startsWith(lines)).toBe(true);
    expect(movedIn(disk)).toEqual([succeeded('a')]);
    expect((await open(disk)).spentUsd()).toBe(1.25);
  });

  it('is overwritten together with its companion', async () => {
    const disk = diskWith(jsonl(failed('a'), succeeded('a')));
    const journal = await open(disk);
    await work(journal, [planned('a')]);
    await journal.close({ covered: 'whole' });
    await (await open(disk, 'overwrite')).close({ covered: 'whole' });
    expect(disk.list()).toEqual([PATH]);
  });

  it('frees the lock', async () => {
    const disk = new SimulatedDisk();
    await (await open(disk, 'new')).close({ covered: 'whole' });
    await expect(open(disk, 'resume')).resolves.toBeDefined();
  });

  it('is read in pieces, even if a line is longer than one piece or a piece has many lines', async () => {
    const long = { ...succeeded('long', 0), output: 'x'.repeat(3_000_000) };
    const many = Array.from({ length: 5000 }, (_, index) => succeeded(`t-${index}`, index + 1));
    const disk = diskWith(jsonl(failed('long', 0), long, ...many));
    const journal = await open(disk);
    const plan = [planned('long', 0), ...many.map(({ id }, index) => planned(id, 5000 - index))];
    expect(await work(journal, plan)).toEqual([]);
    await journal.close({ covered: 'whole' });
    const renumbered = many.map((record, index) => ({ ...record, index: 5000 - index }));
    expect(disk.text(PATH)).toBe(jsonl(long, ...renumbered.toReversed()));
  });
});
