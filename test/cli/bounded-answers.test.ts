import { describe, expect, test } from 'vitest';
import { ended, folder, recordsIn, startVolley, volley } from '../support/cli.ts';
import { until } from '../support/until.ts';
import { manifestOn, served, WITH_KEY } from './served.ts';

/** Far more than any of these takes if nothing else runs. */
const SLOW = { timeout: 120_000 };

const many = (text: string, count: number): string => Array(count).fill(text).join();
const numbered = (count: number): readonly number[] => [...Array(count).keys()];

/** Both parts of `allOf` refer to the next: 2^25 ways. */
const DOUBLED = Object.fromEntries(
  numbered(26).map((n) => [
    `a${n}`,
    n === 25 ? { type: 'object' } : { allOf: [1, 2].map(() => ({ $ref: `#/$defs/a${n + 1}` })) },
  ]),
);

/** Schemas and answers to them that would keep a process busy for minutes, or forever. */
const ANSWERS: ReadonlyArray<readonly [string, object, string]> = [
  [
    'nulls in a list of strings',
    { type: 'object', properties: { tags: { type: 'array', items: { type: 'string' } } } },
    `{"tags":[${many('null', 200_000)}]}`,
  ],
  [
    'nulls for properties that may be left out',
    { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } },
    `[${many('{"a":null}', 100_000)}]`,
  ],
  ['a pattern that backtracks', { type: 'string', pattern: '^(a+)+$' }, `"${'a'.repeat(40)}!"`],
  [
    'a pattern that backtracks through any characters',
    { type: 'string', pattern: '(.*a){20}$' },
    `"${'a'.repeat(60)}!"`,
  ],
  [
    'a pattern for names',
    { type: 'object', patternProperties: { '^(x+x+)+y$': { type: 'string' } } },
    `{"${'x'.repeat(60)}":1}`,
  ],
  [
    'a pattern for all names',
    { type: 'object', propertyNames: { pattern: '^([a-z]+)*$' } },
    `{"${'x'.repeat(60)}1":1}`,
  ],
  [
    'items that must differ',
    { type: 'array', uniqueItems: true, items: { type: 'object' } },
    `[${numbered(60_000)
      .map((n) => `{"n":${n}}`)
      .join()}]`,
  ],
  [
    'a schema that contains itself twice',
    {
      anyOf: [
        { type: 'object', properties: { a: { $ref: '#' } }, required: ['a', 'b'] },
        { type: 'object', properties: { a: { $ref: '#' } }, required: ['a', 'c'] },
        { type: 'string' },
      ],
    },
    `${'{"a":'.repeat(60)}1${'}'.repeat(60)}`,
  ],
  [
    'references to references, 2^25 of them',
    { type: 'array', items: { $ref: '#/$defs/a0' }, $defs: DOUBLED },
    `[${many('{}', 1_000)}]`,
  ],
  [
    'a long list of allowed objects',
    { type: 'array', items: { enum: numbered(3_000).map((n) => ({ n: [n, 'x'.repeat(50)] })) } },
    `[${many(`{"n":[-1,"${'x'.repeat(50)}"]}`, 100_000)}]`,
  ],
  [
    'a million wrong items',
    { type: 'array', items: { type: 'object', required: ['a', 'b', 'c'] } },
    `[${many('{}', 1_000_000)}]`,
  ],
  [
    'something in every item that backtracks',
    { type: 'array', contains: { type: 'string', pattern: '^(\\w+\\s?)*$' } },
    `[${many(`"${'word '.repeat(12)}!"`, 1_000)}]`,
  ],
];

describe('an answer that is slow to process', SLOW, () => {
  test.for(ANSWERS)('fails without affecting other tasks: %s', async ([, schema, text]) => {
    const server = await served({
      respond: ({ text: asked }) => ({
        kind: 'answer',
        text: asked.includes('hard') ? text : 'ok',
      }),
    });
    const manifest = manifestOn(server, {
      provider: { structured_output: 'prompt' },
      defaults: { model: 'local/small', max_retries: 0 },
      tasks: [
        { id: 'hard', prompt: 'hard', schema },
        { id: 'easy', prompt: 'easy' },
      ],
    });
    const cwd = folder({ 'm.yaml': manifest });
    const run = await volley(['run', 'm.yaml', '--max-work', '1s'], { ...WITH_KEY, cwd });
    expect({ ...run, stdout: '' }).toMatchObject({ code: 1, signal: null });
    expect(recordsIn(run.stdout).toSorted((a, b) => a.index - b.index)).toMatchObject([
      { id: 'hard', status: 'failed', error: { code: 'SCHEMA_MISMATCH' }, partial_output: text },
      { id: 'easy', status: 'succeeded', output: 'ok' },
    ]);
  });

  test.for([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('does not delay a second %s', async ([signal, code]) => {
    const text = `"${'a'.repeat(60)}!"`;
    const server = await served({ respond: () => ({ kind: 'answer', text }) });
    const manifest = manifestOn(server, {
      provider: { structured_output: 'prompt' },
      tasks: [{ id: 'hard', prompt: 'hard', schema: { type: 'string', pattern: '^(a+)+$' } }],
    });
    const cwd = folder({ 'm.yaml': manifest });
    const args = ['run', 'm.yaml', '--max-work', '1h', '--progress', 'json'];
    const child = startVolley(args, { ...WITH_KEY, cwd });
    const result = ended(child);
    await until(() => server.requests.length === 1);
    child.kill(signal);
    // The first one is understood when the second comes.
    let said = '';
    child.stderr.on('data', (part: string) => (said += part));
    await until(() => said.includes('draining'));
    child.kill(signal);
    const run = await result;
    expect([run.code, run.signal]).toEqual([code, null]);
    expect(recordsIn(run.stdout)).toMatchObject([{ id: 'hard', status: 'canceled' }]);
  });

  test('does not delay the end of the run', async () => {
    const text = `"${'a'.repeat(60)}!"`;
    const server = await served({ respond: () => ({ kind: 'answer', text }) });
    const manifest = manifestOn(server, {
      run: { timeout: '1s' },
      provider: { structured_output: 'prompt' },
      tasks: [{ id: 'hard', prompt: 'hard', schema: { type: 'string', pattern: '^(a+)+$' } }],
    });
    const cwd = folder({ 'm.yaml': manifest });
    const run = await volley(['run', 'm.yaml', '--max-work', '1h'], { ...WITH_KEY, cwd });
    expect(run.code).not.toBe(0);
    expect(recordsIn(run.stdout)).toMatchObject([{ id: 'hard', status: 'canceled' }]);
  });
});

const string = { type: 'string' };
const listOf = (items: object): object => ({ type: 'array', minItems: 1_000, items });
const SELF = { $ref: '#' };

/** Schemas that a mock could follow forever, or into more memory than there is. */
const SCHEMAS: ReadonlyArray<readonly [string, object]> = [
  ['it contains itself by allOf', { type: 'object', allOf: [SELF] }],
  ['it contains itself by allOf three times', { type: 'object', allOf: [SELF, SELF, SELF] }],
  ['it contains itself by anyOf', { anyOf: [SELF, SELF] }],
  ['it refers to itself', SELF],
  [
    'a text of a billion characters',
    { type: 'object', properties: { x: { ...string, minLength: 1e9 } }, required: ['x'] },
  ],
  ['a thousand texts of a million characters', listOf({ ...string, minLength: 1e6 })],
  ['lists in lists in lists', listOf(listOf(listOf(string)))],
  [
    'three children of its own kind',
    { type: 'object', properties: { a: SELF, b: SELF, c: SELF }, required: ['a', 'b', 'c'] },
  ],
  ['a list of its own kind', { type: 'array', minItems: 1_000, items: SELF }],
  ['2^25 references', { type: 'object', $defs: DOUBLED, allOf: [{ $ref: '#/$defs/a0' }] }],
  ['twenty thousand required names', { type: 'object', required: numbered(20_000).map(String) }],
  [
    'a long list of alternatives in itself',
    {
      type: 'object',
      properties: { a: { anyOf: numbered(2_000).map(() => SELF) } },
      required: ['a'],
    },
  ],
  [
    'items that must differ',
    { type: 'array', minItems: 1e9, uniqueItems: true, items: { enum: [1] } },
  ],
];

describe('a mock answer is not larger than a real one may be', SLOW, () => {
  test.for(SCHEMAS)('%s', async ([, schema]) => {
    const manifest = JSON.stringify({
      defaults: { model: 'mock/m', max_tokens: 100, max_retries: 0 },
      providers: { mock: { mock: { latency: '1ms' } } },
      tasks: [{ id: 'a', prompt: 'x', schema }],
    });
    const cwd = folder({ 'm.yaml': manifest });
    for (const flags of [[], ['--simulate']]) {
      const run = await volley(['run', 'm.yaml', '-q', '--max-work', '500ms', ...flags], { cwd });
      expect([0, 1, 2]).toContain(run.code);
      expect(run.stderr).not.toContain('bug');
      expect(run.stdout.length).toBeLessThan(2_000_000);
    }
  });
});
