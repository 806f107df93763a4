import { gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { sleep, type Clock } from '../ports/clock.ts';
import { ConnectionFailed, errorCode } from '../providers/connection-problem.ts';
import type { Wire } from '../providers/transport.ts';
import type { OtlpTarget } from './otlp-settings.ts';

/** Posts spans and metrics over Volley's own connections: same host rules, no redirects. */
export interface OtlpSender {
  /** Rejects with what to report to the user. Ends within the target's timeout. */
  send(target: OtlpTarget, body: Uint8Array): Promise<void>;
  /** Cancels requests in flight. */
  close(): Promise<void>;
}

const TRIES = 3;
const FIRST_WAIT_MS = 1_000;
const WORTH_A_RETRY: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const compressed = promisify(gzip);

export function createOtlpSender({
  wire,
  clock,
}: {
  readonly wire: Wire<Uint8Array>;
  readonly clock: Clock;
}): OtlpSender {
  const closing = new AbortController();
  return {
    async send(target, body) {
      const abort = new AbortController();
      const cancel = clock.after(target.timeoutMs, () => abort.abort(new Error('no answer')));
      const signal = AbortSignal.any([abort.signal, closing.signal]);
      try {
        const bytes = target.isCompressed ? await compressed(body) : body;
        for (let tries = 1; ; tries += 1) {
          const status = await post(wire, { target, bytes, signal });
          if (status >= 200 && status < 300) return;
          if (tries === TRIES || !WORTH_A_RETRY.has(status)) throw new Error(`status ${status}`);
          await sleep(clock, FIRST_WAIT_MS * 2 ** (tries - 1), signal);
        }
      } catch (error) {
        if (signal.aborted) throw new Error(reasonOf(signal.reason), { cause: error });
        throw new Error(reasonOf(error), { cause: error });
      } finally {
        cancel();
      }
    },
    async close() {
      closing.abort(new Error('no answer in time'));
      await wire.close();
    },
  };
}

async function post(
  wire: Wire<Uint8Array>,
  {
    target,
    bytes,
    signal,
  }: {
    readonly target: OtlpTarget;
    readonly bytes: Uint8Array;
    readonly signal: AbortSignal;
  },
): Promise<number> {
  const reply = await wire.send(target.url.href, {
    method: 'POST',
    headers: {
      ...target.headers,
      'content-type': target.encoding === 'json' ? 'application/json' : 'application/x-protobuf',
      ...(target.isCompressed && { 'content-encoding': 'gzip' }),
      'user-agent': 'volley',
    },
    body: bytes,
    signal,
  });
  let size = 0;
  for await (const chunk of reply.body) {
    size += chunk.byteLength;
    if (size > MOST_ANSWER_BYTES) break;
  }
  if (size > MOST_ANSWER_BYTES) reply.discard();
  return reply.status;
}

/** An answer only says how many spans were rejected. */
const MOST_ANSWER_BYTES = 64 * 1024;

function reasonOf(error: unknown): string {
  if (error instanceof ConnectionFailed) return error.problem.code;
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? errorCode(error) : error.message;
}
