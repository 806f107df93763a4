import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface LoopbackSettings {
  readonly seed: number;
  /** Share of tasks whose first request goes wrong. */
  readonly faultShare: number;
  readonly latencyMs: number;
  readonly answerBytes: number;
}

/** What the server has seen so far. A task is the first number in its prompt. */
export interface Look {
  readonly requests: number;
  /** Good answers: calls that a provider would charge for. */
  readonly paid: number;
  /** Those to a task that had been answered before. */
  readonly paidAgain: number;
  /** The tasks answered since the last look, in order. */
  readonly answeredSince: readonly number[];
}

/** A server in a process of its own. */
export interface Loopback {
  readonly url: string;
  look(): Promise<Look>;
  close(): void;
}

const PROGRAM = fileURLToPath(new URL('server-process.ts', import.meta.url));

export async function startLoopback(settings: LoopbackSettings): Promise<Loopback> {
  const child = fork(PROGRAM, [JSON.stringify(settings)], { execArgv: [] });
  const [url] = await once(child, 'message');
  return {
    url: String(url),
    async look() {
      const answer = once(child, 'message');
      child.send('look');
      const [look] = await answer;
      return look;
    },
    close: () => void child.kill('SIGKILL'),
  };
}
