import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface LoopbackSettings {
  readonly seed: number;
  /** The share of tasks whose first request fails. */
  readonly faultShare: number;
  readonly latencyMs: number;
  readonly answerBytes: number;
}

/** What the server has seen so far. The first number in a prompt identifies the task. */
export interface Look {
  readonly requests: number;
  /** The number of good answers, for which a provider would charge. */
  readonly paid: number;
  /** How many of these were for a task that had already been answered. */
  readonly paidAgain: number;
  /** The tasks answered since the last call, in order. */
  readonly answeredSince: readonly number[];
}

/** A server in its own process. */
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
