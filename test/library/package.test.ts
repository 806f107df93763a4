import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ensureBuilt } from '../support/build.ts';
import { folder, recordsIn } from '../support/cli.ts';
import { isDeep } from '../support/scale.ts';

function runIn(cwd: string, program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir() },
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${status}\n${stdout}${stderr}`);
  return stdout;
}

describe('the package', () => {
  test('contains the build and the schemas, and nothing else', () => {
    ensureBuilt();
    const [packed]: [{ files: readonly { path: string }[] }] = JSON.parse(
      runIn(process.cwd(), 'npm', ['pack', '--dry-run', '--json', '--ignore-scripts']),
    );
    const paths = packed.files.map(({ path }) => path);
    const roots = [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'assets',
      'dist',
      'package.json',
      'schemas',
    ];
    expect(new Set(paths.map((path) => path.split('/')[0]))).toEqual(new Set(roots));
    expect(paths.filter((path) => path.startsWith('schemas/'))).toEqual(
      readdirSync('schemas').map((name) => `schemas/${name}`),
    );
    for (const path of ['dist/cli/bin.js', 'dist/index.js', 'dist/index.d.ts']) {
      expect(paths).toContain(path);
    }
    expect(paths.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))).toEqual([]);
  });

  // `npm install` takes a while; the package step of the check finds most mistakes.
  test.skipIf(!isDeep)('works after installation: command, library and schemas', () => {
    ensureBuilt();
    const cwd = folder({ 'package.json': '{ "private": true }' });
    const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', cwd];
    const archive = runIn(process.cwd(), 'npm', pack).trim();
    linkDependencies(join(cwd, 'node_modules'));
    runIn(cwd, 'npm', ['install', '--offline', '--ignore-scripts', `./${archive}`]);

    runIn(cwd, 'npx', ['--no', 'volley', 'init']);
    const records = runIn(cwd, 'npx', ['--no', 'volley', 'run', 'volley.yaml']);
    expect(recordsIn(records)).toHaveLength(8);

    const program = `
      import { loadManifest, run } from 'volley';
      import schema from 'volley/schemas/manifest.schema.json' with { type: 'json' };
      import { readFileSync } from 'node:fs';
      let succeeded = 0;
      for await (const event of run(await loadManifest('volley.yaml'))) {
        if (event.type === 'run_finished') ({ succeeded } = event.summary);
      }
      const types = readFileSync(new URL('index.d.ts', import.meta.resolve('volley')), 'utf8');
      console.log(JSON.stringify([succeeded, schema.$schema, types.includes('loadManifest')]));
    `;
    const said = runIn(cwd, process.execPath, ['--input-type=module', '-e', program]);
    expect(JSON.parse(said)).toEqual([8, 'https://json-schema.org/draft/2020-12/schema', true]);
  });
});

/**
 * Links the packages that `npm install` would fetch, from this checkout. Leaves out development
 * packages.
 */
function linkDependencies(target: string): void {
  const lock: { packages: Record<string, { dev?: boolean }> } = JSON.parse(
    readFileSync('package-lock.json', 'utf8'),
  );
  for (const [path, { dev }] of Object.entries(lock.packages)) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1];
    if (name === undefined || dev === true) continue;
    if (name.includes('/')) mkdirSync(join(target, name, '..'), { recursive: true });
    symlinkSync(resolve(path), join(target, name));
  }
}
