import type { Limits } from '../../src/manifest/manifest.ts';
import { seededRandom, type Random } from '../../src/ports/random.ts';
import type { AttemptFailure, Usage } from '../../src/providers/provider.ts';
import { announcedLimits } from '../../src/providers/rate-limit-headers.ts';
import { estimateOutputTokens } from '../../src/pace/estimate-output-tokens.ts';
import { learnedStart, type Learned } from '../../src/outcome/learned-limits.ts';
import { createPace, type Answered, type Pace } from '../../src/pace/pace.ts';
import { slotsNow } from '../../src/pace/probe.ts';
import type { PaceState } from '../../src/pace/pace-state.ts';
import {
  createServer,
  EPOCH_MS,
  type OpenServer,
  type ServerOptions,
  type VirtualServer,
  type Weights,
} from './virtual-server.ts';
import { NO_USAGE } from '../../src/providers/usage-fields.ts';

export interface DriveOptions {
  readonly server: ServerOptions | OpenServer;
  readonly seed: number;
  readonly durationMs: number;
  readonly limits?: Limits;
  /** What an earlier run has learned for each lane. */
  readonly learned?: Learned | undefined;
  /** The number of lanes that share the server's limits, all equally greedy. */
  readonly lanes?: number;
  readonly maxConcurrent?: number;
  /** The tokens that the next request uses, and the input tokens that its sender expects. */
  readonly drawWeights?: (random: Random) => Weights & { readonly estimatedInput: number };
  readonly maxTokens?: number;
  /** The shortest time of one way over the network. */
  readonly hopMs?: number;
  /** How much longer one way may take. */
  readonly jitterMs?: number;
  /** Called after each decision to send. */
  readonly onSend?: (state: PaceState, nowMs: number, server: VirtualServer) => void;
}

export interface Driven {
  readonly server: VirtualServer;
  readonly paces: readonly Pace[];
  /** The most by which requests in flight exceeded a lane's concurrency. Must be 0 or less. */
  readonly excess: number;
}

/**
 * Simulates an endless backlog against a strict server. Only the lane's decisions run, without
 * promises or timers, so that a run of 20 s takes milliseconds.
 */
export function drive(options: DriveOptions): Driven {
  const { durationMs, maxConcurrent = 200, drawWeights = evenWeights } = options;
  const random = seededRandom(options.seed);
  const server =
    typeof options.server === 'function'
      ? options.server(random)
      : createServer(options.server, random);
  const events = createHeap();
  const paces = Array.from({ length: options.lanes ?? 1 }, () =>
    createPace({
      limits: options.limits ?? {},
      policy: { countsCacheReads: true, countsMaxTokens: false },
      start: options.learned && learnedStart(options.learned),
      nowMs: 0,
    }),
  );
  const nextWeights = paces.map(() => drawWeights(random));
  let inFlight = 0;
  let nowMs = 0;
  let excess = -Infinity;
  const wakeAt = paces.map(() => Infinity);

  function pump(index: number): void {
    const pace = paces[index];
    for (;;) {
      const weights = nextWeights[index];
      if (!pace || !weights) return;
      const { state } = pace;
      const load = {
        inputTokens: weights.estimatedInput,
        outputTokens: estimateOutputTokens(options.maxTokens, state.outputTokens),
        maxOutputTokens: options.maxTokens,
      };
      const room = pace.room(load, nowMs);
      if (room.kind === 'wait' && room.untilMs !== undefined) {
        const atMs = nowMs + Math.ceil(room.untilMs - nowMs);
        if (wakeAt[index] !== atMs) {
          wakeAt[index] = atMs;
          events.push(atMs, () => {
            // The wake-up time has changed since.
            if (wakeAt[index] !== nowMs) return;
            wakeAt[index] = Infinity;
            pump(index);
          });
        }
        return;
      }
      if (room.kind === 'wait' || inFlight >= maxConcurrent) return;
      const concurrency = slotsNow(state);
      const sent = pace.sent(load, nowMs);
      inFlight += 1;
      excess = Math.max(excess, state.inFlight - concurrency);
      options.onSend?.(state, nowMs, server);
      nextWeights[index] = drawWeights(random);
      const arrivesMs = nowMs + hop();
      events.push(arrivesMs, () => {
        const reply = server.arrive(nowMs, weights);
        if (reply.kind === 'refused') {
          const failure = refusal(reply.status, reply.retryAfterMs);
          const announced = announcedLimits(reply.headers, EPOCH_MS + nowMs);
          events.push(nowMs + hop(), () => settle({ failure, usage: undefined, announced }));
          return;
        }
        events.push(nowMs + reply.latencyMs, () => {
          server.finish(nowMs, weights);
          const usage = usageOf(weights.input, weights.output);
          const announced = announcedLimits(reply.headers(), EPOCH_MS + nowMs);
          events.push(nowMs + hop(), () => settle({ failure: undefined, usage, announced }));
        });
      });
      const settle = (answer: Answered): void => {
        pace.answered(sent, answer, { nowMs, random });
        pace.released();
        inFlight -= 1;
        for (const place of paces.keys()) pump((index + place) % paces.length);
      };
    }
  }

  /**
   * The time of one way over the network: by default a millisecond or so, with a long tail of up to
   * `jitterMs`.
   */
  function hop(): number {
    return (options.hopMs ?? 0.5) + 2 * random() + (options.jitterMs ?? 0) * random() ** 3;
  }

  for (const index of paces.keys()) pump(index);
  for (;;) {
    const event = events.pop();
    if (!event || event.atMs > durationMs) break;
    nowMs = event.atMs;
    event.act();
  }
  return { server, paces, excess };
}

/** 500 input tokens and about 200 output tokens. */
function evenWeights(random: Random): Weights & { readonly estimatedInput: number } {
  return { input: 500, estimatedInput: 500, output: Math.round(200 * (0.5 + random())) };
}

export function refusal(status: 429 | 529, retryAfterMs: number | undefined): AttemptFailure {
  return {
    code: status === 429 ? 'RATE_LIMITED' : 'OVERLOADED',
    message: `the server said ${status}`,
    httpStatus: status,
    retryable: true,
    reach: 'lane',
    possiblyPaid: false,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

export function usageOf(inputTokens: number, outputTokens: number): Usage {
  return { ...NO_USAGE, inputTokens, outputTokens };
}

interface Event {
  readonly atMs: number;
  readonly act: () => void;
}

function createHeap(): { push(atMs: number, act: () => void): void; pop(): Event | undefined } {
  const heap: Event[] = [];
  return {
    push(atMs, act) {
      let at = heap.length;
      const event = { atMs, act };
      heap.push(event);
      for (;;) {
        const parent = (at - 1) >> 1;
        const above = heap[parent];
        if (at === 0 || !above || above.atMs <= atMs) break;
        heap[at] = above;
        at = parent;
      }
      heap[at] = event;
    },
    pop() {
      const top = heap[0];
      const last = heap.pop();
      if (heap.length === 0 || !last) return top;
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        const [left, right] = [heap[child], heap[child + 1]];
        if (!left) break;
        let least = left;
        if (right && right.atMs < left.atMs) {
          least = right;
          child += 1;
        }
        if (last.atMs <= least.atMs) break;
        heap[at] = least;
        at = child;
      }
      heap[at] = last;
      return top;
    },
  };
}
