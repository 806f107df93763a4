import type { FindingCode } from '../errors/finding.ts';
import { suggest } from '../errors/suggest.ts';

/** A mistake in a price. The caller turns `path` into a place. */
export interface PriceProblem {
  readonly code: Extract<FindingCode, 'UNKNOWN_KEY' | 'MISSING_KEY' | 'WRONG_TYPE' | 'BAD_VALUE'>;
  readonly severity: 'error' | 'warning';
  /** Keys from the parsed value to the wrong one. */
  readonly path: readonly string[];
  /** Whether the last key itself is wrong, not its value. */
  readonly atKey: boolean;
  readonly message: string;
  readonly hint: string;
}

/** The current position, and the list of problems found. */
export interface Spot {
  readonly path: readonly string[];
  readonly problems: PriceProblem[];
}

export function readRate(written: unknown, spot: Spot): void {
  if (typeof written !== 'number') {
    report(spot, {
      code: 'WRONG_TYPE',
      message: `${shown(written)} is not a number`,
      hint: 'write US dollars per million tokens without a sign, such as `0.25`',
    });
  } else if (!(written >= 0 && written <= HIGHEST_RATE)) {
    report(spot, {
      code: 'BAD_VALUE',
      message: `${shown(written)} is not a price`,
      hint: 'a price is 0 or more US dollars per million tokens',
    });
  } else if (written > 0 && written < LOWEST_RATE) {
    report(spot, {
      code: 'BAD_VALUE',
      severity: 'warning',
      message: `${shown(written)} looks like the price of one token`,
      hint: 'prices are US dollars per million tokens: multiply by 1000000',
    });
  }
}

export function readFactor(written: unknown, spot: Spot): void {
  if (typeof written === 'number' && written >= 0 && written <= HIGHEST_FACTOR) return;
  report(spot, {
    code: typeof written === 'number' ? 'BAD_VALUE' : 'WRONG_TYPE',
    message: `${shown(written)} is not a factor`,
    hint: 'write a multiple of the standard price: `0.5` for half',
  });
}

export function readDate(written: unknown, spot: Spot): string | undefined {
  if (written === undefined) return undefined;
  if (typeof written === 'string' && isDate(written)) return written;
  report(spot, {
    code: 'BAD_VALUE',
    message: `${shown(written)} is not a date`,
    hint: 'write it like `2026-11-10`',
  });
  return undefined;
}

/** Nothing sold by the token costs more. It also keeps every sum within the range of a number. */
const HIGHEST_RATE = 1_000_000;
/** A tenth of the cheapest cache read on the market. A price per token is a million times smaller. */
const LOWEST_RATE = 0.0001;
const HIGHEST_FACTOR = 100;

function isDate(text: string): boolean {
  const epochMs = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(epochMs) && new Date(epochMs).toISOString().startsWith(`${text}T`);
}

export function unknownKey(key: string, known: readonly string[], spot: Spot): void {
  const meant = suggest(key, known);
  report(
    { ...spot, path: [...spot.path, key] },
    {
      code: 'UNKNOWN_KEY',
      atKey: true,
      message: `\`${key.slice(0, 60)}\` is not part of a price`,
      hint: meant
        ? `did you mean \`${meant}\`?`
        : `known are ${known.map((each) => `\`${each}\``).join(', ')}`,
    },
  );
}

type Words = Pick<PriceProblem, 'code' | 'message' | 'hint'> &
  Partial<Pick<PriceProblem, 'severity' | 'atKey'>>;

export function report(spot: Spot, words: Words): void {
  const { code, message, hint, severity = 'error', atKey = false } = words;
  spot.problems.push({ code, severity, path: spot.path, atKey, message, hint });
}

export function errorsIn(spot: Spot): number {
  return spot.problems.filter(({ severity }) => severity === 'error').length;
}

export function shown(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'nothing');
  return `\`${text.length > 60 ? `${text.slice(0, 60)}…` : text}\``;
}
