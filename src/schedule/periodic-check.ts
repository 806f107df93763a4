import type { Clock } from '../ports/clock.ts';

const LOOK_EVERY_MS = 5_000;

/** Ten minutes: whoever plays a run on a clock that jumps must see that one hangs. */
const MOST_WITHOUT_ANSWER = 120;

/** Something that is done every few seconds, whether there are answers or not. */
export interface PeriodicCheck {
  /** To be called after an answer: checks, unless that was just done. */
  answered(): void;
  stop(): void;
}

export function everyFewSeconds(clock: Clock, check: () => void): PeriodicCheck {
  let checkedAtMs = clock.now();
  let withoutAnswer = 0;
  let cancel: (() => void) | undefined;

  function checkNow(): void {
    checkedAtMs = clock.now();
    check();
    checkLater();
  }

  function checkLater(): void {
    cancel?.();
    cancel = undefined;
    if (withoutAnswer >= MOST_WITHOUT_ANSWER) return;
    cancel = clock.after(LOOK_EVERY_MS, () => {
      withoutAnswer += 1;
      checkNow();
    });
  }

  checkLater();
  return {
    answered() {
      withoutAnswer = 0;
      if (clock.now() - checkedAtMs >= LOOK_EVERY_MS) checkNow();
    },
    stop: () => cancel?.(),
  };
}
