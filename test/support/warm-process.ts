/**
 * Runs one command line after another in a process that has the built command loaded, because
 * starting a process mostly takes time for loading. `cli.ts` starts this one, and decides which
 * commands need their own.
 */
import { Readable, Writable } from 'node:stream';
import './preload-no-network.mjs';
import './preload-resolver.mjs';
import { pathToFileURL } from 'node:url';
import type { CliResult } from './cli.ts';

export interface WarmJob {
  readonly bin: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
}

const end = process.exit.bind(process);
process.on('disconnect', () => end());

let count = 0;
process.on('message', (job: WarmJob) => {
  void perform(job).then((result) => process.send?.(result));
});

async function perform({ bin, args, cwd, env, stdin }: WarmJob): Promise<CliResult> {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv = [process.execPath, bin, ...args];
  process.exitCode = undefined;
  const stdout = captured('stdout');
  const stderr = captured('stderr');
  replace('stdin', Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]));
  const exited = Promise.withResolvers<void>();
  replace('exit', (code?: number) => {
    process.exitCode = code ?? process.exitCode;
    exited.resolve();
  });
  count += 1;
  // The file's only statement starts the command, as a shell would. A module runs once per address.
  const ended = import(`${pathToFileURL(bin).href}?${count}`);
  await Promise.race([ended, exited.promise]);
  for (const name of ['exit', 'uncaughtException']) process.removeAllListeners(name);
  return { code: exitCode(), signal: null, stdout: stdout(), stderr: stderr() };
}

function exitCode(): number {
  return Number(process.exitCode ?? 0);
}

function captured(name: 'stdout' | 'stderr'): () => string {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  replace(name, stream);
  return () => Buffer.concat(chunks).toString('utf8');
}

function replace(name: 'stdin' | 'stdout' | 'stderr' | 'exit', value: unknown): void {
  Object.defineProperty(process, name, { value, configurable: true });
}
