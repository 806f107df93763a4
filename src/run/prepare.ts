import type { Finding } from '../errors/finding.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { declaredLimits } from '../manifest/declared-limits.ts';
import type { Limits, Manifest } from '../manifest/manifest.ts';
import type { FoundPrice } from '../money/find-price.ts';
import type { Environment } from '../ports/environment.ts';
import type { ProjectFiles } from '../ports/files.ts';
import type { Plan, PlannedLane } from '../plan/plan.ts';
import { planTasks } from '../plan/plan-tasks.ts';
import { resolveProviders, type ResolvedProvider } from '../providers/resolve.ts';
import { budgetRefusal } from './run-budget.ts';
import { priceFinder } from './run-prices.ts';

/** Everything that can be refused before the first request has been checked. Nothing was sent yet. */
export interface PreparedRun {
  readonly plan: Plan;
  readonly lanes: readonly PreparedLane[];
}

export interface PreparedLane {
  readonly planned: PlannedLane;
  readonly provider: ResolvedProvider;
  readonly limits: Limits;
  /** Undefined: unknown. */
  readonly price: FoundPrice | undefined;
}

export interface PrepareOptions {
  readonly files: ProjectFiles;
  readonly environment: Environment;
  /** Hosts that a manifest's `base_url` may point to besides the ready-made ones. */
  readonly allowHosts: readonly string[];
  /**
   * Default `run`. For the others nothing will be sent, so that they need no key; a `plan` is made even
   * of what a budget would not let run.
   */
  readonly purpose?: 'run' | 'rehearsal' | 'plan';
}

/**
 * Expands the manifest and finds each provider's host and key.
 * Findings are about the manifest's rows; a `VolleyError` is about the budget (exit 3), or about keys
 * and hosts (exit 4).
 */
export async function prepareRun(
  manifest: Manifest,
  options: PrepareOptions,
): Promise<{ ok: true; prepared: PreparedRun } | { ok: false; findings: readonly Finding[] }> {
  const planned = await planTasks(manifest, options.files);
  if (!planned.ok) return planned;
  const { purpose = 'run' } = options;
  const refusal = budgetRefusal(manifest);
  if (refusal && purpose !== 'plan') throw refusal;
  const resolved = resolveProviders(manifest, { ...options, rehearses: purpose !== 'run' });
  if (!resolved.ok) throw providerProblem(resolved.problems);
  const priceOf = priceFinder(manifest);
  const lanes = planned.plan.lanes.map((lane): PreparedLane => {
    const provider = resolved.providers.get(lane.provider);
    if (!provider) throw new Error(`no provider resolved for lane ${lane.provider}/${lane.model}`);
    return {
      planned: lane,
      provider,
      limits: declaredLimits(manifest, lane),
      price: priceOf(lane),
    };
  });
  return { ok: true, prepared: { plan: planned.plan, lanes } };
}

function providerProblem(
  problems: ReadonlyArray<{ readonly message: string; readonly hint: string }>,
): VolleyError {
  const [first] = problems;
  const more = problems.slice(1).map(({ message, hint }) => `\n${message}\n  ${hint}`);
  return new VolleyError(first?.message ?? 'a provider cannot be used', {
    exitCode: EXIT.provider,
    hint: (first?.hint ?? '') + more.join(''),
  });
}
