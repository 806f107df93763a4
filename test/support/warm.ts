import { fork, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CliResult } from './cli.ts';
import type { WarmJob } from './warm-process.ts';

const PROCESS = resolve('test/support/warm-process.ts');
/** How many processes the next test file gets. Few tests run more commands at the same time. */
const MOST_KEPT = 2;
const idle: ChildProcess[] = [];
/** Processes whose commands counted annotations in a module, as they do for a step of a job. */
const counting = new WeakSet<ChildProcess>();

/** Runs one command line in an idle process, or in a new one if all are busy. */
export async function runWarm(job: WarmJob): Promise<CliResult> {
  const child = idle.pop() ?? started();
  if (job.env['GITHUB_ACTIONS'] !== undefined) counting.add(child);
  let result: CliResult | undefined;
  onTestFinished(() => {
    if (!result) child.kill('SIGKILL');
  });
  result = await new Promise<CliResult>((done, fail) => {
    const onExit = (code: number | null): void => {
      fail(new Error(`the process that runs \`volley ${job.args.join(' ')}\` ended with ${code}`));
    };
    child.once('exit', onExit);
    child.once('message', (message: CliResult) => {
      child.off('exit', onExit);
      done(message);
    });
    child.send(job);
  });
  idle.push(child);
  return result;
}

function started(): ChildProcess {
  const child = fork(PROCESS, { serialization: 'advanced', execArgv: [] });
  // It ends with the process of the tests, and does not keep it from ending.
  child.unref();
  child.channel?.unref();
  return child;
}

/** Ends the processes that the next test file must not get. */
export function endWarm(): void {
  const kept = idle.filter((child) => !counting.has(child)).slice(0, MOST_KEPT);
  for (const child of idle) if (!kept.includes(child)) child.kill();
  idle.splice(0, idle.length, ...kept);
}
