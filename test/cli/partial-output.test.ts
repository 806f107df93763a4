import { expect, test } from 'vitest';
import { folder, recordsIn, volley } from '../support/cli.ts';
import type { Behaviour } from '../support/server.ts';
import { manifestOn, served, WITH_KEY } from './served.ts';

const BROKEN: Behaviour = { kind: 'error', status: 500 };
const SCHEMA = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };

test.each<[string, object, Behaviour, string]>([
  [
    'does not match its schema',
    { schema: SCHEMA },
    { kind: 'answer', text: '{"n":"one"}' },
    '{"n":"one"}',
  ],
  [
    'was cut off',
    { max_tokens: 5, on_truncated: 'grow' },
    { kind: 'answer', text: 'half of it', stopReason: 'length' },
    'half of it',
  ],
])('an answer that %s is kept if the next attempt has none', async (_, task, first, kept) => {
  const server = await served({ respond: (_request, n) => (n === 0 ? first : BROKEN) });
  const cwd = folder({ 'm.yaml': manifestOn(server, { tasks: [{ prompt: 'say it', ...task }] }) });
  const args = ['run', 'm.yaml', '--retry-delay', '1ms', '--max-retries', '1'];
  const { stdout } = await volley(args, { ...WITH_KEY, cwd });
  expect(recordsIn(stdout)).toMatchObject([
    { status: 'failed', error: { code: 'SERVER_ERROR' }, partial_output: kept },
  ]);
});

test.each(['1234567890123456789', '-9007199254740993', '1e999'])(
  'an answer with the number %s, which JSON would change, is kept as written',
  async (number) => {
    const text = `{"n":${number},"mass":5.97e24,"share":0.12345678901234567}`;
    const server = await served({ respond: () => ({ kind: 'answer', text }) });
    const schema = { type: 'object', properties: { n: { type: 'number' } } };
    const cwd = folder({ 'm.yaml': manifestOn(server, { tasks: [{ prompt: 'say it', schema }] }) });
    const { stdout } = await volley(['run', 'm.yaml', '--retry-delay', '1ms'], {
      ...WITH_KEY,
      cwd,
    });
    const message = `the answer does not match its schema: its number \`${number}\` is too large to be kept exactly`;
    expect(recordsIn(stdout)).toMatchObject([
      { error: { code: 'SCHEMA_MISMATCH', message }, partial_output: text },
    ]);
  },
);
