import { afterAll, describe, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';
import { repo, RESULTS, type Repo } from './support.ts';

const FILES = {
  'rules.md': 'Be brief.\n',
  'prompts/rivers.md': 'Name three rivers.\n',
  'rows.csv': 'sku,name\nk1,kettle\nk2,kite\n',
};

const MANIFEST = `\
name: edits
vars: { audience: engineers }
context: { file: rules.md }
defaults: { model: local/small, max_tokens: 50, temperature: 0.5, params: { seed: 1, user: me } }
providers:
  local: { type: openai, api: chat, base_url: "ORIGIN/v1", api_key_env: TEST_KEY }
tasks:
  - id: sum
    prompt: What is 2+2?
  - id: rivers
    prompt: { file: prompts/rivers.md }
    system: You write for {{ vars.audience }}.
  - id: sell
    for_each: { file: rows.csv, key: sku }
    prompt: Sell a {{ item.name }}.
  - id: bare
    context: false
    prompt: Say nothing.
`;

const ALL = [
  'Name three rivers.\n',
  'Say nothing.',
  'Sell a kettle.',
  'Sell a kite.',
  'What is 2+2?',
];
const ALL_BUT_BARE = ALL.filter((prompt) => prompt !== 'Say nothing.');

/** Replaces text that exists in one file of the repo. */
type Edit = readonly [file: string, from: string | RegExp, to: string];

const inManifest = (from: string | RegExp, to: string): Edit => ['volley.yaml', from, to];

function apply(repo: Repo, edits: readonly Edit[]): void {
  for (const [file, from, to] of edits) {
    const before = repo.read(file);
    const after = before.replace(from, to);
    if (after === before) throw new Error(`${String(from)} is not in ${file}`);
    repo.write(file, after);
  }
}

type Unsent = readonly [title: string, edits: readonly Edit[], flags?: readonly string[]];
type Sent = readonly [
  title: string,
  edits: readonly Edit[],
  flags: readonly string[],
  sent: readonly string[],
];

const REORDERED: Edit = inManifest(/(  - id: sum\n.*\n)([^]*)(  - id: bare\n[^]*)/, '$3$2$1');

const nothingSent: readonly Unsent[] = [
  ['nothing', []],
  ['the order of tasks', [REORDERED]],
  ['the id of a task', [inManifest('id: sum', 'id: total')]],
  [
    'the ids of two tasks that swap them',
    [
      inManifest('id: sum', 'id: was-sum'),
      inManifest('id: bare', 'id: sum'),
      inManifest('id: was-sum', 'id: bare'),
    ],
  ],
  ['a task whose id is left out', [inManifest('  - id: bare\n    context', '  - context')]],
  [
    'comments and blank lines',
    [
      inManifest('tasks:', '# the tasks\n\ntasks: # all of them\n'),
      inManifest(/$/, '\n# the end\n'),
    ],
  ],
  [
    'block instead of flow style',
    [
      inManifest(
        /defaults: .*\n/,
        'defaults:\n  model: local/small\n  max_tokens: 50\n  temperature: 0.5\n  params:\n    seed: 1\n    user: me\n',
      ),
    ],
  ],
  [
    'keys in another order',
    [
      inManifest(
        '{ model: local/small, max_tokens: 50, temperature: 0.5, params: { seed: 1, user: me } }',
        '{ params: { user: me, seed: 1 }, temperature: 0.5, max_tokens: 50, model: local/small }',
      ),
    ],
  ],
  ['quotes around a prompt', [inManifest('prompt: What is 2+2?', 'prompt: "What is 2+2?"')]],
  [
    'where a prompt is: in the manifest, no longer in a file',
    [inManifest('prompt: { file: prompts/rivers.md }', 'prompt: "Name three rivers.\\n"')],
  ],
  [
    'another spelling of a number',
    [
      inManifest('temperature: 0.5', 'temperature: 0.50'),
      inManifest('max_tokens: 50', 'max_tokens: 5e1'),
    ],
  ],
  [
    'another name, tags and notes',
    [
      inManifest('name: edits', 'name: other\nx-note: 7'),
      inManifest('prompt: What is 2+2?', 'prompt: What is 2+2?\n    tags: [sums]'),
    ],
  ],
  [
    'limits, timeouts and retries',
    [
      inManifest('temperature: 0.5', 'temperature: 0.5, timeout: 5m, max_retries: 7'),
      inManifest(
        'api_key_env: TEST_KEY }',
        'api_key_env: TEST_KEY, limits: { rpm: 600, concurrency: 2 } }\nrun: { max_concurrent: 2 }',
      ),
    ],
  ],
  [
    'a provider that has another name',
    [inManifest('  local:', '  near:'), inManifest('local/small', 'near/small')],
  ],
  [
    'a word that became a variable',
    [
      inManifest('What is 2+2?', 'What is {{ vars.sum }}?'),
      inManifest('vars: {', 'vars: { sum: 2+2,'),
    ],
  ],
  ['rows in another order', [['rows.csv', 'k1,kettle\nk2,kite', 'k2,kite\nk1,kettle']]],
  [
    'rows with other keys and a column that no prompt uses',
    [['rows.csv', /[^]*/, 'sku,price,name\nn1,3,kettle\nn2,4,kite\n']],
  ],
  [
    'a CSV file that ends its lines as Windows does',
    [['rows.csv', /[^]*/, 'sku,name\r\nk1,kettle\r\nk2,kite\r\n']],
  ],
  [
    'rows that moved into the manifest',
    [
      inManifest(
        'for_each: { file: rows.csv, key: sku }',
        'for_each: [{ name: kettle }, { name: kite }]',
      ),
    ],
  ],
  [
    'flags that do not affect answers',
    [],
    ['-j', '1', '--timeout', '5m', '--max-retries', '0', '--grace', '1s', '--fail-fast'],
  ],
];

const someSent: readonly Sent[] = [
  ['one character of a prompt', [inManifest('2+2', '2+3')], [], ['What is 2+3?']],
  [
    'a blank at the end of a prompt',
    [inManifest('prompt: What is 2+2?', 'prompt: "What is 2+2? "')],
    [],
    ['What is 2+2? '],
  ],
  [
    'one character of a prompt file',
    [['prompts/rivers.md', 'three', 'threx']],
    [],
    ['Name threx rivers.\n'],
  ],
  ['one character of a context file', [['rules.md', 'brief', 'brieg']], [], ALL_BUT_BARE],
  ['a system prompt', [inManifest('You write', 'You paint')], [], ['Name three rivers.\n']],
  ['a variable of one task', [inManifest('engineers', 'managers')], [], ['Name three rivers.\n']],
  ['a variable of one task, by flag', [], ['--set', 'audience=managers'], ['Name three rivers.\n']],
  ['one cell of a row', [['rows.csv', 'kite', 'kits']], [], ['Sell a kits.']],
  ['a new row', [['rows.csv', /$/, 'k3,kiln\n']], [], ['Sell a kiln.']],
  [
    'the model of one task',
    [inManifest('id: sum', 'id: sum\n    model: local/large')],
    [],
    ['What is 2+2?'],
  ],
  ['the model of all, by flag', [], ['--model', 'local/large'], ALL],
  [
    'max_tokens of one task',
    [inManifest('id: sum', 'id: sum\n    max_tokens: 51')],
    [],
    ['What is 2+2?'],
  ],
  ['temperature', [inManifest('temperature: 0.5', 'temperature: 0.6')], [], ALL],
  [
    'a parameter that was not sent before',
    [inManifest('id: sum', 'id: sum\n    top_p: 0.9')],
    [],
    ['What is 2+2?'],
  ],
  ['a parameter that is passed through', [inManifest('seed: 1', 'seed: 2')], [], ALL],
  ['stop', [inManifest('id: bare', 'id: bare\n    stop: [x]')], [], ['Say nothing.']],
  [
    'the context of one task',
    [inManifest('context: false', 'context: true')],
    [],
    ['Say nothing.'],
  ],
  ['more context by flag', [], ['--context', 'Be kind.'], ALL_BUT_BARE],
  ['the server', [inManifest('127.0.0.1', 'localhost')], [], ALL],
  [
    'the number of samples',
    [inManifest('id: bare', 'id: bare\n    repeat: 2')],
    [],
    ['Say nothing.'],
  ],
];

let done: { readonly server: TestServer; readonly results: string } | undefined;
afterAll(() => done?.server.close());

/** A copy of a repo in which all tasks were answered. */
async function finished(): Promise<Repo> {
  if (!done) {
    const server = await startServer();
    const first = await repo(MANIFEST, { server, files: FILES });
    expect((await first.run()).code).toBe(0);
    expect(first.sent()).toEqual(ALL);
    done = { server, results: first.read(RESULTS) };
  }
  const { server, results } = done;
  return repo(MANIFEST, { server, files: { ...FILES, [RESULTS]: results } });
}

describe('a resume sends nothing after a change of', () => {
  test.for(nothingSent)('%s', async ([, edits, flags = []]) => {
    const edited = await finished();
    apply(edited, edits);
    const resumed = await edited.run('--resume', ...flags);
    expect([edited.sent(), resumed.code]).toEqual([[], 0]);
    expect(resumed.stderr).toContain('succeeded (5 from earlier runs)');
    await isSettled(edited, 5);
  });
});

describe('a resume sends only the affected tasks after a change of', () => {
  test.for(someSent)('%s', async ([, edits, flags, sent]) => {
    const edited = await finished();
    apply(edited, edits);
    const resumed = await edited.run('--resume', ...flags);
    expect([edited.sent(), resumed.code]).toEqual([sent, 0]);
  });
});

test("a task with another task's request shares its answer, and has its own record", async () => {
  const edited = await finished();
  apply(edited, [inManifest(/$/, '  - id: again\n    prompt: What is 2+2?\n')]);
  const resumed = await edited.run('--resume');
  expect([edited.sent(), resumed.code]).toEqual([[], 0]);
  await isSettled(edited, 6);
});

test('the record of a removed task moves to the companion, and returns with its task', async () => {
  const edited = await finished();
  const before = edited.read('volley.yaml');
  apply(edited, [inManifest(/  - id: bare[^]*/, ''), ['rows.csv', 'k2,kite\n', '']]);
  const resumed = await edited.run('--resume');
  expect([edited.sent(), resumed.code]).toEqual([[], 0]);
  expect(resumed.stderr).toContain('Volley complete: 3/3 succeeded (3 from earlier runs)');
  expect(resumed.stderr).toContain(
    'volley: 2 records of tasks that are not in the manifest moved to `out.jsonl.volley`\n',
  );
  expect([edited.records().length, edited.moved().length]).toEqual([3, 2]);
  edited.write('volley.yaml', before);
  edited.write('rows.csv', FILES['rows.csv']);
  await edited.run('--resume');
  expect(edited.sent()).toEqual([]);
  await isSettled(edited, 5);
});

/** Expects one record per task, with the ids, indexes and order of the manifest. */
async function isSettled(edited: Repo, tasks: number): Promise<void> {
  const records = edited.records();
  expect(records.map(({ index }) => index)).toEqual(Array.from({ length: tasks }, (_, at) => at));
  expect(new Set(records.map(({ id }) => id)).size).toBe(tasks);
}
