import { VirtualClock as PortClock } from '../../src/ports/virtual-clock.ts';

/** The clock of a rehearsal, which a test can also move by hand. */
export class VirtualClock extends PortClock {
  #wallJumpMs = 0;

  override epochMs(): number {
    return super.epochMs() + this.#wallJumpMs;
  }

  /** Moves only the wall clock, as a time server or a traveler does. */
  jumpWall(byMs: number): void {
    this.#wallJumpMs += byMs;
  }

  /** The number of waiting timers. 0 at the end of a test means that nothing was left behind. */
  get pendingTimers(): number {
    return this.timers.length;
  }

  /** Lets `byMs` pass, firing the timers that are due. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.nowMs + byMs;
    await this.settled();
    for (let next = this.timers.at(-1); next && next.atMs <= endMs; next = this.timers.at(-1)) {
      await this.step(next);
    }
    this.nowMs = endMs;
  }

  /**
   * Lets time pass until `work` is done. Throws if it takes longer than `withinMs` or more than
   * `maxSteps`, as an endless loop does, or if nothing is left that could finish it.
   */
  async runWithin<Value>(
    work: Promise<Value>,
    { withinMs, maxSteps }: { readonly withinMs: number; readonly maxSteps: number },
  ): Promise<Value> {
    const progress = { done: false };
    const finish = (): void => {
      progress.done = true;
    };
    work.then(finish, finish);
    const endMs = this.nowMs + withinMs;
    await this.settled();
    for (let steps = 0; !progress.done; steps += 1) {
      const next = this.timers.at(-1);
      if (!next) throw new Error(`nothing left to wait for at ${this.nowMs} ms: the work hangs`);
      if (next.atMs > endMs) throw new Error(`the work is not done at ${endMs} ms`);
      if (steps >= maxSteps) throw new Error(`the work is not done after ${maxSteps} steps`);
      await this.step(next);
    }
    return work;
  }
}
