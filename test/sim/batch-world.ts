import type { Clock } from '../../src/ports/clock.ts';
import { sleep } from '../../src/ports/clock.ts';
import {
  unprocessed,
  type BatchApi,
  type BatchState,
  type Reply,
} from '../../src/providers/batch-api.ts';
import type { AttemptFailure, AttemptOutcome, Provider } from '../../src/providers/provider.ts';
import { createDice, type Dice } from './dice.ts';
import { NO_USAGE } from '../../src/providers/usage-fields.ts';

/** What happens to the batches of a story. */
export interface BatchWeather {
  readonly seed: number;
  /** Whether batches have names; otherwise, a lost one is found by its time and size. */
  readonly hasNames: boolean;
  /** How long the nth batch takes; Infinity: it expires after a day with half of it done. */
  readonly durationMs: (n: number) => number;
  /** The shares of rows, creates and calls (0 to 1) that are lost or fail. */
  readonly lostRows: number;
  readonly lostCreates: number;
  readonly failedCalls: number;
}

interface Batch extends BatchState {
  readonly n: number;
  readonly name: string;
  readonly rows: ReadonlyArray<{ readonly customId: string; readonly prompt: string }>;
  readonly createdMs: number;
  endsMs: number;
  canceledMs: number | undefined;
  paid: ReadonlySet<string> | undefined;
}

const DAY_MS = 86_400_000;
/** Prices for requests with 10 input and 10 output tokens. */
export const PRICE = { input: 1_000, output: 5_000, batch: 0.5 };
const USAGE = { ...NO_USAGE, inputTokens: 10, outputTokens: 10 };
const SINGLE_USD = 0.06;

/** A provider with a batch API. It outlives the runs of a story and knows what was paid. */
export class BatchWorld {
  readonly violations: string[] = [];
  readonly batches: Batch[] = [];
  readonly #weather: BatchWeather;
  readonly #attempts = new Map<string, number>();
  readonly #paidInBatch = new Set<string>();
  calls = 0;
  costUsd = 0;
  /** The clock of the current life. */
  clock: Clock | undefined;
  isStopped: () => boolean = () => false;
  /** Called before and after each call takes effect. */
  onCall: (count: number) => void = () => undefined;

  constructor(weather: BatchWeather) {
    this.#weather = weather;
  }

  get hasNames(): boolean {
    return this.#weather.hasNames;
  }

  /** Whether a batch of this name was created. */
  wasCreated(name: string): boolean {
    return this.batches.some((batch) => batch.name === name);
  }

  provider(name: string): Provider {
    return {
      name,
      host: 'world.example',
      close: () => Promise.resolve(),
      batches: this.#api(),
      send: (request, { signal }) => this.#send(request.prompt, signal),
    };
  }

  #nowMs(): number {
    return this.clock?.epochMs() ?? 0;
  }

  #dice(name: string): Dice {
    return createDice(this.#weather.seed, name);
  }

  async #send(prompt: string, signal: AbortSignal): Promise<AttemptOutcome> {
    const attempt = (this.#attempts.get(prompt) ?? 0) + 1;
    this.#attempts.set(prompt, attempt);
    const dice = this.#dice(`${prompt} ${attempt}`);
    if (this.#paidInBatch.has(prompt)) this.#report(`${prompt} is sent after a batch answered it`);
    if (this.#isOpen(prompt)) this.#report(`${prompt} is sent while a batch has it`);
    await this.#step();
    const latencyMs = dice.between(200, 20_000);
    const fault = attempt > 4 ? 1 : dice.random();
    if (fault < 0.03) {
      await sleep(this.#clock(), 50, signal);
      return failure('RATE_LIMITED', {
        reach: 'lane',
        retryAfterMs: dice.between(200, 15_000),
        httpStatus: 429,
      });
    }
    await sleep(this.#clock(), latencyMs, signal).catch(() => undefined);
    if (fault < 0.04) return failure('SERVER_ERROR', { httpStatus: 500 });
    // The request is charged from here on, whether the answer arrives or not.
    this.costUsd += SINGLE_USD;
    await this.#step();
    if (fault < 0.05) return failure('SERVER_ERROR', { possiblyPaid: true });
    return answer(prompt);
  }

  #api(): BatchApi {
    const { failedCalls } = this.#weather;
    /** One call. It takes effect unless it fails first. */
    const call = async <Value>(what: string, act: () => Reply<Value>): Promise<Reply<Value>> => {
      await this.#step();
      await sleep(this.#clock(), 100);
      const count = (this.calls += 1);
      if (this.#dice(`call ${what} ${count}`).chance(failedCalls))
        return no(failure('SERVER_ERROR', {}).failure);
      const reply = act();
      await this.#step();
      return reply;
    };
    const withBatch =
      (id: string, act: (batch: Batch) => void = () => undefined) =>
      (): Reply<BatchState> => {
        const batch = this.batches.find((each) => each.id === id);
        const isHidden =
          batch &&
          this.#nowMs() < batch.createdMs + this.#dice(`hidden ${batch.n}`).pick([0, 0, 5_000]);
        if (!batch || isHidden)
          return no(failure('NOT_FOUND', { retryable: false, httpStatus: 404 }).failure);
        act(batch);
        return yes(this.#stateOf(batch));
      };
    return {
      most: { rows: 10, bytes: 100_000 },
      rowOf: (customId, { prompt }) => ({ ok: true, text: JSON.stringify({ customId, prompt }) }),
      upload: () => call('upload', () => yes(undefined)),
      create: ({ id, rows }) => call<BatchState>('create', () => this.#create(id, rows)),
      find: ({ id, sinceEpochMs, rows }) =>
        call('find', () => {
          const isIt = (batch: Batch): boolean =>
            this.#weather.hasNames
              ? batch.name === id
              : batch.createdMs >= sinceEpochMs - 2_000 && batch.rows.length === rows;
          // Lists lag behind reality.
          const listed = this.batches.filter(({ createdMs }) => this.#nowMs() >= createdMs + 4_000);
          return yes(listed.filter(isIt).map((batch) => this.#stateOf(batch)));
        }),
      inspect: (id) => call('inspect', withBatch(id)),
      cancel: (id) =>
        call(
          'cancel',
          withBatch(id, (batch) => {
            if (this.#stateOf(batch).phase !== 'running' || batch.canceledMs !== undefined) return;
            batch.canceledMs = this.#nowMs();
            batch.endsMs = Math.min(
              batch.endsMs,
              this.#nowMs() + this.#dice(`cancel ${batch.n}`).between(1_000, 600_000),
            );
          }),
        ),
      collect: ({ id }) =>
        call('collect', () => {
          const batch = this.batches.find((each) => each.id === id);
          const paid = batch?.paid;
          if (!batch || !paid) return no(failure('NOT_FOUND', { retryable: false }).failure);
          const rows = this.#dice(`order ${batch.n}`).shuffled(batch.rows);
          return yes(
            rows.map(({ customId, prompt }) => ({
              customId,
              outcome: paid.has(prompt) ? answer(prompt) : unprocessed('expired'),
            })),
          );
        }),
      deleteFiles: () => Promise.resolve(),
    };
  }

  #create(name: string, texts: readonly string[]): Reply<BatchState> {
    const n = this.batches.length;
    const dice = this.#dice(`create ${n} ${this.calls}`);
    const isLost = dice.chance(this.#weather.lostCreates);
    const lost = no<BatchState>(failure('SERVER_ERROR', { possiblyPaid: true }).failure);
    if (isLost && dice.chance(0.2)) return lost;
    const rows = texts.map((text): Batch['rows'][number] => JSON.parse(text));
    for (const { prompt } of rows) {
      if (this.#paidInBatch.has(prompt))
        this.#report(`${prompt} is submitted after a batch answered it`);
      if (this.#isOpen(prompt)) this.#report(`${prompt} is submitted while a batch has it`);
    }
    const takesMs = this.#weather.durationMs(n);
    const createdMs = this.#nowMs();
    const batch: Batch = {
      id: `batch_${n}`,
      word: '',
      phase: 'running',
      done: undefined,
      files: [],
      n,
      name,
      rows,
      createdMs,
      endsMs: createdMs + Math.min(takesMs, DAY_MS),
      canceledMs: undefined,
      paid: undefined,
    };
    this.batches.push(batch);
    return isLost ? lost : yes(this.#stateOf(batch));
  }

  /** The state of a batch. Bills it once, when it has ended. */
  #stateOf(batch: Batch): BatchState {
    const isOver = this.#nowMs() >= batch.endsMs;
    if (isOver && !batch.paid) {
      const isCut = batch.canceledMs !== undefined || batch.endsMs - batch.createdMs >= DAY_MS;
      const share = isCut ? 0.5 : 1 - this.#weather.lostRows;
      const paid = batch.rows.filter(({ prompt }) =>
        this.#dice(`row ${batch.n} ${prompt}`).chance(share),
      );
      batch.paid = new Set(paid.map(({ prompt }) => prompt));
      for (const { prompt } of paid) this.#paidInBatch.add(prompt);
      this.costUsd += paid.length * SINGLE_USD * PRICE.batch;
    }
    return {
      id: batch.id,
      word: isOver ? 'ended' : 'in_progress',
      phase: isOver ? 'ended' : 'running',
      done: undefined,
      files: [],
    };
  }

  #isOpen(prompt: string): boolean {
    return this.batches.some(
      (batch) =>
        this.#stateOf(batch).phase === 'running' && batch.rows.some((row) => row.prompt === prompt),
    );
  }

  /** The machine may stop between any two steps. */
  async #step(): Promise<void> {
    this.onCall(this.calls);
    if (this.isStopped()) await new Promise(() => undefined);
  }

  #clock(): Clock {
    if (!this.clock) throw new Error('nobody runs');
    return this.clock;
  }

  #report(violation: string): void {
    this.violations.push(violation);
  }
}

function answer(prompt: string): AttemptOutcome {
  return {
    kind: 'answered',
    answer: {
      text: `answer to ${prompt}`,
      finishReason: 'stop',
      usage: USAGE,
      requestId: undefined,
    },
  };
}

function failure(
  code: AttemptFailure['code'],
  more: Partial<AttemptFailure>,
): Extract<AttemptOutcome, { kind: 'failed' }> {
  return {
    kind: 'failed',
    failure: {
      code,
      message: `simulated ${code}`,
      retryable: true,
      reach: 'task',
      possiblyPaid: false,
      ...more,
    },
  };
}

function yes<Value>(value: Value): Reply<Value> {
  return { ok: true, value };
}

function no<Value>(failed: AttemptFailure): Reply<Value> {
  return { ok: false, failure: failed };
}
