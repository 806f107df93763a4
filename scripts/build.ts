/**
 * Builds a new dist/, or another folder: `node scripts/build.ts FOLDER`. The library has one module
 * per source file, with its types. The command, under cli/, is a few files that start fast. Both
 * import packages from `node_modules`, so they use an updated or overridden package.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

const [folder = 'dist'] = process.argv.slice(2);
rmSync(folder, { recursive: true, force: true });
const { status } = spawnSync(
  resolve('node_modules/.bin/tsc'),
  ['-p', 'tsconfig.build.json', '--outDir', folder],
  { stdio: ['ignore', 2, 2] },
);
await bundleCommand(join(folder, 'cli'));
process.exitCode = status ?? 1;

/** Bundles the command: reading our 300 modules one by one would take most of a short run. */
async function bundleCommand(folder: string): Promise<void> {
  const bundle = await rolldown({
    input: {
      bin: 'src/cli/bin.ts',
      worker: 'src/manifest/worker.ts',
      'glob-worker': 'src/ports/glob-worker.ts',
    },
    platform: 'node',
    external: (id) => !id.startsWith('.') && !isAbsolute(id),
  });
  await bundle.write({
    dir: folder,
    format: 'esm',
    minify: { compress: true, mangle: false, codegen: true },
    // Keep all files in one folder, at the same depth as `src/cli`, for paths from
    // `import.meta.url`.
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
  });
  await bundle.close();
  chmodSync(join(folder, 'bin.js'), 0o755);
}
