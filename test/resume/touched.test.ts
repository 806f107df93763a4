import {
  appendFileSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prompts, WITH_KEY } from '../cli/served.ts';
import { recordsIn, volley, type CliResult } from '../support/cli.ts';
import { until } from '../support/until.ts';
import { repo, type Repo } from './support.ts';

const FOLDER = 'made';
const RESULTS = `${FOLDER}/out.jsonl`;

/** A run of four tasks. Two of them are on disk when the third request arrives: then this acts. */
async function touched(
  act: (file: string) => void,
  ...flags: readonly string[]
): Promise<{ readonly own: Repo; readonly end: CliResult; readonly file: string }> {
  let file = '';
  const own = await repo(
    { tasks: prompts(4), provider: { limits: { concurrency: 1 } } },
    {
      async respond(_, n) {
        if (n === 2) {
          // Text is written when the run ends.
          if (!flags.includes('text')) await until(() => countRecords(file) === 2);
          act(file);
        }
        return { kind: 'answer' };
      },
    },
  );
  file = join(own.cwd, RESULTS);
  const args = ['run', 'volley.yaml', '-o', RESULTS, ...flags];
  return { own, end: await volley(args, { ...WITH_KEY, cwd: own.cwd }), file };
}

/** How many records a file contains, as JSONL or JSON. */
function countRecords(file: string): number {
  return readFileSync(file, 'utf8').match(/succeeded/g)?.length ?? 0;
}

test.each([
  ['deleted', (file: string) => rmSync(file)],
  ['moved', (file: string) => renameSync(file, `${file}.old`)],
  ['deleted with its folder', (file: string) => rmSync(join(file, '..'), { recursive: true })],
])(
  'a results file that is %s during the run is written again, and this is reported',
  async (_, act) => {
    const { end, file } = await touched(act);
    expect(recordsIn(readFileSync(file, 'utf8'))).toHaveLength(4);
    expect(end.stderr).toContain(
      `volley: \`${RESULTS}\` was deleted or moved while the run wrote to it: it was written again`,
    );
    expect(end.code).toBe(0);
  },
);

test('if an editor replaces the results file, the results are saved next to the new file: exit code 74', async () => {
  const { own, end, file } = await touched((name) => {
    copyFileSync(name, `${name}.new`);
    renameSync(`${name}.new`, name);
  });
  expect(end.code).toBe(74);
  expect(end.stderr).toContain(
    `volley: \`${RESULTS}\` was replaced while the run wrote to it; all results are in \``,
  );
  expect(recordsIn(readFileSync(file, 'utf8'))).toHaveLength(2);
  expect(recordsIn(readFileSync(`${file}.kept-1`, 'utf8'))).toHaveLength(4);
  expect(readdirSync(join(own.cwd, FOLDER)).toSorted()).toEqual(['out.jsonl', 'out.jsonl.kept-1']);
});

test('a results file that is truncated is reported: exit code 74', async () => {
  const { end, file } = await touched((name) => truncateSync(name));
  expect(end.code).toBe(74);
  expect(end.stderr).toContain(
    `volley: another program truncated \`${RESULTS}\` while the run wrote to it: results are missing`,
  );
  expect(recordsIn(readFileSync(file, 'utf8'))).toHaveLength(2);
});

test('lines that another program adds are kept and reported', async () => {
  const { end, file } = await touched((name) => appendFileSync(name, '{"mine":1}\n'));
  expect(end.stderr).toContain(
    `volley: another program also wrote to \`${RESULTS}\`; its text is still in the file`,
  );
  expect(end.code).toBe(0);
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(6);
});
