import { DEFAULT_BOUNDS, type BoundName, type Bounds } from '../errors/input-limits.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import type { Overrides } from '../manifest/load-manifest.ts';
import { RUN_MODES } from '../manifest/manifest.ts';

/**
 * The bounds that a caller sets, with the default for each that is missing. Throws for an invalid
 * one.
 */
export function checkedBounds(given: Partial<Bounds> = {}): Bounds {
  const entries = BOUNDS.map((name) => {
    const value = given[name] ?? DEFAULT_BOUNDS[name];
    if (!(typeof value === 'number' && value > 0)) throw bad(`bounds.${name}`, value, 'above 0');
    return [name, value] as const;
  });
  return { ...DEFAULT_BOUNDS, ...Object.fromEntries(entries) };
}

const BOUNDS: readonly BoundName[] = ['tasks', 'files', 'matrix', 'promptChars', 'workMs'];

type NumberName = {
  [Name in keyof Overrides]-?: Overrides[Name] extends number | undefined ? Name : never;
}[keyof Overrides];

/** The smallest allowed value of each number, and whether it must be whole. */
const NUMBERS: ReadonlyArray<readonly [name: NumberName, least: number, isWhole: boolean]> = [
  ['maxTokens', 1, true],
  ['maxRetries', 0, true],
  ['maxConcurrent', 1, true],
  ['timeoutMs', 1, false],
  ['deadlineMs', 1, false],
  ['maxCostUsd', 0, false],
];

/** Throws a `VolleyError` for values that the manifest's own checks would reject. */
export function checkOverrides(overrides: Overrides = {}): void {
  for (const [name, least, isWhole] of NUMBERS) {
    const value: unknown = overrides[name];
    const isGood = isWhole ? Number.isSafeInteger(value) : Number.isFinite(value);
    if (value === undefined || (isGood && Number(value) >= least)) continue;
    throw bad(`overrides.${name}`, value, `from ${least}`, isWhole);
  }
  const { mode } = overrides;
  if (mode === undefined || RUN_MODES.includes(mode)) return;
  throw new VolleyError(`\`overrides.mode\` is \`${mode}\``, {
    exitCode: EXIT.usage,
    hint: `pass one of ${RUN_MODES.join(', ')}`,
  });
}

function bad(name: string, value: unknown, range: string, isWhole = false): VolleyError {
  return new VolleyError(`\`${name}\` is \`${String(value)}\``, {
    exitCode: EXIT.usage,
    hint: `pass a ${isWhole ? 'whole ' : ''}number ${range}`,
  });
}
