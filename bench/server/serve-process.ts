/**
 * A strict server in its own process. Its plan is the first argument, as JSON. It sends `{port}` to
 * its parent once it listens, and `{report}` once the window has ended; then it keeps serving.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { logNormal, seededRandom } from '../random.ts';
import { answer, askedIn, refusal, weightOf } from './answers.ts';
import { createCeiling, type Verdict } from './ceiling.ts';
import { announcement } from './headers.ts';
import { createMeter, moments } from './meter.ts';
import type { ServerPlan } from './server-plan.ts';

const plan: ServerPlan = JSON.parse(process.argv[2] ?? '');
const ceiling = createCeiling(plan);
const meter = createMeter(plan, ceiling);
const random = seededRandom(plan.seed);
let firstRequestMs: number | undefined;

const server = createServer({ keepAlive: true }, (incoming, response) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => handle(incoming, response, Buffer.concat(chunks).toString()));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined });
});
process.once('disconnect', () => process.exit());

function handle(incoming: IncomingMessage, response: ServerResponse, body: string): void {
  if (incoming.method !== 'POST') {
    response.writeHead(404).end();
    return;
  }
  if (firstRequestMs === undefined) begin();
  const asked = askedIn(body);
  const weight = weightOf(asked);
  const verdict = ceiling.admit(weight, now());
  meter.count(verdict.kind === 'admitted' ? 'accepted' : 'refused', now());
  if (verdict.kind !== 'admitted') return refuse(response, verdict);
  const { medianMs, sigma } = plan.latency;
  const give = (): void => {
    ceiling.release(weight, now());
    response.writeHead(200, headers()).end(answer(plan.wire, weight));
  };
  if (medianMs === 0) give();
  else setTimeout(give, logNormal(random, { median: medianMs, sigma }));
}

function refuse(response: ServerResponse, verdict: Exclude<Verdict, { kind: 'admitted' }>): void {
  const status = verdict.kind === 'down' ? 529 : 429;
  const waitMs = verdict.kind === 'refused' ? verdict.waitMs : undefined;
  const after = plan.retryAfter && waitMs !== undefined;
  response.writeHead(status, {
    ...(status === 529 ? JSON_TYPE : headers()),
    ...(after && { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))) }),
  });
  response.end(refusal(plan.wire, status));
}

const JSON_TYPE = { 'content-type': 'application/json' };

function headers(): Record<string, string> {
  return plan.announces
    ? {
        ...JSON_TYPE,
        ...announcement(ceiling, { wire: plan.wire, nowMs: now(), epochMs: Date.now() }),
      }
    : JSON_TYPE;
}

/** The first request starts the clock. */
function begin(): void {
  firstRequestMs = performance.now();
  const [, ...later] = moments(plan);
  meter.mark(0);
  for (const atMs of later) {
    setTimeout(() => {
      meter.mark(now());
      if (atMs === plan.windowMs) process.send?.({ report: meter.report() });
    }, atMs);
  }
}

function now(): number {
  return performance.now() - (firstRequestMs ?? performance.now());
}
