/**
 * Plants bugs in copies of the source, one at a time, and checks that the simulation finds each:
 * `npm run sim:mutants`. `--only TEXT` selects bugs by name or file, `--seeds N` limits the search.
 * A simulator that finds none of them would prove nothing.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { mutants, type Mutant } from '../test/sim/mutants.ts';

interface Finding {
  readonly mutant: Mutant;
  /** Undefined if the bug was not found. */
  readonly found: { readonly seeds: number; readonly oracle: string } | undefined;
}

const ROOT = resolve(import.meta.dirname, '..');
const COPIED = [
  'src',
  'test/sim',
  'test/batch',
  'test/support',
  'test/manifest',
  'test/pacing',
  'scripts/sim.ts',
  'package.json',
];

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, seeds: { type: 'string', default: '5000' } },
});

const waiting = mutants.filter(({ name, file }) => `${name} ${file}`.includes(values.only));
const findings: Finding[] = [];
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, () => work()));

findings.sort((one, other) => mutants.indexOf(one.mutant) - mutants.indexOf(other.mutant));
print('| planted bug | in | seeds until found | by the oracle |\n| --- | --- | ---: | --- |');
for (const { mutant, found } of findings) {
  print(
    `| ${mutant.name} | \`${mutant.file}\` | ${found?.seeds ?? 'not found'} | ${found?.oracle ?? ''} |`,
  );
}
const missed = findings.filter(({ found }) => !found);
print(`\n${findings.length - missed.length} of ${findings.length} planted bugs found`);
process.exitCode = missed.length === 0 ? 0 : 1;

/** Tries one mutant after the other, in its own copy of the source. */
async function work(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'volley-mutants-'));
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
      findings.push({ mutant, found: await search(mutant, folder) });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function search(mutant: Mutant, folder: string): Promise<Finding['found']> {
  const file = join(folder, 'src', mutant.file);
  const source = readFileSync(file, 'utf8');
  if (source.split(mutant.find).length !== 2) {
    throw new Error(
      `\`${mutant.name}\` fits ${mutant.file} no more: bring test/sim/mutants.ts up to date`,
    );
  }
  writeFileSync(
    file,
    source.replace(mutant.find, () => mutant.replace),
  );
  try {
    const output = await simulated(folder);
    const found = /^seed (\d+) failed.*\n {2}([^:]+):/mu.exec(output);
    if (found) return { seeds: Number(found[1]), oracle: found[2] ?? '' };
    // If the simulation does not even finish, the bug shows immediately.
    return /seeds in/u.test(output) ? undefined : { seeds: 1, oracle: 'does not run' };
  } finally {
    writeFileSync(file, source);
  }
}

function simulated(folder: string): Promise<string> {
  const args = ['scripts/sim.ts', '--threads', '1', '--failures', '1', '--seeds', values.seeds];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  return new Promise((done) => {
    child.once('close', () => done(output));
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
