import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { providerOn, served, WITH_KEY } from '../cli/served.ts';
import { folder, recordsIn, volley } from '../support/cli.ts';

/** A part of the cookbook: its manifest and its commands. */
function recipe(heading: string) {
  const [, section = ''] = readFileSync('docs/cookbook.md', 'utf8').split(`## ${heading}\n`);
  const block = (language: string): string =>
    new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(section)?.[1] ?? '';
  return { manifest: block('yaml'), commands: block('sh').trim().split('\n') };
}

const ROWS = 30;

/**
 * A CSV as Windows spreadsheets write it: semicolons, quotes, line breaks in cells, empty cells.
 */
function tickets(): Uint8Array {
  const rows = Array.from({ length: ROWS }, (_, at) => {
    const text =
      at === 3
        ? '=SUM(A1)'
        : at % 4 === 0
          ? `"M\xfcller; sagt ""${at}""\r\nund mehr"`
          : `Zeile ${at}`;
    return `T-${at};${text};${at % 5 === 0 ? '' : 'x'}`;
  });
  return Buffer.from(['Ticket ID;text;Note', ...rows, ''].join('\r\n'), 'latin1');
}

test('the cookbook runs a messy CSV through two models, sends failures again, and gets a CSV back', async () => {
  let isBroken = true;
  const server = await served({
    respond: ({ text, body }) => {
      // At first, both models fail on this row. They disagree about row 6.
      if (isBroken && text.includes('Zeile 25'))
        return { kind: 'error', status: 400, message: 'no' };
      const isLarge = body['model'] === 'large';
      const category =
        text.includes('Zeile 6') && isLarge
          ? 'billing'
          : text.includes('Zeile 27')
            ? 'other'
            : 'bug';
      return { kind: 'answer', text: JSON.stringify({ category, urgent: false }) };
    },
  });
  const { manifest, commands } = recipe('A messy CSV through two models, and back to a table');
  const cwd = folder({
    'classify.yaml': `providers: ${JSON.stringify({ local: { ...providerOn(server, 'chat'), structured_output: 'native' } })}\n${manifest
      .replace('anthropic/claude-haiku-5-5', 'local/small')
      .replace('openai/gpt-6.1-sol', 'local/large')}`,
  });
  writeFileSync(join(cwd, 'tickets.csv'), tickets());
  const said: Record<string, string> = {};
  for (const command of commands) {
    if (command.includes('--retry-failed')) isBroken = false;
    const { code, stdout, stderr } = await volley(command.split(' ').slice(1), {
      cwd,
      ...WITH_KEY,
    });
    said[command.split(' ')[1] ?? ''] = stdout;
    expect([command, code, code === 0 ? '' : stderr]).toEqual([command, 0, '']);
  }
  expect(server.requests).toHaveLength(2 * ROWS + 2);
  const records = recordsIn(readFileSync(join(cwd, 'results.jsonl'), 'utf8'));
  expect(records.filter(({ status }) => status === 'succeeded')).toHaveLength(2 * ROWS);
  expect(records.filter(({ expected }) => expected === false)).toHaveLength(2);
  expect(said['show']).toContain('Classify this ticket: Müller; sagt "0"');
  expect(said['diff']).toContain(`the same answer in 97% of ${ROWS} rows`);
  expect(said['diff']).toMatch(
    /classify@T-6: category\n\n {2}category: \[-bug-\]\{\+billing\+\}\n/,
  );
  const [head = [], ...table]: string[][] = parse(readFileSync(join(cwd, 'classified.csv')), {
    bom: true,
  });
  expect(head.slice(0, 3)).toEqual(['Ticket ID', 'text', 'Note']);
  expect(table.map(([key]) => key)).toEqual(
    Array.from({ length: 2 * ROWS }, (_, at) => `T-${Math.floor(at / 2)}`),
  );
  const texts = table.map((row) => row[head.indexOf('text')]);
  expect([texts[0], texts[6], texts[7]]).toEqual([
    'Müller; sagt "0"\r\nund mehr',
    "'=SUM(A1)",
    "'=SUM(A1)",
  ]);
  expect(new Set(table.map((row) => row[head.indexOf('output.category')]))).toEqual(
    new Set(['bug', 'billing', 'other']),
  );
  expect(readFileSync(join(cwd, 'results.html'), 'utf8')).toContain('60 of 60 tasks succeeded');
}, 90_000);

test('a plan says that it is based on earlier answers, and a summary file says what each model cost', async () => {
  const server = await served();
  const provider = JSON.stringify({ local: providerOn(server, 'chat') });
  const cwd = folder({
    'm.yaml': `name: lengths
providers: ${provider}
prices: { local/small: { input: 1, output: 1 }, local/large: { input: 2, output: 2 } }
defaults: { models: [local/small, local/large], max_tokens: 1000 }
tasks: [{ id: t, for_each: [a, b, c, d], prompt: "say {{ item }}" }]
`,
  });
  const run = (line: string) => volley(line.split(' '), { cwd, ...WITH_KEY });
  expect((await run('plan m.yaml')).stdout).not.toContain('learned from');
  await run('run m.yaml -o r.jsonl --first 4 -q');
  const plan = await run('plan m.yaml -o r.jsonl');
  expect(plan.stdout).toMatch(
    /^Output of t on local\/small: [\d.]+ ± [\d.]+ tokens, learned from 2 answers\.$/m,
  );
  await run('run m.yaml -o r.jsonl --resume --summary-file s.json -q');
  const summary = JSON.parse(readFileSync(join(cwd, 's.json'), 'utf8'));
  const [small, large] = summary.models;
  expect([small, large]).toMatchObject([
    { model: 'local/small', tasks: 2, succeeded: 2 },
    { model: 'local/large', tasks: 2, succeeded: 2 },
  ]);
  expect(large.cost_usd).toBeCloseTo(2 * small.cost_usd, 9);
  expect(small.cost_usd + large.cost_usd).toBeCloseTo(summary.cost_usd, 9);
  expect(summary.all_runs_cost_usd).toBeCloseTo(2 * summary.cost_usd, 9);
  expect(summary).toMatchObject({ v: 1, name: 'lengths', manifest: 'm.yaml' });
}, 40_000);
