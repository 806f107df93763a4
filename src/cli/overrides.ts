import type { Overrides } from '../manifest/load.ts';
import type { Bounds } from '../errors/bounds.ts';
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
} from './settings.ts';

/** The flags that win over the manifest. */
export function overridesOf(args: Arguments): Overrides {
  const model = textFlag(args, 'model');
  const maxTokens = countFlag(args, 'max-tokens', { min: 1, max: 10_000_000 });
  const maxRetries = countFlag(args, 'max-retries', { min: 0, max: 100 });
  const maxConcurrent = countFlag(args, 'max-concurrent', { min: 1, max: 10_000 });
  const maxCostUsd = usdFlag(args, 'max-cost-usd');
  const pricesFile = textFlag(args, 'prices');
  const timeoutMs = durationFlag(args, 'timeout');
  const mode = choiceFlag(args, 'mode', RUN_MODES);
  const deadlineMs = durationFlag(args, 'deadline');
  const include = includeFlag(args);
  return {
    ...(model === undefined ? {} : { model }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(maxRetries === undefined ? {} : { maxRetries }),
    ...(maxConcurrent === undefined ? {} : { maxConcurrent }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
    ...(pricesFile === undefined ? {} : { pricesFile }),
    trustPrices: switchFlag(args, 'trust-prices'),
    allowParams: listFlag(args, 'allow-param'),
    ...(mode === undefined ? {} : { mode }),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(switchFlag(args, 'fail-fast') ? { failFast: true } : {}),
    ...(include === undefined ? {} : { include }),
    contextTexts: listFlag(args, 'context'),
    contextFiles: listFlag(args, 'context-file'),
  };
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

/** The flags that raise or lower what a manifest may make Volley do. */
export function boundsOf(args: Arguments): Partial<Bounds> {
  const most = (name: FlagName): number | undefined =>
    countFlag(args, name, { min: 1, max: 1_000_000_000 });
  const given = {
    tasks: most('max-tasks'),
    files: most('max-files'),
    matrix: most('max-matrix'),
    promptChars: most('max-prompt-chars'),
    workMs: durationFlag(args, 'max-work'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
