import { fork, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CliResult } from './cli.ts';
import type { WarmJob } from './warm-process.ts';

const PROCESS = resolve('test/support/warm-process.ts');
const idle: ChildProcess[] = [];

/** Runs one command line in an idle process, or in a new one if all are busy. */
export async function runWarm(job: WarmJob): Promise<CliResult> {
  const child = idle.pop() ?? fork(PROCESS, { serialization: 'advanced', execArgv: [] });
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

/** Ends the processes: what a command keeps in a module must not reach the next test file. */
export function endWarm(): void {
  for (const child of idle.splice(0)) child.kill();
}
