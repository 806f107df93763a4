import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import type { Manifest } from '../../src/manifest/manifest.ts';
import type { Task } from '../../src/plan/task.ts';
import {
  idsOf,
  manifestOf,
  memoryFiles,
  planned,
  rowsFile,
  rowsGlob,
  rowsList,
  type TaskGiven,
} from './support.ts';
import { scaled } from '../support/scale.ts';

const SMALL = { provider: 'mock', model: 'small' };
const LARGE = { provider: 'mock', model: 'large' };

test('tasks expand in manifest order, and each lane knows the indexes of its tasks', async () => {
  const manifest = manifestOf([
    { id: 'one', model: SMALL },
    { id: 'rows', model: LARGE, forEach: rowsFile('r.jsonl'), matrix: [{ m: 'a' }, { m: 'b' }] },
    { id: 'grid', model: SMALL, matrix: [{ m: 1 }, { m: 2 }] },
    { id: 'list', model: SMALL, forEach: rowsList(['x', 'y']) },
  ]);
  const plan = await planned(manifest, memoryFiles({ 'r.jsonl': '{"id":"p"}\n{"id":"q"}\n' }));
  expect(await idsOf(plan)).toEqual([
    'one',
    'rows@p,m=a',
    'rows@p,m=b',
    'rows@q,m=a',
    'rows@q,m=b',
    'grid@m=1',
    'grid@m=2',
    'list@x',
    'list@y',
  ]);
  const lanes: Record<string, [number, string[]]> = {};
  for (const lane of plan.lanes) {
    const places: string[] = [];
    for await (const { index, id } of lane.tasks()) places.push(`${index} ${id}`);
    lanes[`${lane.provider}/${lane.model}`] = [lane.total, places];
  }
  expect(lanes).toEqual({
    'mock/small': [5, ['0 one', '5 grid@m=1', '6 grid@m=2', '7 list@x', '8 list@y']],
    'mock/large': [4, ['1 rows@p,m=a', '2 rows@p,m=b', '3 rows@q,m=a', '4 rows@q,m=b']],
  });
  expect(plan.total).toBe(9);
});

test('a lane reads only the rows of its own tasks', async () => {
  const texts = { 'small.jsonl': '{"id":1}\n', 'large.jsonl': '{"id":1}\n' };
  const inner = memoryFiles(texts);
  const opened: string[] = [];
  const files = { ...inner, stream: (name: string) => (opened.push(name), inner.stream(name)) };
  const manifest = manifestOf([
    { model: SMALL, forEach: rowsFile('small.jsonl') },
    { model: LARGE, forEach: rowsFile('large.jsonl') },
  ]);
  const plan = await planned(manifest, files);
  opened.length = 0;
  const large = plan.lanes[1];
  if (!large) throw new Error('there is no second lane');
  expect(await idsOf(large)).toEqual(['task-2@1']);
  expect(opened).toEqual(['large.jsonl']);
});

test('rows are read only when their tasks are requested', async () => {
  let given = 0;
  async function* rows(): AsyncGenerator<Uint8Array> {
    for (; given < 1000; given += 1) yield Buffer.from(`row ${given}\n`);
  }
  const files = {
    ...memoryFiles({}),
    stream: async () => ({ ok: true, value: ((given = 0), rows()) }) as const,
  };
  const plan = await planned(manifestOf([{ forEach: rowsFile('r.txt') }]), files);
  const first: string[] = [];
  for await (const { id } of plan.tasks()) {
    first.push(id);
    if (first.length === 3) break;
  }
  expect(first).toEqual(['task-1@row 0', 'task-1@row 1', 'task-1@row 2']);
  expect(given).toBeLessThan(10);
});

test('rows that change after the check stop the run instead of shifting tasks', async () => {
  const texts = { 'r.txt': 'a\nb\n' };
  const plan = await planned(manifestOf([{ forEach: rowsFile('r.txt') }]), memoryFiles(texts));
  for (const changed of ['a\n', 'a\nb\nc\n']) {
    texts['r.txt'] = changed;
    await expect(idsOf(plan)).rejects.toMatchObject({
      name: 'VolleyError',
      message: '`r.txt` changed while Volley was working',
      exitCode: 2,
    });
  }
});

test('the first result of a glob is kept, whatever files the run writes', async () => {
  const texts: Record<string, string> = { 'out/a.md': 'A' };
  const plan = await planned(manifestOf([{ forEach: rowsGlob('out/*') }]), memoryFiles(texts));
  texts['out/results.jsonl'] = '{}';
  expect(await idsOf(plan)).toEqual(['task-1@out/a.md']);
});

describe('for any manifest', () => {
  const combinations = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 3,
  });
  const task = fc.record({
    model: fc.constantFrom(SMALL, LARGE, { provider: 'other', model: 'small' }),
    rows: fc.option(
      fc.uniqueArray(
        fc.oneof(
          fc.integer(),
          fc.string({ maxLength: 5 }).map((text) => `k${text}`),
        ),
        { minLength: 1, maxLength: 6, selector: String },
      ),
      { nil: undefined },
    ),
    axis: fc.option(combinations, { nil: undefined }),
  });
  const manifests = fc.array(task, { minLength: 1, maxLength: 5 }).map((tasks) =>
    manifestOf(
      tasks.map(({ model, rows, axis }): TaskGiven => ({
        model,
        ...(rows ? { forEach: rowsList(rows.map((id) => ({ id }))) } : {}),
        ...(axis ? { matrix: axis.map((value) => ({ axis: value })) } : {}),
      })),
    ),
  );
  const holds = async (
    law: (manifest: Manifest, tasks: readonly Task[]) => Promise<void>,
  ): Promise<void> =>
    fc.assert(
      fc.asyncProperty(manifests, async (manifest) => {
        const plan = await planned(manifest).catch((error: unknown) => {
          // There is no plan if a key looks like an axis and two ids are therefore equal.
          if (String(error).includes('DUPLICATE_ID')) return undefined;
          throw error;
        });
        if (!plan) return;
        const tasks: Task[] = [];
        for await (const each of plan.tasks()) tasks.push(each);
        await law(manifest, tasks);
      }),
    );

  test('ids are unique and indexes count from 0', async () => {
    await holds(async (_, tasks) => {
      expect(new Set(tasks.map(({ id }) => id)).size).toBe(tasks.length);
      expect(tasks.map(({ index }) => index)).toEqual([...tasks.keys()]);
    });
  });

  test('the lanes, merged by index, are all tasks of the plan, and their totals add up', async () => {
    await holds(async (manifest, tasks) => {
      const plan = await planned(manifest);
      const merged: Task[] = [];
      for (const lane of plan.lanes) {
        let count = 0;
        for await (const each of lane.tasks()) {
          expect(each.template.model).toEqual({ provider: lane.provider, model: lane.model });
          merged.push(each);
          count += 1;
        }
        expect(count).toBe(lane.total);
      }
      expect(merged.sort((one, other) => one.index - other.index)).toEqual(tasks);
      expect(plan.total).toBe(tasks.length);
    });
  });

  test('reading the plan twice gives the same tasks', async () => {
    await holds(async (manifest, tasks) => {
      const plan = await planned(manifest);
      expect(await idsOf(plan)).toEqual(tasks.map(({ id }) => id));
      expect(await idsOf(plan)).toEqual(tasks.map(({ id }) => id));
    });
  });
});

test('a very large number of rows is checked as a stream', async () => {
  // Memory use is only conclusive for a million rows.
  const rows = scaled(100_000, 1_000_000);
  const perChunk = 5_000;
  let highestHeapBytes = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let row = 0; row < rows; row += perChunk) {
      const lines = Array.from(
        { length: perChunk },
        (_, at) => `{"id":"row-${row + at}","text":"t"}\n`,
      );
      highestHeapBytes = Math.max(highestHeapBytes, process.memoryUsage().heapUsed);
      yield Buffer.from(lines.join(''));
    }
  }
  const before = process.memoryUsage().heapUsed;
  const files = {
    ...memoryFiles({}),
    stream: async () => ({ ok: true, value: chunks() }) as const,
  };
  const plan = await planned(
    manifestOf([{ prompt: '{{ item.text }}', forEach: rowsFile('r.jsonl') }]),
    files,
  );
  expect(plan.total).toBe(rows);
  // Kept as objects, a million rows take well over 150 MB.
  expect((highestHeapBytes - before) / 1e6).toBeLessThan(120);
});
