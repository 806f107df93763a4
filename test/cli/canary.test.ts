import { afterAll, describe, expect, test } from 'vitest';
import { CANARIES, leaksIn, type Leak } from '../support/canary.ts';
import { ended, folder, shell, startVolley } from '../support/cli.ts';

const TOKEN = CANARIES['CANARY_DEPLOY_TOKEN'] ?? '';

/** Filled after each test has ended, because the search covers everything that a command left. */
const planted = {
  stdout: [] as Leak[],
  stderr: [] as Leak[],
  encoded: [] as Leak[],
  file: [] as Leak[],
  harmless: [] as Leak[],
};

describe("the search for leaks in the suite's output finds a planted one", () => {
  test('on stdout', async () => {
    await shell('echo "token: $CANARY_DEPLOY_TOKEN"', { leaks: planted.stdout });
  });

  test('on stderr', async () => {
    await shell('echo "$CANARY_HOME_PAGE" >&2', { leaks: planted.stderr });
  });

  test('in uppercase and in base64', async () => {
    const line = 'echo "${CANARY_DEPLOY_TOKEN^^}"; echo -n "ab$CANARY_HOME_PAGE" | base64 -w0';
    await shell(line, { leaks: planted.encoded });
  });

  test('in a results file', async () => {
    const cwd = folder({}, { leaks: planted.file });
    const line = 'mkdir deep; echo "{\\"output\\":\\"$CANARY_DEPLOY_TOKEN\\"}" > deep/out.jsonl';
    await shell(line, { cwd });
  });

  test('but finds none in the output of a command that only has secrets in its environment', async () => {
    const child = startVolley(['run', 'nothing.yaml'], { leaks: planted.harmless });
    expect((await ended(child)).code).toBe(2);
  });

  afterAll(() => {
    const found = Object.entries(planted).map(([where, leaks]) => [
      where,
      leaks.flatMap(({ secrets }) => secrets),
    ]);
    expect(Object.fromEntries(found)).toEqual({
      stdout: [TOKEN],
      stderr: ['canary-pass-4Hd9sYb6', 'canary-plain-1Jf7mGc3'],
      encoded: expect.arrayContaining([TOKEN, 'canary-pass-4Hd9sYb6']),
      file: [TOKEN],
      harmless: [],
    });
  });
});

test('text without a secret has no leak', () => {
  expect(leaksIn('canary-tok-, test-key and canary.example')).toEqual([]);
});
