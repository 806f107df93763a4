import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder, volley } from '../support/cli.ts';
import { providerOn, served, WITH_KEY } from './served.ts';

interface Coverage {
  readonly result: ReadonlyArray<{
    readonly url: string;
    readonly functions: ReadonlyArray<{
      readonly functionName: string;
      readonly ranges: ReadonlyArray<{ readonly count: number }>;
    }>;
  }>;
}

/** How often a function of the package was called, as V8 counted it. */
function callsOf(folderName: string, functionName: string): number {
  const scripts = readdirSync(folderName).flatMap((name) => {
    const report: Coverage = JSON.parse(readFileSync(join(folderName, name), 'utf8'));
    return report.result;
  });
  const functions = scripts
    .filter(({ url }) => /[/]bottleneck[/]lib[/]/u.test(url))
    .flatMap((script) => script.functions)
    .filter((each) => each.functionName === functionName);
  return functions.reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0);
}

test('every request of the built command runs as one Bottleneck job, including retries', async () => {
  const server = await served({
    // Every third request fails.
    respond: ({ n }) =>
      n % 3 === 1 ? { kind: 'error', status: 500, message: 'try again' } : { kind: 'answer' },
  });
  const manifest = JSON.stringify({
    providers: { chat: providerOn(server, 'chat'), other: providerOn(server, 'anthropic') },
    defaults: { max_retries: 9 },
    tasks: [
      {
        id: 'a',
        model: 'chat/m',
        for_each: Array.from({ length: 20 }, (_, n) => n),
        prompt: 'hi {{ item }}',
      },
      {
        id: 'b',
        model: 'other/m',
        for_each: [1, 2, 3, 4, 5],
        prompt: 'ho {{ item }}',
        max_tokens: 10,
      },
    ],
  });
  const cwd = folder({ 'volley.yaml': manifest });
  const coverage = join(cwd, 'coverage');
  const { code } = await volley(['run', 'volley.yaml', '--retry-delay', '5ms'], {
    ...WITH_KEY,
    cwd,
    env: { ...WITH_KEY.env, NODE_V8_COVERAGE: coverage },
  });
  expect(code).toBe(0);
  expect(server.requests.length).toBeGreaterThan(25);
  expect(callsOf(coverage, 'doExecute')).toBe(server.requests.length);
});
