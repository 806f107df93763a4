/** Guesses when a lane is through, from how fast tasks ended in the last minute. */
export interface Rate {
  finished(nowMs: number): void;
  /** Milliseconds for `remaining` more tasks; undefined while too little is known. */
  etaMs(remaining: number, nowMs: number): number | undefined;
}

const WINDOW_MS = 60_000;
const SAMPLE_EVERY_MS = 1000;
const ENOUGH = 2;

export function createRate(startMs: number): Rate {
  let done = 0;
  /** How many had ended when, oldest first, one a second. */
  const samples = [{ atMs: startMs, done: 0 }];

  return {
    finished(nowMs) {
      done += 1;
      const last = samples.at(-1);
      if (last && nowMs - last.atMs < SAMPLE_EVERY_MS) return;
      samples.push({ atMs: nowMs, done });
      while ((samples[1]?.atMs ?? nowMs) <= nowMs - WINDOW_MS) samples.shift();
    },
    etaMs(remaining, nowMs) {
      if (remaining === 0) return 0;
      const oldest = samples[0];
      if (done < ENOUGH || !oldest) return undefined;
      // After a long silence the minute holds nothing: then the whole run counts.
      const since = done - oldest.done < ENOUGH ? { atMs: startMs, done: 0 } : oldest;
      return ((nowMs - since.atMs) / (done - since.done)) * remaining;
    },
  };
}
