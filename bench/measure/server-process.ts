import { fork } from 'node:child_process';
import { resolve } from 'node:path';
import type { ServerPlan, ServerReport } from '../server/server-plan.ts';

export interface ServerProcess {
  readonly origin: string;
  /** Resolves when the window has ended; never if no request arrives. */
  readonly report: Promise<ServerReport>;
  stop(): void;
}

const SERVE = resolve(import.meta.dirname, '../server/serve-process.ts');

export async function startServer(plan: ServerPlan): Promise<ServerProcess> {
  const child = fork(SERVE, [JSON.stringify(plan)], { stdio: 'inherit' });
  let told: ((report: ServerReport) => void) | undefined;
  const report = new Promise<ServerReport>((done) => {
    told = done;
  });
  const port = await new Promise<number>((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`the server ended with ${code}`)));
    child.on('message', (message: { port?: number; report?: ServerReport }) => {
      if (message.port !== undefined) done(message.port);
      if (message.report !== undefined) told?.(message.report);
    });
  });
  return { origin: `http://127.0.0.1:${port}`, report, stop: () => child.kill('SIGKILL') };
}
