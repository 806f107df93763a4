import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Ordered from left to right: a folder may import only itself and those before it. */
const LAYERS = [
  ['ports', 'errors'],
  ['manifest', 'generated'],
  ['plan'],
  ['prefix'],
  ['providers'],
  ['money'],
  ['pace'],
  ['outcome'],
  ['schedule'],
  ['batch'],
  ['share'],
  ['results'],
  ['journal'],
  ['compare'],
  ['export'],
  ['response-cache'],
  ['report'],
  ['telemetry'],
  ['run'],
  ['forecast'],
  ['against'],
  ['cli'],
];

/** The one module that may import each third-party package. */
const DOORS: Readonly<Record<string, string>> = {
  ajv: 'manifest/json-schema.ts',
  yaml: 'manifest/yaml-package.ts',
  liquidjs: 'manifest/liquid-package.ts',
  'csv-parse': 'plan/rows-csv.ts',
  hyparquet: 'plan/rows-parquet.ts',
  'hyparquet-writer': 'export/parquet-file.ts',
  tinyglobby: 'ports/match-files.ts',
  undici: 'providers/undici-wire.ts',
  '@anthropic-ai/sdk': 'providers/anthropic-sdk.ts',
  openai: 'providers/openai-sdk.ts',
  'gpt-tokenizer': 'money/tokenizer.ts',
  listr2: 'report/listr-adapter.ts',
  cac: 'cli/arguments.ts',
  '@bomb.sh/tab': 'cli/commands/completion.ts',
  bottleneck: 'schedule/bottleneck-adapter.ts',
  '@aws-sdk/credential-provider-node': 'providers/aws-signer.ts',
  '@smithy/signature-v4': 'providers/aws-signer.ts',
  'google-auth-library': 'providers/google-signer.ts',
  '@azure/identity': 'providers/azure-signer.ts',
  '@opentelemetry/api': 'telemetry/open-telemetry.ts',
  '@opentelemetry/sdk-trace': 'telemetry/open-telemetry.ts',
  '@opentelemetry/sdk-metrics': 'telemetry/open-telemetry.ts',
  '@opentelemetry/resources': 'telemetry/open-telemetry.ts',
  '@opentelemetry/otlp-transformer': 'telemetry/open-telemetry.ts',
  ioredis: 'share/redis.ts',
};

/** The module that tells other Volley processes which process holds a lock. */
const LOCK_HOLDER = 'src/ports/system-lock.ts';

interface Import {
  readonly from: string;
  readonly to: string;
}

const imports = sourceFiles('src').flatMap(importsOf);

describe('the source', () => {
  it('imports only its own layer or those to its left', () => {
    const upward = imports.filter(({ from, to }) => {
      const own = layerOf(from);
      const other = layerOf(to);
      return own !== undefined && other !== undefined && other > own;
    });
    expect(upward).toEqual([]);
  });

  it('has no import cycles in prefix, pace, outcome and schedule, including types', () => {
    const own = imports.filter(({ from }) => /^src\/(?:pace|prefix|outcome|schedule)\//.test(from));
    const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
      own.some((each) => {
        if (each.from !== from || seen.has(each.to)) return false;
        seen.add(each.to);
        return each.to === to || reaches(each.to, to, seen);
      });
    const files = [...new Set(own.map(({ from }) => from))];
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((file) => reaches(file, file))).toEqual([]);
  });

  it('imports each third-party package in only one module', () => {
    const packages = imports.filter(({ to }) => !to.startsWith('src/') && !to.startsWith('node:'));
    const doors = new Set(packages.map(({ from, to }) => `${to} ← ${from.slice('src/'.length)}`));
    expect([...doors].sort()).toEqual(
      Object.entries(DOORS)
        .map(([name, door]) => `${name} ← ${door}`)
        .sort(),
    );
  });

  it('writes to stdout and stderr in only one place, which makes all text safe', () => {
    const writers = sourceFiles('src').filter((file) =>
      /\bprocess\.std(?:out|err)\.write\b|\bconsole\.\w+\(|\b(?:writeSync|writeFileSync)\((?:1|2)\b/.test(
        code(file),
      ),
    );
    // If Node is too old to load anything else, only a fixed message is written.
    expect(writers).toEqual(['src/cli/bin.ts']);
  });

  it('has one way to write JSON for people, logs and files', () => {
    const writers = sourceFiles('src').filter((file) =>
      /(?:write|print)\w*\([^;]*JSON\.stringify/.test(code(file)),
    );
    expect(writers).toEqual([LOCK_HOLDER]);
  });

  it('keeps the real clock, randomness, environment and files in the ports and the outermost layers', () => {
    const offenders = sourceFiles('src')
      .filter((file) => {
        const layer = layerOf(file);
        const edge = LAYERS.findIndex((names) => names.includes('run'));
        return layer !== undefined && layer < edge && !file.includes('/system-');
      })
      .filter((file) =>
        /\b(Date\.now|Math\.random|process\.env|setTimeout|node:fs)\b/.test(code(file)),
      );
    expect(offenders).toEqual([]);
  });
});

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function importsOf(file: string): Import[] {
  const found = readFileSync(file, 'utf8').matchAll(
    /(?:^(?:import|export)\b[^'"]*?from\s*|^import\s*|\bimport\()['"]([^'"]+)['"]/gm,
  );
  return [...found].map(([, specifier = '']) => ({ from: file, to: target(file, specifier) }));
}

function target(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return join(file, '..', specifier);
  if (specifier.startsWith('node:')) return specifier;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}

function layerOf(file: string): number | undefined {
  const folder = /^src\/([^/]+)\//.exec(file)?.[1];
  return folder === undefined ? undefined : layerIndex(folder);
}

function layerIndex(folder: string): number | undefined {
  const index = LAYERS.findIndex((layer) => layer.includes(folder));
  return index === -1 ? undefined : index;
}

function code(file: string): string {
  return readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
