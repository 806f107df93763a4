import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, volley } from '../support/cli.ts';

const FIXTURES = resolve('test/fixtures/0.1.0');
const NAMES = readdirSync(FIXTURES)
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => name.slice(0, -'.jsonl'.length));

test('there are results files from 0.1.0 to resume', () => {
  expect(NAMES.length).toBeGreaterThanOrEqual(13);
});

// No server listens at the URLs in these manifests: a task that is sent fails, and its attempt is
// counted.
describe.each(NAMES)('%s.jsonl from 0.1.0', (name) => {
  test('resumes twice without a request', async () => {
    const cwd = folder();
    cpSync(FIXTURES, cwd, { recursive: true });
    const flags = ['-o', `${name}.jsonl`, '--resume', '--summary-file', 'summary.json'];
    for (const _ of [1, 2]) {
      const { code, stderr } = await volley(['run', `${name}.yaml`, ...flags], { cwd });
      expect(code, stderr).toBe(0);
      const summary: unknown = JSON.parse(readFileSync(join(cwd, 'summary.json'), 'utf8'));
      expect(summary).toMatchObject({ attempts: 0, failed: 0, not_started: 0 });
      expect(summary).not.toMatchObject({ kept: 0 });
    }
  });
});
