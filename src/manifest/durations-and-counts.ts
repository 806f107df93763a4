export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/** `500ms`, `90s`, `2m`, `1h30m` → milliseconds. Accepts `0s`. */
export function parseDuration(text: string): Parsed<number> {
  if (!DURATION.test(text) || text === '') {
    const lacksUnit = /^\d+(\.\d+)?$/.test(text);
    return {
      ok: false,
      message: `\`${text}\` is not a duration`,
      hint: lacksUnit ? unitHint(text) : 'write it like `500ms`, `90s`, `2m` or `1h30m`',
    };
  }
  let value = 0;
  for (const [, amount, unit = ''] of text.matchAll(/([\d.]+)(ms|[dhms])/g)) {
    value += Number(amount) * (UNITS_MS[unit] ?? 0);
  }
  if (value > LONGEST_DURATION_MS) {
    return { ok: false, message: `\`${text}\` is too long`, hint: 'the longest duration is `24d`' };
  }
  return { ok: true, value: Math.round(value) };
}

export function unitHint(amount: string | number): string {
  const isLong = Number(amount) * 86_400_000 > LONGEST_DURATION_MS;
  const units = isLong ? ['s', 'm', 'h'] : ['s', 'm', 'h', 'd'];
  return `add a unit: ${units.map((unit) => `\`${amount}${unit}\``).join(', ')}`;
}

/** `800`, `30k`, `1.5M`, `30_000` → a whole number. */
export function parseCount(text: string): Parsed<number> {
  const match = COUNT.exec(text);
  const value = match
    ? Number(match[1]?.replaceAll('_', '')) * (FACTORS[match[2] ?? ''] ?? 1)
    : NaN;
  // Tolerates rounding noise: 1.1 * 1000 is 1100.0000000000002.
  const whole = Math.round(value);
  if (!Number.isSafeInteger(whole) || Math.abs(value - whole) > 1e-6) {
    return {
      ok: false,
      message: `\`${text}\` is not a count`,
      hint: 'write a whole number such as `800`, `30k` or `1.5M`',
    };
  }
  return { ok: true, value: whole };
}

const DURATION = new RegExp(
  `^${['d', 'h', 'm', 's', 'ms'].map((unit) => `(?:\\d+(?:\\.\\d+)?${unit})?`).join('')}$`,
);
const UNITS_MS: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};
const COUNT = /^(\d[\d_]*(?:\.\d+)?)([kKmM]?)$/;
const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1e3, K: 1e3, m: 1e6, M: 1e6 };

/** Node's timers accept 31 bits of milliseconds, which is slightly more. */
const LONGEST_DURATION_MS = 24 * 86_400_000;
