import { VirtualClock as PortClock } from '../../src/ports/virtual-clock.ts';

/** The clock of a rehearsal, which a test may also move by hand. */
export class VirtualClock extends PortClock {
  #wallJumpMs = 0;

  override epochMs(): number {
    return super.epochMs() + this.#wallJumpMs;
  }

  /** Moves the wall clock alone, as a time server or a traveller does. */
  jumpWall(byMs: number): void {
    this.#wallJumpMs += byMs;
  }

  /** Timers that wait. 0 at the end of a test means that nothing was left behind. */
  get pendingTimers(): number {
    return this.timers.length;
  }

  /** Lets `byMs` pass, firing what falls due. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.nowMs + byMs;
    await this.settled();
    for (let next = this.timers.at(-1); next && next.atMs <= endMs; next = this.timers.at(-1)) {
      await this.step(next);
    }
    this.nowMs = endMs;
  }
}
