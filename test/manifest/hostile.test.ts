import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBounded, parseInWorker } from '../../src/manifest/yaml-time-limit.ts';
import { loadManifest } from '../../src/manifest/load-manifest.ts';
import { complaints, load, manifestOf, memoryFiles } from './support.ts';
import { scaled } from '../support/scale.ts';

const HEAD = 'defaults: {model: mock/echo}\ntasks: [What is 2+2?]\n';

/**
 * Parses with the usual limits except for time, so that a busy machine does not change the
 * findings.
 */
const unhurried: typeof parseInWorker = (text) => parseInWorker(text, { cpuMs: 60_000 });

/** Codes and places of the findings. */
async function codes(text: string): Promise<readonly string[]> {
  const loaded = await load(text);
  return (loaded.ok ? loaded.warnings : loaded.findings).map(
    ({ code, place }) => `${place.line}:${place.column} ${code}`,
  );
}

describe('aliases', () => {
  test('an alias bomb of ten levels is stopped because it has too many values', async () => {
    const levels = Array.from({ length: 10 }, (_, level) =>
      level === 0
        ? 'x-0: &a0 [lol, lol]'
        : `x-${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}]`,
    );
    expect(await complaints(`${levels.join('\n')}\n${HEAD}`)).toBe(
      [
        'volley.yaml:6:26: error YAML_UNSUPPORTED: more than 100000 values, including those that aliases repeat',
        '  5 | x-4: &a4 [*a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3, *a3, ]',
        '  6 | x-5: &a5 [*a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4, ]',
        '    |                          ^',
        '  7 | x-6: &a6 [*a5, *a5, *a5, *a5, *a5, *a5, *a5, *a5, *a5, ]',
        '  hint: put rows in a JSONL or CSV file and point `for_each` to it',
      ].join('\n'),
    );
  });

  test('a value that contains itself is refused', async () => {
    expect(await codes(`x-a: &a {b: *a}\n${HEAD}`)).toEqual(['1:13 YAML_UNSUPPORTED']);
  });

  test('nesting through aliases counts as nesting', async () => {
    const levels = Array.from({ length: 70 }, (_, level) =>
      level === 0 ? 'x-0: &a0 [1]' : `x-${level}: &a${level} [*a${level - 1}]`,
    );
    expect(await codes(`${levels.join('\n')}\n${HEAD}`)).toEqual(['63:13 YAML_UNSUPPORTED']);
  });

  test('more than 10,000 aliases are refused', async () => {
    const text = `x-a: &a 1\nx-b: [${'*a, '.repeat(10_001)}]\n${HEAD}`;
    expect(await codes(text)).toEqual([`2:${7 + 4 * 10_000} YAML_UNSUPPORTED`]);
  });

  test('a hundred tasks may merge the same settings', async () => {
    const text = `x-s: &s {model: mock/echo, max_tokens: 10}\ntasks:\n${Array.from(
      { length: 150 },
      (_, index) => `  - {<<: *s, prompt: What is ${index}?, max_tokens: ${index + 1}}\n`,
    ).join('')}`;
    const { tasks } = await manifestOf(text);
    expect(tasks.map(({ parameters }) => parameters.maxTokens)).toEqual(
      Array.from({ length: 150 }, (_, index) => index + 1),
    );
    expect(new Set(tasks.map(({ model }) => model.model))).toEqual(new Set(['echo']));
  });

  test('redefining an anchor does not change values built from the old one', async () => {
    const text = 'x-1: &v one\nx-2: &l [*v]\nx-3: &v two\nvars: {a: *l, b: *v}\n' + HEAD;
    expect((await manifestOf(text)).vars).toEqual({ a: ['one'], b: 'two' });
  });

  test('own keys win over merged maps, and the first merged map wins over later ones', async () => {
    const text =
      'x-1: &a {k: a, l: a, m: a}\nx-2: &b {l: b, m: b, n: b}\n' +
      `vars:\n  map: {m: own, <<: [*a, *b]}\n${HEAD}`;
    expect((await manifestOf(text)).vars).toEqual({ map: { m: 'own', k: 'a', l: 'a', n: 'b' } });
  });
});

function nested(levels: number): string {
  return `${HEAD}vars: {v: ${'['.repeat(levels)}${']'.repeat(levels)}}`;
}

describe('a manifest that is too large or nested too deeply', () => {
  test('is refused without parsing if it is one byte over 1 MiB', async () => {
    const text = `${HEAD}#${'x'.repeat(1024 * 1024 - HEAD.length - 1)}`;
    expect((await load(text)).ok).toBe(true);
    expect(await complaints(`${text}x`)).toContain(
      'volley.yaml:1:1: error MANIFEST_TOO_LARGE: the manifest is larger than 1 MiB',
    );
  });

  test('is measured in bytes, not characters', async () => {
    expect(await codes(`${HEAD}#${'é'.repeat(600_000)}`)).toEqual(['1:1 MANIFEST_TOO_LARGE']);
  });

  test('has the same finding if the reader refuses the file as too large', async () => {
    const problem = { code: 'FILE_TOO_LARGE' as const, message: 'too large', hint: 'shrink it' };
    const refused = await loadManifest('big.yaml', {
      files: memoryFiles({}),
      readText: async () => ({ ok: false, problem }),
    });
    expect(refused.ok ? [] : refused.findings.map(({ code }) => code)).toEqual([
      'MANIFEST_TOO_LARGE',
    ]);
  });

  test.for([
    ['brackets', '['.repeat(50_000)],
    ['braces', '{a: '.repeat(50_000)],
    ['dashes', '- '.repeat(50_000)],
    ['question marks', '? '.repeat(30_000)],
    ['keys on one line', `tasks:\n  - a: ${'b: '.repeat(10_000)}\n  - c\n`],
    ['keys on one line, in a thread', `tasks:\n  - a: ${'b: '.repeat(30_000)}\n  - c\n`],
  ])('has one finding if it is nested with %s', async ([, text]) => {
    expect(await codes(text ?? '')).toHaveLength(1);
  });

  test('is refused if it has 65 levels or more', async () => {
    expect((await load(nested(62))).ok).toBe(true);
    expect(await codes(nested(63))).toEqual(['3:73 YAML_UNSUPPORTED']);
  });
});

describe('text that YAML packages read in quadratic time', () => {
  const big = scaled(6_000, 12_000);
  test.for([
    ['a map of one key', 'a: 1\n'.repeat(big), 'UNKNOWN_KEY'],
    [
      'a map of many keys',
      Array.from({ length: big }, (_, n) => `k${n}: 1\n`).join(''),
      'UNKNOWN_KEY',
    ],
    [
      'anchors and aliases',
      Array.from(
        { length: scaled(4_000, 9_000) },
        (_, n) => `x-${n}: &a${n} v\nx-b${n}: *a${n}\n`,
      ).join(''),
      'NO_TASKS',
    ],
    ['commas', `[${','.repeat(big)}]`, 'YAML_SYNTAX'],
    ['closing brackets', '}\n'.repeat(big), 'YAML_SYNTAX'],
    ['directives', '%x\n'.repeat(big), 'YAML_SYNTAX'],
  ])('is read in time or abandoned: %s', async ([, text, code]) => {
    const loaded = await load(text ?? '');
    const found = loaded.ok ? [] : loaded.findings.map((finding) => finding.code);
    expect([code, 'MANIFEST_TOO_SLOW']).toContain(found[0]);
    expect(found.length).toBeLessThanOrEqual(50);
  });

  test('has 50 findings, and the rest are counted', async () => {
    const loaded = await load(Array.from({ length: 200 }, (_, n) => `k${n}: 1\n`).join('') + HEAD);
    expect(loaded.ok ? undefined : [loaded.findings.length, loaded.omittedErrors]).toEqual([
      50, 150,
    ]);
  });
});

describe('a part written once and used by every task', () => {
  const tasks = `tasks:\n${'- a\n'.repeat(scaled(2_000, 5_000))}`;
  test.for([
    [
      'parameters',
      `defaults: {model: mock/echo, params: {a: [${'1,'.repeat(scaled(8_000, 20_000))}]}}\n${tasks}`,
      0,
    ],
    [
      'tags',
      `defaults: {model: mock/echo, tags: [${'a,'.repeat(scaled(8_000, 20_000))}]}\n${tasks}`,
      0,
    ],
    [
      'a long duration',
      `defaults: {model: mock/echo, timeout: "${'1'.repeat(500_000)}"}\n${tasks}`,
      1,
    ],
    [
      'unknown variables',
      `defaults: {model: mock/echo, system: "${'{{ x }}'.repeat(scaled(4_000, 9_000))}"}\n${tasks}`,
      50,
    ],
    [
      'a long text under many names',
      `x-a: &a "${'a '.repeat(250_000)}"\n${HEAD}context: [${'*a,'.repeat(9000)}]`,
      1,
    ],
    [
      'tasks without a prompt',
      `defaults: {model: mock/echo}\ntasks:\n${'- {}\n'.repeat(3_000)}`,
      50,
    ],
  ] as const)('is processed only once: %s', async ([, text, findings]) => {
    const loaded = await load(text, { parse: unhurried });
    expect(loaded.ok ? 0 : loaded.findings.length).toBe(findings);
  });
});

/**
 * A script that takes some tenths of a second to read a manifest, or several times longer if many
 * processes share the CPU.
 */
const READS_MUCH = `
  const { parseInWorker } = await import(${JSON.stringify(resolve('src/manifest/yaml-time-limit.ts'))});
  const reading = parseInWorker('tasks:\\n' + '- {prompt: a}\\n'.repeat(4_000));
  await new Promise((resolve) => process.stdout.write('begun\\n', resolve));
  const { ok } = await reading;
  process.stdout.write('read: ' + ok + '\\n');
`;

describe('the thread that parses YAML', () => {
  test('returns the same result as the main thread', async () => {
    const text = `x-a: &a [1, ~, "x\\ny", {__proto__: 1}]\nvars: {b: *a}\n${HEAD}`;
    expect(await parseInWorker(text)).toEqual(await parseBounded(text));
  });

  test('is terminated when its time is up', async () => {
    const text = Array.from({ length: 60_000 }, (_, n) => `k${n}: 1\n`).join('');
    expect(await parseInWorker(text, { cpuMs: 1 })).toEqual({ ok: false });
  });

  test('is limited by CPU time, which a busy machine does not use up', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', READS_MUCH], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (said === '') {
        // The process waits for the whole limit without doing anything.
        child.kill('SIGSTOP');
        setTimeout(() => child.kill('SIGCONT'), 2_000);
      }
      said += text;
    });
    await once(child, 'close');
    expect(said).toBe('begun\nread: true\n');
  });

  test('causes a finding if it gives up', async () => {
    expect(await complaints(HEAD, { parse: async () => ({ ok: false }) })).toContain(
      'volley.yaml:1:1: error MANIFEST_TOO_SLOW: reading the manifest took more than 1.8 s of CPU time or 512 MB',
    );
  });
});

describe('`__proto__` and similar names', () => {
  test.for(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])(
    '`%s` is data as a user-defined key, and does not change a prototype',
    async (key) => {
      const { vars, tasks } = await manifestOf(
        `vars: {${key}: {polluted: 1}}\ndefaults: {model: mock/echo, params: {${key}: {polluted: 1}}}\n` +
          `tasks:\n  - for_each: [{${key}: {polluted: 1}}]\n    matrix: {${key}: [1]}\n    prompt: hi\n`,
      );
      expect(Object.hasOwn(vars, key)).toBe(true);
      expect(Object.getPrototypeOf(vars)).toBe(Object.prototype);
      expect(Object.hasOwn(tasks[0]?.parameters.params ?? {}, key)).toBe(true);
      expect(Object.hasOwn(tasks[0]?.matrix?.[0] ?? {}, key)).toBe(true);
      expect(({} as Record<string, unknown>)['polluted']).toBe(undefined);
    },
  );

  test.for(['__proto__', 'constructor', 'prototype'])(
    '`%s` is an unknown key elsewhere',
    async (key) => {
      expect(await codes(`${key}: {tasks: [a]}\n${HEAD}`)).toEqual(['1:1 UNKNOWN_KEY']);
    },
  );

  test('`--set __proto__=x` is a value', async () => {
    const set = Object.fromEntries([['__proto__', 'x']]);
    const text = HEAD.replace(/tasks: .*/, 'tasks: ["{{ vars.__proto__ }}"]');
    const { vars } = await manifestOf(text, { set });
    expect(Object.entries(vars)).toEqual([['__proto__', 'x']]);
  });
});

describe('core schema of YAML', () => {
  test('keeps the meaning of odd values', async () => {
    const text = `vars: {a: yes, d: 2020-01-01, e: 12:30:45, h: ~, i: on, j: 1_000, l: 1000}\n${HEAD}`;
    expect((await manifestOf(text)).vars).toEqual({
      a: 'yes',
      d: '2020-01-01',
      e: '12:30:45',
      h: null,
      i: 'on',
      j: '1_000',
      l: 1000,
    });
  });

  // A prompt would contain different digits from those in the manifest.
  test.for(['012', '0o14', '1.10', '0x1F', '-0', '1e3'])(
    'refuses `%s` without quotes',
    async (value) => {
      expect(await codes(`vars: {a: ${value}}\n${HEAD}`)).toEqual(['1:11 BAD_VALUE']);
    },
  );

  test.for([
    '.nan',
    '.inf',
    '-.Inf',
    '1e999',
    '9007199254740993',
    '-9007199254740993',
    '0xFFFFFFFFFFFFFFFF',
  ])('refuses `%s`', async (value) => {
    expect(await codes(`vars: {a: ${value}}\n${HEAD}`)).toEqual(['1:11 BAD_VALUE']);
  });

  test.for([
    '!!binary aGk=',
    '!!timestamp 2020-01-01',
    '!!set {a}',
    '!!omap [a: 1]',
    '!x y',
    '!!js/function a',
  ])('refuses the tag of `%s`', async (value) => {
    expect(await codes(`vars:\n  a: ${value}\n${HEAD}`)).toEqual(['2:6 YAML_UNSUPPORTED']);
  });

  test('accepts JSON, Windows line endings and a byte order mark', async () => {
    const json = JSON.stringify({
      $schema: 'x',
      defaults: { model: 'mock/echo' },
      tasks: ['a', 'b'],
    });
    expect((await manifestOf(json)).tasks).toHaveLength(2);
    expect((await manifestOf(`\uFEFF${HEAD.replaceAll('\n', '\r\n')}`)).tasks).toHaveLength(1);
  });
});

const GOOD = `name: review
vars: {audience: engineers, list: [1, 2]}
context: [You review., {file: a.md}]
x-d: &d {max_tokens: 4k}
defaults: {model: mock/echo, timeout: 90s, stop: ["\\n"]}
providers:
  mock: {limits: {rpm: 50, concurrency: {start: 1, max: 2}}, mock: {latency: [1ms, 2s]}}
  local: {type: openai, base_url: "http://127.0.0.1:1/v1", api_key_env: LOCAL_KEY}
run: {max_concurrent: 16}
tasks:
  - What is 2+2?
  - <<: *d
    id: review
    for_each: {glob: "src/**/*.ts"}
    matrix: {lens: [bugs, style], exclude: [{lens: style}], include: [{lens: x, y: 1}]}
    prompt: |
      Review {{ item.path }} for {{ matrix.lens }}, {{ vars.audience | upcase }}.
  - prompt: 'it''s {{ item }}'
    for_each: [a, b]
`;

describe('for any text', () => {
  const tokens = GOOD.match(/\w+|\s+|[^\w\s]/g) ?? [];
  const signs = '·{·}·[·]·: ·- ·\n·\t·"·\'·|·>·&a ·*a·!t ·<<: ·#·%·---\n·null·~·-1·1e999·__proto__';
  const noise = fc.constantFrom(
    ...signs.split('·'),
    '{{ item }}',
    '{% if %}',
    ...'\u0000·\uD800·\u202E·\uFEFF·🙂'.split('·'),
  );
  const edit = fc.record({ at: fc.nat(tokens.length - 1), drop: fc.nat(3), put: noise });

  test('the manifest to be changed is valid', async () => {
    expect((await load(GOOD, { files: { 'a.md': 'Rules.' } })).ok).toBe(true);
  });

  test('loading never throws, and every finding has a place in the text, a frame and a hint', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        const words = [...tokens];
        for (const { at, drop, put } of edits) words.splice(at, drop, put);
        const text = words.join('');
        const loaded = await load(text, { files: { 'a.md': 'Rules.' } });
        const lines = text.split('\n');
        for (const finding of loaded.ok ? loaded.warnings : loaded.findings) {
          const { line, column, file } = finding.place;
          expect(finding.hint ?? '').not.toBe('');
          expect(finding.message).not.toMatch(/[.\n]$/);
          if (file !== 'volley.yaml') continue;
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 2);
        }
        expect(loaded.ok || loaded.findings.some(({ severity }) => severity === 'error')).toBe(
          true,
        );
      }),
      { numRuns: scaled(50, 100) },
    );
  });

  test('loading arbitrary text never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
        await load(text);
      }),
      { numRuns: scaled(50, 100) },
    );
  });

  test('loading JSON of any shape under a known key never throws', async () => {
    const keys = ['vars', 'context', 'defaults', 'providers', 'run', 'tasks', 'output', 'name'];
    const key = fc.constantFrom(...keys);
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, fc.jsonValue()), async (manifest) => {
        await load(JSON.stringify({ tasks: ['a'], ...manifest }));
      }),
      { numRuns: scaled(50, 100) },
    );
  });
});
