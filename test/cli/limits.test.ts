import { describe, expect, test } from 'vitest';
import { folder, volley } from '../support/cli.ts';
import { limitsDocument } from '../../src/cli/limits-document.ts';
import { documentText } from '../../src/report/document/document-text.ts';
import { limitsReportIn } from '../support/check-schema.ts';

const MANIFEST = `
providers:
  anthropic:
    limits: { rpm: 50, itpm: 30k, otpm: 8k, concurrency: { start: 4, max: 64 } }
    models: { claude-fable-5-1: { limits: { itpm: 51234 } } }
run: { max_concurrent: 16 }
tasks:
  - { prompt: a, model: anthropic/claude-fable-5-1 }
  - { prompt: b, model: groq/llama-3.1-8b-instant }
  - { prompt: c, model: ollama/qwen3 }
  - { prompt: d, model: anthropic/claude-fable-5-1 }
`;

describe('volley limits', () => {
  test('fits a narrow terminal without breaking any words except URLs', async () => {
    const cwd = folder({ 'volley.yaml': MANIFEST });
    const run = await volley(['limits', 'volley.yaml', '--json'], { cwd });
    const rows = documentText(limitsDocument(limitsReportIn(run.stdout)), { columns: 40 }).split(
      '\n',
    );
    expect(rows.filter((row) => row.length > 40 && !row.includes('https://'))).toEqual([]);
    expect(rows.join(' ').replaceAll(/\s+/g, ' ')).toContain('requests at once across all models');
  });

  test('shows declared and documented limits of each model, without a key', async () => {
    const cwd = folder({ 'volley.yaml': MANIFEST });
    const run = await volley(['limits', 'volley.yaml'], { cwd });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain(`\
anthropic/claude-fable-5-1

limit                     declared  documented
requests per minute             50          1k
input tokens per minute     51,234        500k
output tokens per minute        8k        100k
requests at once              4–64

groq/llama-3.1-8b-instant

limit                documented
requests per minute          30
requests per day          14.4k

ollama/qwen3

unknown: learned from the answers

At most 16 requests at once across all models

Documented by anthropic, as of `);
    expect(run.stdout).toContain('Documented by groq, as of ');
    expect(run.stdout).not.toContain('Documented by openai');
  });

  test('says that limits are not shared if several models of a provider have them', async () => {
    const line = '\nAt most 64 requests at once across all models\n';
    const more = '\nEach declared limit applies to its model separately.\n';
    expect(await limitedShown(['groq/a', 'groq/b'])).toContain(line + more);
    const apart = await limitedShown(['groq/a', 'openai/b', 'mistral/c', 'mistral/d']);
    expect(apart).toContain(line);
    expect(apart).not.toContain(more);
  });

  test('prints the same as JSON', async () => {
    const cwd = folder({ 'volley.yaml': MANIFEST });
    const run = await volley(['limits', 'volley.yaml', '--json'], { cwd });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const report = limitsReportIn(run.stdout);
    expect(report).toMatchObject({ v: 1, manifest: 'volley.yaml', max_concurrent: 16 });
    expect(report.lanes).toEqual([
      {
        lane: 'anthropic/claude-fable-5-1',
        declared: { rpm: 50, itpm: 51_234, otpm: 8_000, concurrency: { start: 4, max: 64 } },
        documented: { tier: 'Start', limits: { rpm: 1_000, itpm: 500_000, otpm: 100_000 } },
        learned: null,
        learned_withheld: null,
      },
      {
        lane: 'groq/llama-3.1-8b-instant',
        declared: null,
        documented: { tier: 'Free', limits: { rpm: 30, rpd: 14_400 } },
        learned: null,
        learned_withheld: null,
      },
      {
        lane: 'ollama/qwen3',
        declared: null,
        documented: null,
        learned: null,
        learned_withheld: null,
      },
    ]);
    expect(report.documented.map(({ provider }) => provider)).toEqual(['anthropic', 'groq']);
  });

  test("shows every provider's documented limits without a manifest", async () => {
    const [text, json] = await Promise.all([volley(['limits']), volley(['limits', '--json'])]);
    expect([text, json]).toMatchObject([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    const report = limitsReportIn(json.stdout);
    expect(report).toMatchObject({ manifest: null, max_concurrent: null, lanes: [] });
    for (const { provider, source } of report.documented) {
      expect(text.stdout).toContain(`Documented by ${provider}, `);
      expect(text.stdout).toContain(`\n${source}\n`);
    }
    expect(text.stdout).toContain(
      'Documented by openai, as of 2026-08-27, from a third-party list, no numbers',
    );
    const lines = documentText(limitsDocument(report), { columns: 80 }).split('\n');
    expect(lines.filter((row) => row.length > 80 && !row.includes('https://'))).toEqual([]);
  });

  test('shows a single model without a manifest, and refuses flags that need one', async () => {
    const [one, wrong, set] = await Promise.all([
      volley(['limits', '-m', 'groq/llama-3.1-8b-instant', '--json']),
      volley(['limits', '-m', 'groqq/llama']),
      volley(['limits', '--set', 'a=b']),
    ]);
    expect(one).toMatchObject({ code: 0, stderr: '' });
    const report = limitsReportIn(one.stdout);
    expect(report.lanes).toMatchObject([
      { lane: 'groq/llama-3.1-8b-instant', documented: { tier: 'Free' }, learned: null },
    ]);
    expect(report.documented.map(({ provider }) => provider)).toEqual(['groq']);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toBe(
      'volley: --model: unknown provider `groqq`\n  hint: did you mean `groq/llama`?\n',
    );
    expect(set).toMatchObject({ code: 2, stdout: '' });
    expect(set.stderr).toContain('`--set` needs a manifest');
  });

  test('explains a mistake in a manifest, and reads one from stdin', async () => {
    const slip = await volley(['limits', '-'], { stdin: 'taks: []' });
    expect(slip).toMatchObject({ code: 2, stdout: '' });
    expect(slip.stderr).toContain('did you mean `tasks`?');
    const good = await volley(['limits', '-'], {
      stdin: '{"tasks":[{"prompt":"a","model":"mock/x"}]}',
    });
    expect(good).toMatchObject({ code: 0, stderr: '' });
    expect(good.stdout).toContain('mock/x\n\nunknown: ');
  });
});

/** What `limits` prints for tasks with these models, if two of the providers declare a limit. */
async function limitedShown(models: readonly string[]): Promise<string> {
  const tasks = models.map((model) => ({ prompt: 'a', model }));
  const providers = { groq: { limits: { rpm: 20 } }, openai: { limits: { rpm: 20 } } };
  const stdin = JSON.stringify({ providers, tasks });
  return (await volley(['limits', '-'], { stdin })).stdout;
}
