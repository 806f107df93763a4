/**
 * `npm test`: everything that must pass before a change lands. Two steps run at the same time, and
 * each is printed when it ends. The tests come last.
 * `npm run test:deep`: the long suites. They play 50,000 seeds of the simulation; `--minutes N`
 * plays as many as fit into that time from a random seed, which is printed. Quick tests with
 * `scaled` sizes run again at full size.
 * A quick test that fails is tried once more, and is listed if it passes then
 * (docs/decisions/0049).
 * The last line reads `N passed, N failed`. It counts each test, and each other step once.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

const scratch = mkdtempSync(join(tmpdir(), 'volley-check-'));
const report = join(scratch, 'tests.json');

/** Folders whose tests take minutes. */
const DEEP = ['test/sim', 'test/pacing', 'test/torture', 'test/fuzz', 'test/ci'];

const { values } = parseArgs({
  options: {
    deep: { type: 'boolean', default: false },
    minutes: { type: 'string' },
  },
});
const env = { ...process.env, VOLLEY_TEST_DEEP: values.deep ? '1' : '0' };
const build: Step = { name: 'build', command: ['npm', 'run', '--silent', 'build'] };
const quick = ['--retry=1', ...DEEP.flatMap((folder) => ['--exclude', `${folder}/**`])];
const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${report}`];
const tests = [
  'vitest',
  'run',
  ...(values.deep ? [...DEEP, ...scaledTests()] : quick),
  ...reporters,
];

let passed = 0;
let failed = 0;
if (values.deep) {
  for (const step of [build, simulation(values.minutes)]) {
    process.stdout.write(`\n── ${step.name}\n`);
    count(succeeds(step.command));
  }
} else {
  await Promise.all(quickLanes().map(runLane));
}
process.stdout.write('\n── tests\n');
const testsSucceeded = succeeds(tests);
const counted = countedTests();
passed += counted.passed;
failed += counted.failed;
if (!testsSucceeded && counted.failed === 0) failed += 1;
rmSync(scratch, { recursive: true, force: true });
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** Lists of steps. Those of a list run one after another, next to those of the other list. */
function quickLanes(): ReadonlyArray<readonly Step[]> {
  return [
    [
      { name: 'types', command: ['npm', 'run', '--silent', 'types'] },
      { name: 'lint', command: ['npm', 'run', '--silent', 'lint'] },
      { name: 'format', command: ['npm', 'run', '--silent', 'format:check'] },
    ],
    [
      build,
      { name: 'package', command: ['npm', 'run', '--silent', 'package'] },
      { name: 'dead code', command: ['npm', 'run', '--silent', 'dead'] },
    ],
  ];
}

function count(isPassed: boolean): void {
  if (isPassed) passed += 1;
  else failed += 1;
}

async function runLane(lane: readonly Step[]): Promise<void> {
  for (const { name, command } of lane) {
    const { output, status } = await ended(command);
    process.stdout.write(`\n── ${name}\n`);
    process.stdout.write(output);
    count(status === 0);
  }
}

/** Runs a command. Resolves with what it wrote to both streams, in the order of arrival. */
function ended([program = '', ...args]: readonly string[]): Promise<{
  readonly output: Uint8Array;
  readonly status: number | null;
}> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', fail);
    child.on('close', (status) => done({ output: Buffer.concat(chunks), status }));
  });
}

function simulation(minutes: string | undefined): Step {
  const command = ['npm', 'run', '--silent', 'sim', '--'];
  if (minutes === undefined)
    return { name: 'simulation', command: [...command, '--seeds', '50000'] };
  const from = String(randomInt(1, 2 ** 31));
  return {
    name: `simulation from seed ${from}`,
    command: [...command, '--from', from, '--minutes', minutes],
  };
}

/** Files with tests that run in the deep suite only, or are larger there. */
function scaledTests(): readonly string[] {
  return readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test', name))
    .filter((file) => /\/support\/(?:scale|redis)\.ts'/.test(readFileSync(file, 'utf8')));
}

function succeeds([program = '', ...args]: readonly string[]): boolean {
  return spawnSync(program, args, { env, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

/** Counts the tests in the report. Lists those that passed only on their second try. */
function countedTests(): { readonly passed: number; readonly failed: number } {
  const tests = reportedTests();
  const unsteady = tests.filter(
    ({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0,
  );
  if (unsteady.length > 0) process.stdout.write('\nPassed on the second try only:\n');
  for (const { fullName, failureMessages } of unsteady)
    process.stdout.write(`  ${fullName}\n    ${failureMessages[0]?.split('\n')[0]}\n`);
  const counted = (wanted: string): number =>
    tests.filter(({ status }) => status === wanted).length;
  return { passed: counted('passed'), failed: counted('failed') };
}

interface ReportedTest {
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

function reportedTests(): readonly ReportedTest[] {
  try {
    const written: {
      readonly testResults: ReadonlyArray<{ readonly assertionResults: readonly ReportedTest[] }>;
    } = JSON.parse(readFileSync(report, 'utf8'));
    return written.testResults.flatMap(({ assertionResults }) => assertionResults);
  } catch {
    return [];
  }
}
