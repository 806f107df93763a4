import { createRedactor } from '../../src/errors/redact.ts';
import { sleep, type Clock } from '../../src/ports/clock.ts';
import { anthropicDialect } from '../../src/providers/anthropic.ts';
import { createHttpProvider } from '../../src/providers/http-provider.ts';
import { chatDialect } from '../../src/providers/openai-chat.ts';
import type { AttemptOutcome, Provider } from '../../src/providers/provider.ts';
import type { ResolvedProvider } from '../../src/providers/resolve-providers.ts';
import {
  createTransport,
  type Wire,
  type WireReply,
  type WireRequest,
} from '../../src/providers/transport.ts';
import { answer, type Behaviour } from './faults.ts';
import type { Dice } from './dice.ts';
import type { HiddenLimiter, Meeting } from './hidden-limits.ts';
import type { Timers } from './timers.ts';
import type { Call, Watch } from './watch.ts';
import { nextFault, type Weather } from './weather.ts';

/**
 * The providers of one life: Volley's own HTTP provider with its deadline, transport and dialects,
 * over a wire whose servers behave as the weather has it. Only the SDKs are left out, which do no
 * more than build requests. Once the machine has stopped, nothing more comes back.
 */
export function createNetwork(options: {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly dice: Dice;
  readonly weather: ReadonlyMap<string, Weather>;
  /** The limiters of the lanes whose servers enforce limits of their own. */
  readonly hidden: ReadonlyMap<string, HiddenLimiter>;
  readonly watch: Watch;
  readonly isStopped: () => boolean;
  /** Called with the number of requests sent or answers received, so that a crash can be timed by them. */
  readonly onRequest: (count: number) => void;
  readonly onAnswer: (count: number) => void;
}): (endpoint: ResolvedProvider) => Provider {
  const { clock, timers, dice, weather, hidden, watch, isStopped } = options;
  const counts = { requests: 0, answers: 0 };

  return (endpoint) => {
    /** Calls that are about to be sent, by their prompt. */
    const leaving = new Map<string, Leaving[]>();
    const inner = httpProvider(endpoint, clock, (request) => serve(leaving, request));
    return {
      name: inner.name,
      host: inner.host,
      close: () => inner.close(),
      async send(request, sendOptions) {
        if (isStopped()) return never();
        let met: Meeting | undefined;
        const call = watch.sent(request, sendOptions, {
          dice,
          choose(lane, weights) {
            const here = weather.get(lane);
            const fault = here ? nextFault(here, dice) : answer;
            met = hidden.get(lane)?.meet(fault, weights);
            return met?.fault ?? fault;
          },
        });
        sendOptions.signal.addEventListener('abort', () => met?.leave(), { once: true });
        options.onRequest(counts.requests++);
        const outcome = await perform(call);
        met?.leave();
        if (isStopped()) return never();
        watch.delivered(call, outcome);
        options.onAnswer(counts.answers++);
        return isStopped() ? never() : outcome;

        async function perform(of: Call): Promise<AttemptOutcome> {
          const { behaviour } = of;
          if (behaviour.kind === 'lost' || behaviour.kind === 'late') of.isOnWire = true;
          if (behaviour.kind === 'lost') return never();
          if (behaviour.kind === 'late') {
            const lateMs = of.timeoutMs + 1_000 + dice.between(1, 5_000);
            await new Promise<void>((resolve) => timers.after(lateMs, resolve));
            return watch.lateAnswer(of);
          }
          const queue = leaving.get(request.prompt) ?? [];
          leaving.set(request.prompt, [...queue, { call: of, latencyMs: met?.latencyMs ?? 0 }]);
          return inner.send(request, sendOptions);
        }
      },
    };
  };

  async function serve(leaving: Map<string, Leaving[]>, request: WireRequest): Promise<WireReply> {
    const prompt = promptIn(request.body ?? '');
    const [next, ...others] = leaving.get(prompt) ?? [];
    if (!next) throw new Error(`a request that nobody sent: ${prompt}`);
    leaving.set(prompt, others);
    const { call, latencyMs } = next;
    const [low, high] = weather.get(call.lane)?.latencyMs ?? [1, 1];
    call.isOnWire = true;
    request.onSent?.();
    await sleep(clock, latencyMs + dice.between(low, high), request.signal);
    return replyTo(call.behaviour, request.signal);
  }

  async function replyTo(behaviour: Behaviour, signal: AbortSignal): Promise<WireReply> {
    switch (behaviour.kind) {
      case 'reply':
        return {
          status: behaviour.status,
          headers: behaviour.headers,
          body: bodyOf(behaviour, { clock, signal }),
          discard: () => undefined,
        };
      case 'broken':
        throw networkError(behaviour.code);
      case 'silent':
      case 'lost':
      case 'late':
        return never(signal);
    }
  }
}

/** Yields the body in one piece, or as the behavior says. */
async function* bodyOf(
  { body, delivery }: Extract<Behaviour, { kind: 'reply' }>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(body);
  if (delivery === undefined || delivery === 'whole') return yield bytes;
  yield bytes.subarray(0, bytes.length >> 1);
  if (delivery === 'cut') throw networkError('UND_ERR_SOCKET');
  if (delivery === 'stalled') await never(signal);
  for (;;) {
    await sleep(clock, 1_000, signal);
    yield Buffer.from(' ');
  }
}

/** A call that is about to be sent, and how much longer than its weather says the server takes. */
interface Leaving {
  readonly call: Call;
  readonly latencyMs: number;
}

function httpProvider(
  endpoint: ResolvedProvider,
  clock: Clock,
  serve: (request: WireRequest) => Promise<WireReply>,
): Provider {
  const wire: Wire = { send: (_, request) => serve(request), close: () => Promise.resolve() };
  const transport = createTransport({ wire, clock });
  const post = transport.fetchWith({});
  return createHttpProvider({
    endpoint,
    dialect: endpoint.type === 'anthropic' ? anthropicDialect : chatDialect,
    open:
      async () =>
      async (body, { signal, transfer }) =>
        post(endpoint.baseUrl, { method: 'POST', body: JSON.stringify(body), signal, transfer }),
    transport,
    clock,
    redact: createRedactor([]),
  });
}

/** The prompt; in both wire formats it is the first message. */
function promptIn(body: string): string {
  const found = /"role":"user","content":"([^"]*)"/u.exec(body)?.[1];
  if (found === undefined) throw new Error(`no prompt in ${body}`);
  return found;
}

function networkError(code: string): Error {
  return Object.assign(new Error(`simulated ${code}`), { code });
}

/** Rejects when the signal aborts; without a signal, it never settles. */
function never(signal?: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(networkError('ABORTED')), { once: true });
  });
}
