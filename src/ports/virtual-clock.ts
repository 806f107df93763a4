import { clampDelay, type Clock } from './clock.ts';

interface Timer {
  readonly atMs: number;
  readonly sequence: number;
  readonly fire: () => void;
}

/**
 * A clock that jumps from timer to timer, so hours of a schedule pass in seconds, the same way each
 * time. It stands still while promises have work left, and during real work that is announced with
 * `during`, but not during other real work.
 */
export class VirtualClock implements Clock {
  protected nowMs = 0;
  readonly #startEpochMs: number;
  #sequence = 0;
  /** How many pieces of real work are in progress. */
  #working = 0;
  /** The soonest timer is last, so that firing it is a `pop`. */
  protected readonly timers: Timer[] = [];

  constructor({ epochMs = Date.UTC(2026, 0, 1) }: { readonly epochMs?: number } = {}) {
    this.#startEpochMs = epochMs;
  }

  now(): number {
    return this.nowMs;
  }

  epochMs(): number {
    return this.#startEpochMs + this.nowMs;
  }

  after(delayMs: number, fire: () => void): () => void {
    const timer = { atMs: this.nowMs + clampDelay(delayMs), sequence: this.#sequence++, fire };
    this.timers.splice(this.#placeOf(timer), 0, timer);
    return () => {
      const place = this.#placeOf(timer);
      if (this.timers[place] === timer) this.timers.splice(place, 1);
    };
  }

  /** Stops time until this is done, for example reading a file or loading a module. */
  async during<Value>(work: Promise<Value>): Promise<Value> {
    this.#working += 1;
    try {
      return await work;
    } finally {
      this.#working -= 1;
    }
  }

  /** Lets time pass until `work` is done. Throws if nothing is left that could finish it. */
  async run<Value>(work: Promise<Value>): Promise<Value> {
    const progress = { done: false };
    const finish = (): void => {
      progress.done = true;
    };
    work.then(finish, finish);
    await this.settled();
    while (!progress.done) {
      const next = this.timers.at(-1);
      if (!next) throw new Error(`nothing left to wait for at ${this.nowMs} ms: the work hangs`);
      await this.step(next);
    }
    return work;
  }

  /** Fires all timers due at one instant, then waits until promises have settled. */
  protected async step(next: Timer): Promise<void> {
    this.nowMs = next.atMs;
    for (let due = this.timers.at(-1); due?.atMs === next.atMs; due = this.timers.at(-1)) {
      this.timers.pop();
      due.fire();
    }
    await this.settled();
  }

  /** Resolves when promises have no work left and no real work is in progress. */
  protected async settled(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#working > 0);
  }

  #placeOf(timer: Timer): number {
    let low = 0;
    let high = this.timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.timers[middle];
      if (other && isSooner(timer, other)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isSooner(left: Timer, right: Timer): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.sequence < right.sequence);
}
