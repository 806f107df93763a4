import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRows } from '../work.ts';
import { KEY, MAX_TOKENS, type Client, type Job } from './client.ts';

/** `promptfoo eval` without its cache, its sharing and its table, which are not part of the run. */
export function promptfoo(concurrency: number): Client {
  return {
    name: `promptfoo -j ${concurrency}`,
    setting: `\`promptfoo eval --no-cache -j ${concurrency}\``,
    needs: 'promptfoo',
    async prepare(job, { promptfoo: packages }) {
      const config = join(job.folder, 'promptfooconfig.yaml');
      writeFileSync(config, JSON.stringify(settings(job)));
      await writeTests(job);
      const options = `eval -j ${concurrency} --no-cache --no-share --no-table --no-progress-bar`;
      const files = ['-c', config, '-o', join(job.folder, 'results.jsonl')];
      return {
        args: [`${packages}/node_modules/promptfoo/${ENTRY}`, ...options.split(' '), ...files],
        env: {
          PROMPTFOO_CONFIG_DIR: job.folder,
          PROMPTFOO_DISABLE_TELEMETRY: '1',
          PROMPTFOO_DISABLE_UPDATE: '1',
          PROMPTFOO_DISABLE_REMOTE_GENERATION: '1',
        },
      };
    },
  };
}

const ENTRY = 'dist/src/entrypoint.js';

function settings({ origin, wire }: Job): object {
  const config = { apiKey: KEY, max_tokens: MAX_TOKENS };
  return {
    prompts: ['{{ prompt }}'],
    providers: [
      wire === 'anthropic'
        ? { id: 'anthropic:messages:bench', config: { ...config, apiBaseUrl: origin } }
        : { id: 'openai:chat:bench', config: { ...config, apiBaseUrl: `${origin}/v1` } },
    ],
    tests: 'file://tests.jsonl',
  };
}

async function writeTests({ folder, rowsFile }: Job): Promise<void> {
  const tests = createWriteStream(join(folder, 'tests.jsonl'));
  for await (const { prompt } of readRows(rowsFile)) {
    if (!tests.write(`${JSON.stringify({ vars: { prompt } })}\n`)) await once(tests, 'drain');
  }
  tests.end();
  await once(tests, 'close');
}
