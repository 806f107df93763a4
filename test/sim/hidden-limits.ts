import type { Clock } from '../../src/ports/clock.ts';
import {
  createServer,
  SERVER,
  type BucketOptions,
  type Reply,
  type ServerOptions,
  type Weights,
} from '../pacing/virtual-server.ts';
import type { Dice } from './dice.ts';
import type { Behaviour, Fault } from './faults.ts';

/**
 * Limits that a lane's server enforces but the manifest does not declare: they have to be found.
 */
export type HiddenLimits = ServerOptions;

export function createHiddenLimits(dice: Dice, provider: 'alpha' | 'beta'): HiddenLimits {
  const crowd = dice.chance(0.4) ? dice.between(1, 4) : undefined;
  const requests = crowd === undefined || dice.chance(0.5) ? requestBucket(dice) : undefined;
  const span = { fromMs: dice.between(0, 8_000), toMs: dice.between(8_000, 20_000) };
  return {
    ...SERVER,
    buckets: { ...(requests && { requests }) },
    concurrency: crowd,
    headers: dice.pick(['none', 'none', provider === 'alpha' ? 'openai' : 'anthropic', 'lying']),
    retryAfter: dice.chance(0.5),
    refusalsCount: dice.chance(0.2),
    latencyMedianMs: dice.pick([0, 0, 0, 4_000]),
    changes:
      crowd !== 1 && dice.chance(0.2) ? [{ atMs: span.fromMs, factor: dice.pick([0.5, 2]) }] : [],
    outages: dice.chance(0.1) ? [span] : [],
    storms: dice.chance(0.1) ? [span] : [],
  };
}

function requestBucket(dice: Dice): BucketOptions {
  const perMinute = dice.pick([12, 30, 120, 600]);
  return dice.chance(0.2)
    ? { perMinute, holdsS: 60, windowMs: dice.pick([10_000, 60_000]) }
    : { perMinute, holdsS: dice.pick([1, 5, 60]) };
}

/** Whether the server sometimes accepts nothing at all. */
export function isOut({ outages, storms }: HiddenLimits): boolean {
  return outages.length > 0 || storms.length > 0;
}

/** The same server with room for every task sooner or later: without outages and storms. */
export function steady(limits: HiddenLimits): HiddenLimits {
  return { ...limits, outages: [], storms: [] };
}

/** What happens to a request on such a server. */
export interface Meeting {
  readonly fault: Fault;
  /** How much longer the server takes than its weather says. */
  readonly latencyMs: number;
  /** Notes that the server is done with the request. Does nothing the second time. */
  readonly leave: () => void;
}

export interface HiddenLimiter {
  /** Handles a request that meets this fault if it is admitted. */
  meet(fault: Fault, weights: Weights): Meeting;
}

export function createHiddenLimiter(limits: HiddenLimits, clock: Clock): HiddenLimiter {
  const server = createServer(limits, () => 0.5);
  return {
    meet(fault, weights) {
      const reply = server.arrive(clock.now(), weights);
      if (reply.kind === 'refused') {
        return { fault: refusalOf(reply), latencyMs: 0, leave: () => undefined };
      }
      let hasLeft = false;
      return {
        fault: withHeaders(fault, reply.headers()),
        latencyMs: reply.latencyMs,
        leave() {
          if (!hasLeft) server.finish(clock.now(), weights);
          hasLeft = true;
        },
      };
    },
  };
}

function refusalOf({ status, headers, retryAfterMs }: Extract<Reply, { kind: 'refused' }>): Fault {
  const code = status === 429 ? 'rate_limit_error' : 'overloaded_error';
  const asked = retryAfterMs === undefined ? {} : { 'retry-after': String(retryAfterMs / 1_000) };
  const behaviour: Behaviour = {
    kind: 'reply',
    status,
    headers: { 'content-type': 'application/json', ...headers, ...asked },
    body: JSON.stringify({ error: { type: code, code, message: 'beyond a limit' } }),
  };
  return { name: `limit-${status}`, paid: 'never', behave: () => behaviour };
}

function withHeaders(fault: Fault, told: Readonly<Record<string, string>>): Fault {
  return {
    ...fault,
    behave(context) {
      const behaviour = fault.behave(context);
      if (behaviour.kind !== 'reply') return behaviour;
      return { ...behaviour, headers: { ...told, ...behaviour.headers } };
    },
  };
}
