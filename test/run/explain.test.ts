import { expect, test } from 'vitest';
import { sleep } from '../../src/ports/clock.ts';
import { systemClock } from '../../src/ports/system-clock.ts';
import { prepareRun } from '../../src/run/prepare-run.ts';
import { decideTasks } from '../../src/run/resume.ts';
import { SimulatedDisk } from '../support/simulated-disk.ts';
import { jsonl, open, PATH, succeeded } from '../journal/records.ts';
import { manifestOf, memoryFiles } from '../manifest/support.ts';

test('the next task is explained only after the reader has taken the previous one', async () => {
  const manifest = await manifestOf(
    'tasks: [{ prompt: a, model: mock/a }, { prompt: b, model: mock/a }]',
  );
  const found = await prepareRun(manifest, {
    files: memoryFiles({}),
    epochMs: 0,
    environment: {},
    allowHosts: [],
    selection: undefined,
  });
  if (!found.ok) throw new Error('the manifest is fine');
  const disk = new SimulatedDisk();
  disk.put(PATH, jsonl(succeeded('other')));
  const journal = await open(disk);
  const explained: string[] = [];
  let taken = Promise.withResolvers<void>();
  const decided = decideTasks(found.prepared, journal, {
    explain(id, reason) {
      explained.push(`${id} ${reason}`);
      taken = Promise.withResolvers();
      return taken.promise;
    },
  });
  await sleep(systemClock, 20);
  expect(explained).toEqual(['task-1 new']);
  taken.resolve();
  await sleep(systemClock, 20);
  expect(explained).toEqual(['task-1 new', 'task-2 new']);
  taken.resolve();
  expect((await decided).kept).toBe(0);
});
