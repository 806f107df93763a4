import { clampDelay, type Clock } from '../../src/ports/clock.ts';

interface Timer {
  readonly atMs: number;
  readonly sequence: number;
  readonly fire: () => void;
}

/**
 * A clock that moves only when told: hours of schedule run in milliseconds, the same way each time.
 * Between two steps everything that promises and `setImmediate` can do gets done. Real I/O is not
 * waited for: what reads files or sockets does not belong under this clock.
 */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #wallOffsetMs: number;
  #sequence = 0;
  /** Soonest last, so that firing is a `pop`. */
  readonly #timers: Timer[] = [];

  constructor({ epochMs = Date.UTC(2026, 0, 1) }: { readonly epochMs?: number } = {}) {
    this.#wallOffsetMs = epochMs;
  }

  now(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.#wallOffsetMs + this.#nowMs;
  }

  after(delayMs: number, fire: () => void): () => void {
    const timer = { atMs: this.#nowMs + clampDelay(delayMs), sequence: this.#sequence++, fire };
    this.#timers.splice(this.#placeOf(timer), 0, timer);
    return () => {
      const place = this.#placeOf(timer);
      if (this.#timers[place] === timer) this.#timers.splice(place, 1);
    };
  }

  /** Moves the wall clock alone, as a time server or a traveller does. */
  jumpWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** Timers that wait. 0 at the end of a test means that nothing was left behind. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  /** Lets `byMs` pass, firing what falls due. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.#nowMs + byMs;
    await idle();
    for (let next = this.#timers.at(-1); next && next.atMs <= endMs; next = this.#timers.at(-1)) {
      await this.#step(next);
    }
    this.#nowMs = endMs;
  }

  /** Lets time pass until `work` is done. Throws when nothing is left that could finish it. */
  async run<Value>(work: Promise<Value>): Promise<Value> {
    const progress = { done: false };
    const finish = (): void => {
      progress.done = true;
    };
    work.then(finish, finish);
    await idle();
    while (!progress.done) {
      const next = this.#timers.at(-1);
      if (!next) throw new Error(`nothing left to wait for at ${this.#nowMs} ms: the work hangs`);
      await this.#step(next);
    }
    return work;
  }

  /** Fires everything due at one instant, then lets it all settle. */
  async #step(next: Timer): Promise<void> {
    this.#nowMs = next.atMs;
    for (let due = this.#timers.at(-1); due?.atMs === next.atMs; due = this.#timers.at(-1)) {
      this.#timers.pop();
      due.fire();
    }
    await idle();
  }

  #placeOf(timer: Timer): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#timers[middle];
      if (other && isSooner(timer, other)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isSooner(left: Timer, right: Timer): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.sequence < right.sequence);
}

/** Resolves when promises and immediates have nothing more to do. */
async function idle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}
