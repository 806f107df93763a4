/**
 * The server of the volleys that are killed, in its own process: no kill reaches it, and it knows
 * better than any volley what was paid. `server-process.ts SETTINGS`, as JSON; communicates over
 * IPC.
 */
import { seededRandom } from '../../src/ports/random.ts';
import { startServer, type Behaviour } from '../support/server.ts';
import { promptOf } from '../support/wires.ts';
import type { Look, LoopbackSettings } from './loopback.ts';

const settings: LoopbackSettings = JSON.parse(process.argv[2] ?? '');
const random = seededRandom(settings.seed);
/** How often each task, by its number, was requested and answered. */
const asked: number[] = [];
const answered: number[] = [];
let answeredSince: number[] = [];
let [requests, paid, paidAgain] = [0, 0, 0];

const TEXT = 'x'.repeat(settings.answerBytes);

/** Each fault affects only a task's first request, so that every volley ends. */
const FAULTS: readonly Behaviour[] = [
  { kind: 'error', status: 500 },
  { kind: 'error', status: 502 },
  { kind: 'error', status: 400 },
  { kind: 'error', status: 503, headers: { 'retry-after-ms': '30' } },
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'mid-body' },
  { kind: 'short', part: 0.5 },
  { kind: 'early-close' },
  { kind: 'truncated-gzip' },
  { kind: 'reply', status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
];

const server = await startServer({
  remembers: false,
  respond(request) {
    const task = Number(/\d+/.exec(promptOf(request))?.[0]);
    requests += 1;
    asked[task] = (asked[task] ?? 0) + 1;
    const fault = asked[task] === 1 && random() < settings.faultShare;
    const behaviour = fault ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined;
    if (behaviour) return behaviour;
    const before = answered[task] ?? 0;
    answered[task] = before + 1;
    paid += 1;
    if (before > 0) paidAgain += 1;
    answeredSince.push(task);
    const ms = settings.latencyMs * (0.5 + random());
    return { kind: 'delay', ms, next: { kind: 'answer', text: `${task} ${TEXT}` } };
  },
});

process.on('message', () => {
  const look: Look = { requests, paid, paidAgain, answeredSince };
  answeredSince = [];
  process.send?.(look);
});
process.on('disconnect', () => process.exit());
process.send?.(server.openaiUrl);
