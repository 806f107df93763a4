import type { Limits, Manifest, ProviderSettings } from './manifest.ts';

/** What the runs share instead of dividing among themselves. */
export interface SharedParts {
  readonly limits: boolean;
  readonly budget: boolean;
}

/**
 * The manifest for one of `parts` equal, simultaneous runs. Together, the runs respect the declared
 * limits, `max_concurrent` and the budget. Each run may send at least one request at a time.
 */
export function shareOf(
  manifest: Manifest,
  parts: number,
  shared: SharedParts = { limits: false, budget: false },
): Manifest {
  const ofLimits = shared.limits ? manifest : withLimitsShare(manifest, parts);
  return shared.budget ? ofLimits : withBudgetShare(ofLimits, parts);
}

function withBudgetShare(manifest: Manifest, parts: number): Manifest {
  const { budget } = manifest;
  if (budget?.maxCostUsd === undefined) return manifest;
  return { ...manifest, budget: { ...budget, maxCostUsd: budget.maxCostUsd / parts } };
}

function withLimitsShare(manifest: Manifest, parts: number): Manifest {
  const { run, providers } = manifest;
  const shareIn = <Part extends { readonly limits: Limits }>(part: Part): Part => ({
    ...part,
    limits: limitsShare(part.limits, parts),
  });
  const shares = [...providers].map(([name, settings]): [string, ProviderSettings] => {
    const models = new Map([...settings.models].map(([model, own]) => [model, shareIn(own)]));
    return [name, { ...shareIn(settings), models }];
  });
  return {
    ...manifest,
    run: { ...run, maxConcurrent: wholeShare(run.maxConcurrent, parts) },
    providers: new Map(shares),
  };
}

function limitsShare({ concurrency, ...rates }: Limits, parts: number): Limits {
  const shares = Object.entries(rates).map(([name, amount]) => [name, rateShare(amount, parts)]);
  return {
    ...Object.fromEntries(shares),
    ...(concurrency && {
      concurrency: {
        start: wholeShare(concurrency.start, parts),
        max: wholeShare(concurrency.max, parts),
      },
    }),
  };
}

/** Fractions are allowed: half a request per minute is one every two minutes. */
function rateShare(amount: number, parts: number): number {
  return amount >= parts ? Math.floor(amount / parts) : amount / parts;
}

function wholeShare(amount: number, parts: number): number {
  return Math.max(1, Math.floor(amount / parts));
}
