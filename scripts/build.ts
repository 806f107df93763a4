/**
 * Builds a new dist/, or another folder: `node scripts/build.ts FOLDER`. The library has a module a
 * source file, with its types; the command, under cli/, is a few files that start fast.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rolldown, type OutputChunk } from 'rolldown';

const IN_PACKAGE = /[\\/]node_modules[\\/]/;
const LICENCE_FILES = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'license.md', 'LICENCE'];

const [folder = 'dist'] = process.argv.slice(2);
rmSync(folder, { recursive: true, force: true });
const { status } = spawnSync(
  resolve('node_modules/.bin/tsc'),
  ['-p', 'tsconfig.build.json', '--outDir', folder],
  { stdio: ['ignore', 2, 2] },
);
await bundleCommand(join(folder, 'cli'));
process.exitCode = status ?? 1;

/** Reading some 200 modules of ours and 600 of packages takes longer than all else in a short run. */
async function bundleCommand(folder: string): Promise<void> {
  const bundle = await rolldown({
    input: {
      bin: 'src/cli/bin.ts',
      worker: 'src/manifest/worker.ts',
      'glob-worker': 'src/ports/glob-worker.ts',
    },
    platform: 'node',
    // Two megabytes that only plans read.
    external: /^gpt-tokenizer\//,
    // Bottleneck hides its Redis clients from bundlers with `eval`; they are never asked for.
    onLog: (level, log, report) => {
      if (log.code !== 'EVAL' || !log.id?.includes('bottleneck')) report(level, log);
    },
  });
  const { output } = await bundle.write({
    dir: folder,
    format: 'esm',
    minify: { compress: true, mangle: false, codegen: true },
    // All of ours in one folder: `import.meta.url` must lead as far up as it does in `src/cli`.
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    codeSplitting: { groups: [{ debugName: 'packages', test: IN_PACKAGE, name: packageChunk }] },
  });
  await bundle.close();
  chmodSync(join(folder, 'bin.js'), 0o755);
  const chunks = output.filter((file) => file.type === 'chunk');
  writeFileSync(join(folder, 'LICENSES.txt'), licencesOf(chunks));
}

/** A file for each package, so that what a command loads can be seen. */
function packageChunk(id: string): string {
  return `packages/${packageOf(id)}`;
}

function packageOf(id: string): string {
  const [, name = ''] = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(id) ?? [];
  return name.replace('\\', '/');
}

/** The licences of what was bundled ask to be passed on with it. */
function licencesOf(chunks: readonly OutputChunk[]): string {
  const ids = chunks.flatMap(({ moduleIds }) => moduleIds).filter((id) => IN_PACKAGE.test(id));
  const folders = new Map(ids.map((id) => [packageOf(id), folderOf(id)]));
  return [...folders]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, folder]) => `${name}\n\n${licenceIn(folder)}`)
    .join(`\n${'-'.repeat(78)}\n`);
}

function folderOf(id: string): string {
  const name = packageOf(id);
  return id.slice(
    0,
    id.lastIndexOf(join('node_modules', name)) + join('node_modules', name).length,
  );
}

/** The text, else what the package says of itself. */
function licenceIn(folder: string): string {
  const file = LICENCE_FILES.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (file !== undefined) return readFileSync(file, 'utf8').trim();
  const { license, author }: { readonly license?: string; readonly author?: unknown } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  if (license === undefined) throw new Error(`no licence in ${folder}`);
  return `${license}, by ${typeof author === 'string' ? author : 'its authors'}`;
}
