import { describe, expect, test } from 'vitest';
import { loadManifest } from '../../src/manifest/load-manifest.ts';
import { complaints, load, manifestOf, memoryFiles } from './support.ts';

const FULL = `# yaml-language-server: $schema=../schemas/manifest.schema.json
version: 1
name: auth-review
vars: { audience: engineers }
context:
  - You are a security reviewer for {{ vars.audience }}.
  - file: docs/rules.md
defaults:
  model: anthropic/claude-haiku-5-5
  max_tokens: 800
  timeout: 90s
  max_retries: 3
  system: Be brief.
providers:
  anthropic:
    limits: { rpm: 50, itpm: 30k, otpm: 8k, concurrency: 8 }
    models: { claude-haiku-5-5: { limits: { itpm: 50k } } }
  local:
    type: openai
    base_url: http://127.0.0.1:11434/v1
    base_url_env: LOCAL_LLM_URL
    api_key_env: LOCAL_LLM_KEY
    limits: { concurrency: {start: 2, max: 4}, rps: 0.5 }
  rehearsal:
    type: mock
    mock: {seed: 7, latency: [200ms, 2s], output_tokens: 1k, errors: [{status: 429, rate: 0.05}]}
run: { max_concurrent: 16, fail_fast: true, timeout: 2h }
tasks:
  - What is 2+2?
  - id: review
    description: Looks for {bugs}
    for_each: { glob: "src/**/*.ts" }
    matrix: { lens: [bugs, style], exclude: [{ lens: style }] }
    prompt: |
      Review {{ item.path }} for {{ matrix.lens }}:
      {{ item.text }}
  - id: verdict
    model: local/qwen3/4b
    context: false
    system: {file: prompts/system.md}
    for_each: { file: rows.jsonl, key: name }
    prompt: { file: prompts/verdict.md }
    max_tokens: 4k
    stop: END
    reasoning: none
    temperature: 0.5
    params: {seed: 7}
    tags: [nightly]
    timeout: 1m30s
    max_retries: 0
output: results.jsonl
x-notes: keys that begin with x- are yours and ignored
`;
const FILES = {
  'docs/rules.md': '1. Be fair.\n\n',
  'prompts/system.md': 'Judge.',
  'prompts/verdict.md': 'Judge {{ item.name }}.',
};

describe('a whole manifest', () => {
  test('is built with its defaults applied and its files read', async () => {
    const manifest = await manifestOf(FULL, { files: FILES });
    expect(manifest).toMatchObject({
      file: 'volley.yaml',
      name: 'auth-review',
      vars: { audience: 'engineers' },
      context: 'You are a security reviewer for engineers.\n\n1. Be fair.',
      run: { maxConcurrent: 16, failFast: true, timeoutMs: 7_200_000 },
      output: 'results.jsonl',
    });
    expect(manifest.providers.get('anthropic')).toMatchObject({
      type: undefined,
      limits: { rpm: 50, itpm: 30_000, otpm: 8000, concurrency: { start: 8, max: 8 } },
      models: new Map([['claude-haiku-5-5', { limits: { itpm: 50_000 } }]]),
    });
    expect(manifest.providers.get('local')).toEqual({
      name: 'local',
      place: { file: 'volley.yaml', line: 18, column: 3, endColumn: 8 },
      type: 'openai',
      baseUrl: 'http://127.0.0.1:11434/v1',
      baseUrlEnv: 'LOCAL_LLM_URL',
      apiKeyEnv: 'LOCAL_LLM_KEY',
      api: undefined,
      apiVersion: undefined,
      headers: {},
      headersEnv: {},
      query: {},
      limits: { rps: 0.5, concurrency: { start: 2, max: 4 } },
      models: new Map(),
      mock: undefined,
    });
    expect(manifest.providers.get('rehearsal')?.mock).toEqual({
      seed: 7,
      latencyMs: { min: 200, max: 2000 },
      outputTokens: { min: 1000, max: 1000 },
      errors: [{ status: 429, rate: 0.05 }],
      missingUsage: 0,
      answer: undefined,
    });
  });

  test('returns its tasks in order', async () => {
    const { tasks } = await manifestOf(FULL, { files: FILES });
    const [first, review, verdict] = tasks;
    expect(tasks.map(({ id }) => id)).toEqual(['task-1', 'review', 'verdict']);
    expect(first).toMatchObject({
      place: { file: 'volley.yaml', line: 29, column: 5, endColumn: 17 },
      model: { provider: 'anthropic', model: 'claude-haiku-5-5' },
      prompt: { text: 'What is 2+2?' },
      system: { text: 'Be brief.' },
      useContext: true,
      parameters: { maxTokens: 800 },
      timeoutMs: 90_000,
      maxRetries: 3,
      tags: [],
      forEach: undefined,
      matrix: undefined,
    });
    expect(review?.forEach).toMatchObject({ kind: 'glob', patterns: ['src/**/*.ts'] });
    expect(review?.matrix).toEqual([{ lens: 'bugs' }]);
    expect(verdict).toMatchObject({
      model: { provider: 'local', model: 'qwen3/4b' },
      prompt: { text: 'Judge {{ item.name }}.' },
      system: { text: 'Judge.' },
      useContext: false,
      timeoutMs: 90_000,
      maxRetries: 0,
      tags: ['nightly'],
      forEach: { kind: 'file', file: 'rows.jsonl', format: 'jsonl', key: 'name' },
    });
    expect(verdict?.parameters).toEqual({
      maxTokens: 4000,
      temperature: 0.5,
      stop: ['END'],
      reasoning: 'none',
      params: { seed: 7 },
    });
  });

  test('has no values for omitted keys', async () => {
    const manifest = await manifestOf('defaults: {model: mock/echo}\ntasks: [a]\n');
    expect(manifest).toMatchObject({
      name: undefined,
      context: undefined,
      output: undefined,
      run: { maxConcurrent: 64, failFast: false, timeoutMs: undefined },
    });
    expect(manifest.tasks[0]).toMatchObject({ parameters: {}, timeoutMs: 600_000, maxRetries: 3 });
    expect(manifest.tasks[0]?.parameters).toEqual({});
  });
});

describe('overrides', () => {
  test('replace the settings of the manifest and of each task', async () => {
    const { tasks, run } = await manifestOf(FULL, {
      files: FILES,
      overrides: {
        model: 'mock/echo',
        maxTokens: 5,
        maxRetries: 9,
        maxConcurrent: 2,
        timeoutMs: 1000,
        failFast: false,
      },
    });
    expect(new Set(tasks.map(({ model }) => `${model.provider}/${model.model}`))).toEqual(
      new Set(['mock/echo']),
    );
    for (const task of tasks) {
      expect(task).toMatchObject({ maxRetries: 9, timeoutMs: 1000, parameters: { maxTokens: 5 } });
    }
    expect(run).toMatchObject({ maxConcurrent: 2, failFast: false });
  });

  test('supply a missing model', async () => {
    const overrides = { model: 'mock/echo' };
    expect((await manifestOf('tasks: [a]', { overrides })).tasks[0]?.model).toEqual({
      provider: 'mock',
      model: 'echo',
    });
  });

  test('with a bad model cause one finding, at the flag', async () => {
    expect(await complaints('tasks: [a, b]', { overrides: { model: 'gpt-6.1-sol' } })).toBe(
      '--model: error BAD_VALUE: `gpt-6.1-sol` does not name a provider\n  hint: write `openai/gpt-6.1-sol`',
    );
  });

  test('append their context to the manifest’s own, strings before files', async () => {
    const text = 'defaults: {model: mock/echo}\ncontext: One.\ntasks: [a]';
    const { context } = await manifestOf(text, {
      files: { 'three.md': 'Three {{ vars.x }}.\n' },
      overrides: { contextTexts: ['Two.'], contextFiles: ['three.md'] },
      set: { x: 'words' },
    });
    expect(context).toBe('One.\n\nTwo.\n\nThree words.');
  });

  test('with an unreadable context file cause a finding at the flag', async () => {
    const text = 'defaults: {model: mock/echo}\ntasks: [a]';
    expect(await complaints(text, { overrides: { contextFiles: ['no.md'] } })).toBe(
      '--context-file: error FILE_NOT_FOUND: there is no file `no.md`\n  hint: paths are relative to the manifest',
    );
  });

  test('from `--set` add to `vars` and win over them', async () => {
    const text =
      'defaults: {model: mock/echo}\nvars: {a: 1, b: 2}\ntasks: ["{{ vars.a }} {{ vars.c }}"]';
    expect((await manifestOf(text, { set: { a: 'x', c: 'y' } })).vars).toEqual({
      a: 'x',
      b: 2,
      c: 'y',
    });
  });

  test('do not make templates of literal prompts', async () => {
    const text = JSON.stringify({ tasks: ['{{ nothing }} ${HOME} {% if'], context: '{{ item }}' });
    const overrides = { model: 'mock/echo' };
    const { tasks, context } = await manifestOf(text, { literalPrompts: true, overrides });
    expect(tasks[0]?.prompt.text).toBe('{{ nothing }} ${HOME} {% if');
    expect(context).toBe('{{ item }}');
    expect(await complaints(text, { literalPrompts: true, overrides })).toBe('');
  });
});

describe('the file of a manifest', () => {
  test('is read if no text is given', async () => {
    const files = memoryFiles({ 'a.yaml': 'defaults: {model: mock/echo}\ntasks: [a]' });
    const loaded = await loadManifest('a.yaml', { files, readText: (name) => files.read(name) });
    expect(loaded.ok && loaded.manifest.file).toBe('a.yaml');
  });

  test.for([
    ['no.yaml', 'FILE_NOT_FOUND'],
    ['binary.yaml', 'FILE_UNREADABLE'],
  ])('named %s causes the finding %s', async ([name = '', code]) => {
    const files = memoryFiles({ 'binary.yaml': new Uint8Array([0xff, 0xff]) });
    const loaded = await loadManifest(name, { files, readText: (file) => files.read(file) });
    expect(loaded.ok ? [] : loaded.findings.map((finding) => finding.code)).toEqual([code]);
  });
});

describe('findings', () => {
  test('are returned together, sorted by file and line', async () => {
    const loaded = await load(
      'tasks:\n  - prompt: {file: a/z.md}\n    tmp: 1\n  - {prompt: "{{ x }}", max_tokens: 0}\ndefaults: {model: nope/x}\n',
      { files: { 'a/z.md': '{{ y }}' } },
    );
    const found = loaded.ok ? [] : loaded.findings;
    expect(
      found.map(({ place, code }) => `${place.file}:${place.line}:${place.column} ${code}`),
    ).toEqual([
      'a/z.md:1:4 UNKNOWN_VARIABLE',
      'volley.yaml:3:5 UNKNOWN_KEY',
      'volley.yaml:4:18 UNKNOWN_VARIABLE',
      'volley.yaml:4:37 BAD_VALUE',
      'volley.yaml:5:19 UNKNOWN_PROVIDER',
    ]);
    expect(found.every(({ frame }) => frame !== undefined)).toBe(true);
  });

  test('are not repeated for a mistake in a default that many tasks share', async () => {
    const tasks = Array.from({ length: 100 }, (_, index) => `  - Question ${index}\n`).join('');
    const said = await complaints(
      `defaults: {model: anthropic/x, temperature: 1, system: "{{ x }}"}\ntasks:\n${tasks}`,
    );
    expect(said.match(/^volley\.yaml:\S+ error \w+/gm)).toEqual([
      'volley.yaml:1:32: error PARAMETER_REFUSED',
      'volley.yaml:1:60: error UNKNOWN_VARIABLE',
    ]);
  });

  test('never show a credential, wherever it is', async () => {
    const secrets = [
      'sk-ant-api03-0123456789abcdefghij',
      'hunter2-hunter2',
      'gsk_0123456789abcdefghijABCD',
    ];
    const said = await complaints(
      [
        'providers:',
        `  openai: {api_key: ${secrets[1]}, base_url: "https://x:${secrets[1]}@api.openai.com"}`,
        `  groq: {api_key_env: ${secrets[2]}, type: ${secrets[0]}}`,
        `  ${secrets[0]}: {base_url: "https://a.b/?k=${secrets[2]}"}`,
        `defaults: {model: ${secrets[0]}, timeout: ${secrets[0]}, ${secrets[0]}: 1, reasoning: ${secrets[2]}}`,
        `tasks: [{id: "${secrets[0]} x", prompt: "{{ vars.x }} ${secrets[2]}"}]`,
      ].join('\n'),
    );
    expect(said.match(/error/g)?.length).toBeGreaterThan(8);
    expect(said).not.toContain(secrets[0]);
    expect(said).not.toContain(secrets[2]);
    expect(said).not.toContain(secrets[1]);
  });
});
