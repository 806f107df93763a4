import { createRedactor } from '../../src/errors/redact.ts';
import { sleep, type Clock } from '../../src/ports/clock.ts';
import { anthropicDialect } from '../../src/providers/anthropic.ts';
import { createHttpProvider } from '../../src/providers/http-provider.ts';
import { chatDialect } from '../../src/providers/openai-chat.ts';
import type { AttemptOutcome, Provider } from '../../src/providers/provider.ts';
import type { ResolvedProvider } from '../../src/providers/resolve.ts';
import {
  createTransport,
  type Wire,
  type WireReply,
  type WireRequest,
} from '../../src/providers/transport.ts';
import { answer, type Behaviour, type Fault } from './faults.ts';
import type { Dice } from './dice.ts';
import type { Timers } from './timers.ts';
import type { Call, Watch } from './watch.ts';
import { nextFault, type Weather } from './weather.ts';

/**
 * The providers of one life: Volley's own HTTP provider with its deadline, transport and dialects,
 * over a wire whose servers behave as the weather has it. Only the SDKs are left out, which do no
 * more than build requests. Once the machine has stopped, nothing comes back any more.
 */
export function createNetwork(options: {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly dice: Dice;
  readonly weather: ReadonlyMap<string, Weather>;
  readonly watch: Watch;
  readonly isStopped: () => boolean;
  /** Told how many requests went out, or answers came in, so that a crash can be timed by them. */
  readonly onRequest: (count: number) => void;
  readonly onAnswer: (count: number) => void;
}): (endpoint: ResolvedProvider) => Provider {
  const { clock, timers, dice, weather, watch, isStopped } = options;
  const counts = { requests: 0, answers: 0 };

  return (endpoint) => {
    /** Calls that are on their way to the wire, by their prompt. */
    const leaving = new Map<string, Call[]>();
    const inner = httpProvider(endpoint, clock, (request) => serve(leaving, request));
    return {
      name: inner.name,
      host: inner.host,
      close: () => inner.close(),
      async send(request, sendOptions) {
        if (isStopped()) return never();
        const call = watch.sent(request, sendOptions, (lane) => chooseFault(lane));
        options.onRequest(counts.requests++);
        const outcome = await perform(call);
        if (isStopped()) return never();
        watch.delivered(call, outcome);
        options.onAnswer(counts.answers++);
        return isStopped() ? never() : outcome;

        async function perform(of: Call): Promise<AttemptOutcome> {
          const { behaviour } = of;
          if (behaviour.kind === 'lost') return never();
          if (behaviour.kind === 'late') {
            const lateMs = of.timeoutMs + 1_000 + dice.between(1, 5_000);
            await new Promise<void>((resolve) => timers.after(lateMs, resolve));
            return watch.lateAnswer(of);
          }
          const queue = leaving.get(request.prompt) ?? [];
          leaving.set(request.prompt, [...queue, of]);
          return inner.send(request, sendOptions);
        }
      },
    };
  };

  function chooseFault(lane: string): { readonly fault: Fault; readonly dice: Dice } {
    const here = weather.get(lane);
    return { fault: here ? nextFault(here, dice) : answer, dice };
  }

  async function serve(leaving: Map<string, Call[]>, request: WireRequest): Promise<WireReply> {
    const prompt = promptIn(request.body ?? '');
    const [call, ...others] = leaving.get(prompt) ?? [];
    if (!call) throw new Error(`a request that nobody sent: ${prompt}`);
    leaving.set(prompt, others);
    const [low, high] = weather.get(call.lane)?.latencyMs ?? [1, 1];
    await sleep(clock, dice.between(low, high), request.signal);
    return replyTo(call.behaviour, request.signal);
  }

  async function replyTo(behaviour: Behaviour, signal: AbortSignal): Promise<WireReply> {
    switch (behaviour.kind) {
      case 'reply':
        return {
          status: behaviour.status,
          headers: behaviour.headers,
          body: bodyOf(behaviour, signal),
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

  async function* bodyOf(
    { body, delivery }: Extract<Behaviour, { kind: 'reply' }>,
    signal: AbortSignal,
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
}

function httpProvider(
  endpoint: ResolvedProvider,
  clock: Clock,
  serve: (request: WireRequest) => Promise<WireReply>,
): Provider {
  const wire: Wire = { send: (_, request) => serve(request), close: () => Promise.resolve() };
  const transport = createTransport({ wire });
  const post = transport.fetchWith({});
  return createHttpProvider({
    endpoint,
    dialect: endpoint.type === 'anthropic' ? anthropicDialect : chatDialect({ ownHost: false }),
    open:
      async () =>
      async (body, { signal }) =>
        post(endpoint.baseUrl, { method: 'POST', body: JSON.stringify(body), signal }),
    transport,
    clock,
    redact: createRedactor([]),
  });
}

/** Both wires have the prompt as the first message. */
function promptIn(body: string): string {
  const found = /"role":"user","content":"([^"]*)"/u.exec(body)?.[1];
  if (found === undefined) throw new Error(`no prompt in ${body}`);
  return found;
}

function networkError(code: string): Error {
  return Object.assign(new Error(`simulated ${code}`), { code });
}

/** Rejects when the signal aborts; without one it never ends at all. */
function never(signal?: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(networkError('ABORTED')), { once: true });
  });
}
