import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, recordsIn, volley } from '../support/cli.ts';
import { providerOn, served, WIRES, WITH_KEY } from './served.ts';

const SHOTS = [
  { role: 'user', content: 'Sort: {{ vars.sample }}' },
  { role: 'assistant', content: 'fruit' },
  { role: 'user', content: 'Sort: {{ item }}' },
];

function manifest(parts: object, rest: object = {}): string {
  return JSON.stringify({
    defaults: { model: 'local/small', max_tokens: 50 },
    vars: { sample: 'apple' },
    tasks: [{ id: 't', for_each: ['plum', 'oak'], messages: SHOTS, ...parts }],
    ...rest,
  });
}

const conversationOn = (item: string) => [
  { role: 'user', content: 'Sort: apple' },
  { role: 'assistant', content: 'fruit' },
  { role: 'user', content: `Sort: ${item}` },
];

describe.each(WIRES)('in the wire format %s', (wire) => {
  test('a conversation is sent unchanged, except that its templates are rendered', async () => {
    const server = await served();
    const providers = { local: providerOn(server, wire) };
    const cwd = folder({
      'm.yaml': manifest({ system: 'Be brief' }, { providers, context: 'Rules' }),
    });
    const flags = ['--progress', 'none', '--include', 'prompt'];
    const run = await volley(['run', 'm.yaml', ...flags], { cwd, ...WITH_KEY });
    expect(run.code, run.stderr).toBe(0);
    const sent = server.requests.map(
      ({ body }) => body[wire === 'responses' ? 'input' : 'messages'],
    );
    const first = wire === 'chat' ? [{ role: 'system', content: 'Rules\n\nBe brief' }] : [];
    expect(sent).toEqual(
      expect.arrayContaining([
        [...first, ...conversationOn('plum')],
        [...first, ...conversationOn('oak')],
      ]),
    );
    const records = recordsIn(run.stdout).toSorted((one, other) => one.index - other.index);
    expect(records.map(({ prompt }) => prompt)).toEqual([
      conversationOn('plum'),
      conversationOn('oak'),
    ]);
  });

  test('attachments and a schema go with the last message', async () => {
    const server = await served({ respond: () => ({ kind: 'answer', text: '{"kind":"fruit"}' }) });
    const providers = {
      local: { ...providerOn(server, wire), structured_output: 'prompt', attachments: 'all' },
    };
    const schema = {
      type: 'object',
      properties: { kind: { type: 'string' } },
      required: ['kind'],
      additionalProperties: false,
    };
    const cwd = folder({ 'm.yaml': manifest({ schema, attachments: ['dot.png'] }, { providers }) });
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    writeFileSync(join(cwd, 'dot.png'), png);
    const run = await volley(['run', 'm.yaml', '--progress', 'none'], { cwd, ...WITH_KEY });
    expect(run.code, run.stderr + run.stdout).toBe(0);
    const body = server.requests[0]?.body ?? {};
    const messages = body[wire === 'responses' ? 'input' : 'messages'];
    const text = JSON.stringify(Array.isArray(messages) ? messages.at(-1) : undefined);
    expect(text).toContain('JSON Schema');
    expect(text).toMatch(/base64/);
    expect(JSON.stringify(messages).split('JSON Schema')).toHaveLength(2);
  });
});

test('messages are part of the fingerprint, and a single message equals a prompt', async () => {
  const server = await served();
  const providers = { local: providerOn(server, 'chat') };
  const resumed = async (messages: unknown, flags: readonly string[]) => {
    const text = manifest(
      messages === undefined ? { messages: undefined, prompt: 'Sort: {{ item }}' } : { messages },
      { providers, vars: { sample: 'apple' } },
    );
    writeFileSync(join(cwd, 'm.yaml'), text);
    const before = server.requests.length;
    const run = await volley(['run', 'm.yaml', '-o', 'out.jsonl', '--progress', 'none', ...flags], {
      cwd,
      ...WITH_KEY,
    });
    expect(run.code, run.stderr).toBe(0);
    return server.requests.length - before;
  };
  const cwd = folder({});
  expect(await resumed(undefined, [])).toBe(2);
  expect(await resumed([{ role: 'user', content: 'Sort: {{ item }}' }], ['--resume'])).toBe(0);
  expect(await resumed(SHOTS, ['--resume'])).toBe(2);
  expect(await resumed(SHOTS, ['--resume'])).toBe(0);
  const other = SHOTS.map((each) =>
    each.role === 'assistant' ? { ...each, content: 'tree' } : each,
  );
  expect(await resumed(other, ['--resume'])).toBe(2);
  expect(readFileSync(join(cwd, 'out.jsonl'), 'utf8').trim().split('\n')).toHaveLength(2);
});

test('a plan counts the whole conversation', async () => {
  const long = 'word '.repeat(400);
  const cwd = folder({
    'short.yaml': 'defaults: { model: mock/small }\ntasks: [hi]\n',
    'long.yaml': `defaults: { model: mock/small }\ntasks:\n  - messages:\n      - { role: user, content: "${long}" }\n      - { role: assistant, content: "${long}" }\n      - { role: user, content: hi }\n`,
  });
  const tokens = async (file: string): Promise<number> => {
    const run = await volley(['plan', file, '--json'], { cwd });
    return JSON.parse(run.stdout).total.input_tokens;
  };
  const [short, full] = [await tokens('short.yaml'), await tokens('long.yaml')];
  expect(full - short).toBeGreaterThan(900);
});

const task = (messages: string, more = ''): string =>
  `defaults: { model: mock/small }\ntasks: [{ messages: ${messages}${more} }]\n`;

describe('an invalid conversation is refused', () => {
  test.each<[string, string, string]>([
    [
      'an answer at the end',
      task('[{ role: user, content: a }, { role: assistant, content: b }]'),
      'the last message is from the assistant',
    ],
    [
      'an answer at the start',
      task('[{ role: assistant, content: a }, { role: user, content: b }]'),
      'the first message is from the assistant',
    ],
    [
      'a system message',
      task('[{ role: system, content: a }, { role: user, content: b }]'),
      "write this text as the task's `system`",
    ],
    [
      'a developer message',
      task('[{ role: developer, content: a }, { role: user, content: b }]'),
      "write this text as the task's `system`",
    ],
    ['another role', task('[{ role: human, content: a }]'), '`human` is not a role'],
    [
      'a prompt as well',
      task('[{ role: user, content: a }]', ', prompt: b'),
      'both `messages` and `prompt` are set',
    ],
    ['an empty list', task('[]'), '`messages` must be a list of messages'],
    ['plain text', task('hi'), '`messages` must be a list of messages, not the text `hi`'],
    ['a message without a role', task('[{ content: a }]'), 'entry 1 of `messages` has no `role`'],
    [
      'a message without content',
      task('[{ role: user }]'),
      'entry 1 of `messages` has no `content`',
    ],
    ['a message with empty content', task('[{ role: user, content: " " }]'), 'the text is empty'],
    ['an unknown key', task('[{ role: user, text: a }]'), 'did you mean `content`?'],
    [
      'an unknown variable',
      task(
        '[{ role: user, content: "{{ vars.x }}" }, { role: assistant, content: b }, { role: user, content: c }]',
      ),
      'unknown variable `vars.x`',
    ],
    [
      'a misspelled `messages`',
      'defaults: { model: mock/small }\ntasks: [{ mesages: [{ role: user, content: a }] }]\n',
      'did you mean `messages`?',
    ],
    [
      'neither messages nor a prompt',
      'defaults: { model: mock/small }\ntasks: [{ id: t }]\n',
      'task 1 has no `prompt`',
    ],
    [
      'messages in defaults',
      'defaults: { model: mock/small, messages: [{ role: user, content: a }] }\ntasks: [hi]\n',
      '`messages` belongs in a task',
    ],
  ])('%s', async (_, text, said) => {
    const cwd = folder({ 'm.yaml': text });
    const run = await volley(['validate', 'm.yaml'], { cwd });
    expect(run.code, run.stdout).toBe(2);
    expect(run.stdout).toContain(said);
    expect(run.stdout).toMatch(/: 1 error\n$/);
  });
});
