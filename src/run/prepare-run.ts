import type { Finding } from '../errors/finding.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { declaredLimits } from '../manifest/declared-limits.ts';
import type { Limits, Manifest } from '../manifest/manifest.ts';
import { shareOf, type SharedParts } from '../manifest/divide-by-shard.ts';
import type { FoundPrice } from '../money/find-price.ts';
import type { ProjectFiles } from '../ports/files.ts';
import type { Plan, PlannedLane } from '../plan/plan.ts';
import { planTasks } from '../plan/plan-tasks.ts';
import { selectTasks, type SelectionRules } from '../plan/select-tasks.ts';
import { missingPackages } from '../providers/cloud-signing.ts';
import type { HostPermissions } from '../providers/allowed-hosts.ts';
import {
  resolveProviders,
  usableProviders,
  type ResolvedProvider,
} from '../providers/resolve-providers.ts';
import { budgetRefusal, smallBudgetWarnings } from './run-budget.ts';
import { keyWarnings } from './key-warnings.ts';
import { modelWarnings } from './model-warnings.ts';
import { budgetPriceFinder, priceFinder } from './run-prices.ts';

/** A run that passed every check that is possible before the first request. Nothing was sent. */
export interface PreparedRun {
  readonly plan: Plan;
  /** Warnings about the rows, without code frames. */
  readonly warnings: readonly Finding[];
  /** How many tasks are included only because selected ones need them. */
  readonly pulledIn: number;
  readonly lanes: readonly PreparedLane[];
  /** Each provider's host by name, including providers that only unselected tasks use. */
  readonly hosts: ReadonlyMap<string, string>;
}

export interface PreparedLane {
  readonly planned: PlannedLane;
  readonly provider: ResolvedProvider;
  readonly limits: Limits;
  /** Undefined if the price is unknown. */
  readonly price: FoundPrice | undefined;
  /** The price that the budget uses. It differs from `price` if the caller set the budget. */
  readonly budgetPrice: FoundPrice | undefined;
}

export interface RunPreparation extends HostPermissions {
  readonly files: ProjectFiles;
  /** The current wall time, because models are retired by date. */
  readonly epochMs: number;
  /**
   * Default `run`. The other purposes send nothing and need no key. A `plan` is created even if the
   * budget forbids the run.
   */
  readonly purpose?: 'run' | 'rehearsal' | 'plan';
  /** Which tasks to run, along with all the tasks that they need; default: all. */
  readonly selection?: SelectionRules | undefined;
  /** Limits and budgets that all shards share, so they are not divided; default: none. */
  readonly shared?: SharedParts | undefined;
}

/**
 * Expands the manifest and resolves each provider's host and key. Findings are about rows. A
 * `VolleyError` is about the selection (exit 2), the budget (exit 3), or keys and hosts (exit 4).
 */
export async function prepareRun(
  whole: Manifest,
  options: RunPreparation,
): Promise<{ ok: true; prepared: PreparedRun } | { ok: false; findings: readonly Finding[] }> {
  const { purpose = 'run', selection } = options;
  const shared = selection?.shard ? shareOf(whole, selection.shard.of, options.shared) : whole;
  const planned = await planTasks(shared, options.files);
  if (!planned.ok) return planned;
  const { plan, pulledIn } = selection
    ? await selected(planned.plan, selection)
    : { plan: planned.plan, pulledIn: 0 };
  const { manifest } = plan;
  const refusal = budgetRefusal(manifest);
  if (refusal && purpose !== 'plan') throw refusal;
  const resolved = resolveProviders(manifest, { ...options, rehearses: purpose !== 'run' });
  if (!resolved.ok) throw providerProblem(resolved.problems);
  const missing = purpose === 'run' ? await missingPackages(resolved.providers.values()) : [];
  if (missing.length > 0) throw providerProblem(missing);
  const priceOf = priceFinder(manifest);
  const budgetPriceOf = budgetPriceFinder(manifest);
  const lanes = plan.lanes.map((lane): PreparedLane => {
    const provider = resolved.providers.get(lane.provider);
    if (!provider) throw new Error(`no provider resolved for lane ${lane.provider}/${lane.model}`);
    return {
      planned: lane,
      provider,
      limits: declaredLimits(manifest, lane),
      price: priceOf(lane),
      budgetPrice: budgetPriceOf(lane),
    };
  });
  const providers = usableProviders(whole, { ...options, rehearses: true });
  const hosts = new Map([...providers].map(([name, { host }]) => [name, host]));
  return {
    ok: true,
    prepared: {
      plan,
      warnings: [
        ...modelWarnings(manifest, options),
        ...keyWarnings(manifest, resolved.providers),
        ...smallBudgetWarnings(manifest),
        ...planned.warnings,
      ],
      pulledIn,
      lanes,
      hosts,
    },
  };
}

async function selected(
  whole: Plan,
  rules: SelectionRules,
): Promise<{ readonly plan: Plan; readonly pulledIn: number }> {
  const found = await selectTasks(whole, rules);
  if (found.ok) return found;
  const { message, hint } = found;
  throw new VolleyError(message, { exitCode: EXIT.usage, hint });
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
