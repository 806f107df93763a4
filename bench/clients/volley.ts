import { writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { KEY, MAX_AT_ONCE, MAX_TOKENS, type Client, type Command, type Job } from './client.ts';

const BIN = resolve(import.meta.dirname, '../../dist/cli/bin.js');

/** The built command as a user runs it, without any declared limits. */
export const volley: Client = {
  name: 'Volley',
  setting: `told no limit; \`max_concurrent: ${MAX_AT_ONCE}\``,
  prepare: (job) => command(job, undefined),
};

/**
 * The built command with declared limits, because the cost of a request does not depend on finding
 * them.
 */
export function volleyWith(limits: object): Client {
  return {
    name: 'Volley',
    setting: `told \`${JSON.stringify(limits)}\``,
    prepare: (job) => command(job, limits),
  };
}

function command(
  { folder, rowsFile, origin, wire, share }: Job,
  limits: object | undefined,
): Command {
  const manifest = {
    defaults: { model: 'bench/bench', max_tokens: MAX_TOKENS },
    providers: {
      bench: {
        type: wire === 'anthropic' ? 'anthropic' : 'openai',
        base_url: `${origin}/v1`,
        api_key_env: 'BENCH_KEY',
        ...(limits && { limits }),
      },
    },
    run: { max_concurrent: MAX_AT_ONCE },
    tasks: [
      {
        id: 'note',
        for_each: { file: relative(folder, rowsFile), key: 'id' },
        prompt: '{{ item.prompt }}',
      },
    ],
  };
  const file = join(folder, 'volley.yaml');
  writeFileSync(file, JSON.stringify(manifest));
  return {
    args: [
      BIN,
      'run',
      file,
      '--output',
      join(folder, 'results.jsonl'),
      ...(share ? ['--share', share] : []),
    ],
    env: { BENCH_KEY: KEY, VOLLEY_ALLOW_HOSTS: `${new URL(origin).host}=BENCH_KEY` },
  };
}
