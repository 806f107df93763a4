import { describe, expect, test } from 'vitest';
import { ended, folder, recordsIn, startVolley, volley } from '../support/cli.ts';
import { scaled } from '../support/scale.ts';
import { until } from '../support/until.ts';
import { manifestOn, served, WITH_KEY } from './served.ts';

/** Far longer than any of these tests takes if nothing else runs. */
const SLOW = { timeout: 120_000 };

const many = (text: string, count: number): string => Array(count).fill(text).join();
const numbered = (count: number): readonly number[] => [...Array(count).keys()];

/** Each definition refers to the next one twice, so there are 2^25 paths. */
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
    'a pattern for some property names',
    { type: 'object', patternProperties: { '^(x+x+)+y$': { type: 'string' } } },
    `{"${'x'.repeat(60)}":1}`,
  ],
  [
    'a pattern for all property names',
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
    'a pattern for any item that backtracks in all of them',
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

  const SIGNALS = [
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const;

  test.for(SIGNALS.slice(0, scaled(1, 3)))('does not delay a second %s', async ([signal, code]) => {
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
    // Send the second signal only after Volley has noticed the first.
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

/** Schemas that would keep a mock busy forever, or fill more memory than there is. */
const SCHEMAS: ReadonlyArray<readonly [string, object]> = [
  ['a schema that contains itself through allOf', { type: 'object', allOf: [SELF] }],
  [
    'a schema that contains itself through allOf three times',
    { type: 'object', allOf: [SELF, SELF, SELF] },
  ],
  ['a schema that contains itself through anyOf', { anyOf: [SELF, SELF] }],
  ['a schema that only refers to itself', SELF],
  [
    'a string of a billion characters',
    { type: 'object', properties: { x: { ...string, minLength: 1e9 } }, required: ['x'] },
  ],
  ['a thousand strings of a million characters', listOf({ ...string, minLength: 1e6 })],
  ['lists in lists in lists', listOf(listOf(listOf(string)))],
  [
    'an object with three children like itself',
    { type: 'object', properties: { a: SELF, b: SELF, c: SELF }, required: ['a', 'b', 'c'] },
  ],
  ['a list of a thousand lists like itself', { type: 'array', minItems: 1_000, items: SELF }],
  ['2^25 references', { type: 'object', $defs: DOUBLED, allOf: [{ $ref: '#/$defs/a0' }] }],
  ['twenty thousand required names', { type: 'object', required: numbered(20_000).map(String) }],
  [
    'a long list of alternatives that all are the schema itself',
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
  test.for(SCHEMAS)('for %s', async ([, schema]) => {
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
