/**
 * Interrupts the built command in every way that a machine, a shell or a user might, with a server
 * on loopback, and checks what is left: `npm run torture [-- --kills 300] [--seed N]`. With
 * `--batches`, it kills runs with 10,000 rows in batches instead.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../test/support/build.ts';
import { tortureByFullDisk } from '../test/torture/full-disk.ts';
import { tortureByKills } from '../test/torture/kills.ts';
import { tortureByReaders } from '../test/torture/readers.ts';
import { tortureBySignals } from '../test/torture/signals.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    batches: { type: 'boolean', default: false },
  },
});
if (values.batches) {
  const { status } = spawnSync('npx', ['vitest', 'run', 'test/torture/batch-kills.test.ts'], {
    stdio: 'inherit',
    env: { ...process.env, VOLLEY_TEST_KILLS: '40', VOLLEY_TEST_ROWS: '10000' },
  });
  process.exit(status ?? 1);
}
const seed = Number(values.seed);
let violations = 0;
ensureBuilt();

show(
  'kill -9 at random moments',
  await tortureByKills({
    kills: Number(values.kills),
    tasksPerVolley: 2000,
    concurrency: 16,
    seed,
    say: (line) => process.stderr.write(`${line}\n`),
  }),
);
show('INT, TERM and HUP in every phase', await tortureBySignals({ rounds: 90, seed }));
for (const figures of await tortureByFullDisk({ sizesKiB: [16, 64, 65, 200, 300, 500] })) {
  show(`no space left, by ${figures.by}`, figures);
}
show('readers', await tortureByReaders({ heads: 20, slowRecords: 20_000 }));

process.stdout.write(`\n${violations} violations\n`);
process.exitCode = violations === 0 ? 0 : 1;

function show(title: string, figures: { readonly violations: readonly string[] }): void {
  violations += figures.violations.length;
  process.stdout.write(`\n${title}\n`);
  for (const [name, value] of Object.entries(figures)) {
    if (name !== 'violations') process.stdout.write(`  ${name}: ${JSON.stringify(value)}\n`);
  }
  for (const violation of figures.violations) process.stdout.write(`  VIOLATION ${violation}\n`);
}
