import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, recordsIn, volley } from '../support/cli.ts';
import { manifestOn, prompts, served, WITH_KEY } from './served.ts';

const IN_CI = { ...WITH_KEY.env, CI: 'true' };

describe('under `CI`', () => {
  it('a manifest is checked, planned and simulated without a key or a flag', async () => {
    const server = await served();
    const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: prompts(2) }) });
    const options = { cwd, env: { CI: 'true' }, bindsServers: false };
    for (const args of [
      ['validate', 'volley.yaml'],
      ['plan', 'volley.yaml'],
      ['run', 'volley.yaml', '--simulate'],
    ]) {
      expect((await volley(args, options)).code, args.join(' ')).toBe(0);
    }
    expect(server.requests).toEqual([]);
  });

  it('a server that the caller bound is called, and a stopped run is resumed', async () => {
    let isBroken = true;
    const server = await served({
      respond: (_, n) => (isBroken && n > 0 ? { kind: 'error', status: 400 } : { kind: 'answer' }),
    });
    const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: prompts(3) }) });
    const env = { ...IN_CI, VOLLEY_SEAL_KEY: 'seal-0123456789abcdef0123456789abcdef' };
    const first = await volley(['run', 'volley.yaml', '-o', 'out.jsonl', '-j', '1'], { cwd, env });
    expect(first.code, first.stderr).toBe(1);
    isBroken = false;
    const again = await volley(['run', 'volley.yaml', '-o', 'out.jsonl', '--resume'], { cwd, env });
    expect(again.code, again.stderr).toBe(0);
    expect(recordsIn(readFileSync(join(cwd, 'out.jsonl'), 'utf8'))).toHaveLength(3);
    expect(server.requests).toHaveLength(5);
    expect(server.requests[0]?.headers.authorization).toBe('Bearer test-key-0123456789abcdef');
  });
});
