const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A duration: `0.4s`, `45.3s`, `3m 20s`, `1h 5m`. */
export function formatDuration(ms: number): string {
  const tenths = Math.round(Math.max(0, ms) / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)}s`;
  return wholeUnits(Math.round(ms / SECOND) * SECOND);
}

/** An elapsed or remaining time, without fractions: `0s`, `45s`, `3m 20s`, `1h 5m`. */
export function formatSeconds(ms: number): string {
  return wholeUnits(Math.max(0, Math.floor(ms / SECOND)) * SECOND);
}

/** An estimated remaining time, rounded up: `45s`, `3m`, `1h 5m`. */
export function formatEta(ms: number): string {
  if (ms < MINUTE) return formatSeconds(Math.ceil(Math.max(0, ms) / SECOND) * SECOND);
  return wholeUnits(Math.ceil(ms / MINUTE) * MINUTE);
}

function wholeUnits(ms: number): string {
  if (ms < MINUTE) return `${ms / SECOND}s`;
  if (ms < HOUR) return pair(Math.floor(ms / MINUTE), 'm', (ms % MINUTE) / SECOND, 's');
  return pair(Math.floor(ms / HOUR), 'h', Math.floor((ms % HOUR) / MINUTE), 'm');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit} ${small}${smallUnit}`;
}

/** `812`, `1.2k`, `420k`, `4.5M`. */
export function formatCount(count: number): string {
  if (count < 999.5) return String(Math.round(count));
  if (count < 999_500) return `${threeDigits(count / 1000)}k`;
  if (count < 999_500_000) return `${threeDigits(count / 1_000_000)}M`;
  return `${threeDigits(count / 1_000_000_000)}G`;
}

function threeDigits(value: number): string {
  return value < 99.95 ? value.toFixed(1).replace(/\.0$/, '') : value.toFixed(0);
}

/** For shares from 0 to 1: `31%`, `<1%`. */
export function formatShare(share: number): string {
  return share > 0 && share < 0.01 ? '<1%' : `${Math.round(share * 100)}%`;
}

/** `1,200 failed`, for each count above 0. */
export function countTexts(
  counts: ReadonlyArray<readonly [count: number, words: string]>,
): readonly string[] {
  return counts.flatMap(([count, words]) =>
    count > 0 ? `${count.toLocaleString('en')} ${words}` : [],
  );
}

/** `1 task`, `3 tasks`; `2 retries` if `plural` is given. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
