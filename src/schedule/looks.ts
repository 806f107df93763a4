import type { Clock } from '../ports/clock.ts';

/** Looks now and then at what goes on. */
export interface Looks {
  /** To be called after an answer: looks, unless somebody just did. */
  answered(): void;
  stop(): void;
}

const LOOK_EVERY_MS = 5_000;

/** Ten minutes: whoever plays a run on a clock that jumps must see that one hangs. */
const MOST_WITHOUT_ANSWER = 120;

/** Looks every few seconds, whether there are answers or not: what keeps all from going out brings none. */
export function createLooks(clock: Clock, look: () => void): Looks {
  let lookedAtMs = clock.now();
  let withoutAnswer = 0;
  let cancel: (() => void) | undefined;

  function lookNow(): void {
    lookedAtMs = clock.now();
    look();
    lookLater();
  }

  function lookLater(): void {
    cancel?.();
    cancel = undefined;
    if (withoutAnswer >= MOST_WITHOUT_ANSWER) return;
    cancel = clock.after(LOOK_EVERY_MS, () => {
      withoutAnswer += 1;
      lookNow();
    });
  }

  lookLater();
  return {
    answered() {
      withoutAnswer = 0;
      if (clock.now() - lookedAtMs >= LOOK_EVERY_MS) lookNow();
    },
    stop: () => cancel?.(),
  };
}
