import type { Overrides } from '../manifest/load-manifest.ts';
import type { Bounds } from '../errors/input-limits.ts';
import { usageError, type Arguments } from './arguments.ts';
import { INCLUDED_PARTS, RUN_MODES, type IncludedPart } from '../manifest/manifest.ts';
import { suggest } from '../errors/suggest.ts';
import type { FlagName } from './flags.ts';
import {
  choiceFlag,
  countFlag,
  durationFlag,
  listFlag,
  switchFlag,
  textFlag,
  usdFlag,
} from './flag-values.ts';

/** Flags that override the manifest. */
export function overridesOf(args: Arguments): Overrides {
  const given: { readonly [Name in keyof Overrides]: Overrides[Name] | undefined } = {
    model: textFlag(args, 'model'),
    maxTokens: countFlag(args, 'max-tokens', { min: 1, max: 10_000_000 }),
    maxRetries: countFlag(args, 'max-retries', { min: 0, max: 100 }),
    maxConcurrent: countFlag(args, 'max-concurrent', { min: 1, max: 10_000 }),
    maxCostUsd: usdFlag(args, 'max-cost-usd'),
    pricesFile: textFlag(args, 'prices'),
    timeoutMs: durationFlag(args, 'timeout'),
    mode: choiceFlag(args, 'mode', RUN_MODES),
    deadlineMs: durationFlag(args, 'deadline'),
    include: includeFlag(args),
    failFast: switchFlag(args, 'fail-fast') || undefined,
    trustPrices: switchFlag(args, 'trust-prices'),
    allowParams: listFlag(args, 'allow-param'),
    contextTexts: listFlag(args, 'context'),
    contextFiles: listFlag(args, 'context-file'),
  };
  return defined(given);
}

function defined(values: object) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function includeFlag(args: Arguments): readonly IncludedPart[] | undefined {
  const text = textFlag(args, 'include');
  if (text === undefined) return undefined;
  return text.split(',').map((written) => {
    const word = written.trim();
    const part = INCLUDED_PARTS.find((each) => each === word);
    if (part !== undefined) return part;
    const near = suggest(word, INCLUDED_PARTS);
    throw usageError(
      `\`--include ${text}\` asks for \`${word}\`, which a record cannot include`,
      near === undefined
        ? 'write `--include item`, `--include prompt` or `--include item,prompt`'
        : `did you mean \`--include ${near}\`?`,
    );
  });
}

/** Flags that raise or lower the bounds on a manifest. */
export function boundsOf(args: Arguments): Partial<Bounds> {
  const most = (name: FlagName): number | undefined =>
    countFlag(args, name, { min: 1, max: 1_000_000_000 });
  const given: { readonly [Name in keyof Bounds]: number | undefined } = {
    tasks: most('max-tasks'),
    files: most('max-files'),
    matrix: most('max-matrix'),
    promptChars: most('max-prompt-chars'),
    workMs: durationFlag(args, 'max-work'),
  };
  return defined(given);
}
