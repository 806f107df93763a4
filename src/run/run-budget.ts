import type { Finding } from '../errors/finding.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { modelsOf } from '../manifest/task-models.ts';
import { budgetObstacle, requestWorstCase, untrustedPrice } from '../money/budget-obstacles.ts';
import { callersObstacle } from '../money/price-neutral-params.ts';
import { formatUsd } from '../money/cost.ts';
import { serviceOf } from '../money/service-tier.ts';
import { worstCase } from '../money/worst-case.ts';
import { createTokenEstimator } from '../money/token-ranges.ts';
import { createLedger } from '../money/budget-ledger.ts';
import { createBudgetGate, type BudgetGate } from '../money/budget-wait.ts';
import { counted } from '../report/format-numbers.ts';
import type { WorstCaseOf } from '../money/worst-case.ts';
import type { RunShare } from '../share/open-share.ts';
import type { PreparedRun } from './prepare-run.ts';
import { budgetPriceFinder, priceFinder } from './run-prices.ts';

/** Why a manifest cannot run under its budget (exit 3); undefined if it can, or has no budget. */
export function budgetRefusal(manifest: Manifest): VolleyError | undefined {
  if (!manifest.budget) return undefined;
  const { callersCap } = manifest.budget;
  const priceOf = budgetPriceFinder(manifest);
  const ownPriceOf = priceFinder(manifest);
  const findings = manifest.tasks.flatMap((template): Finding[] =>
    modelsOf(template).flatMap((model) => {
      const obstacle =
        (callersCap && callersObstacle(template.parameters, callersCap)) ??
        (priceOf(model) === undefined && ownPriceOf(model) !== undefined
          ? untrustedPrice(model)
          : budgetObstacle(model, template.parameters, priceOf(model), callersCap));
      if (!obstacle) return [];
      return [{ code: 'UNBOUNDED_COST', severity: 'error', place: template.place, ...obstacle }];
    }),
  );
  if (findings.length === 0) return undefined;
  // The same problem in many tasks is reported once.
  const distinct = findings.filter(
    ({ message }, at) => findings.findIndex((each) => each.message === message) === at,
  );
  const count = findings.length === 1 ? 'one task' : `${findings.length} tasks`;
  return new VolleyError(`the cost of ${count} has no limit, but a budget is set`, {
    exitCode: EXIT.budget,
    findings: distinct.slice(0, MOST_FINDINGS),
  });
}

const MOST_FINDINGS = 50;

/**
 * A warning for a budget that does not even cover the cheapest task, or covers only a few tasks at
 * a time.
 */
export function smallBudgetWarnings(manifest: Manifest): readonly Finding[] {
  const { maxCostUsd = Infinity, maxTaskCostUsd = Infinity } = manifest.budget ?? {};
  const cap = Math.min(maxCostUsd, maxTaskCostUsd);
  const priceOf = budgetPriceFinder(manifest);
  const cheapest = manifest.tasks
    .filter(({ needs }) => needs === undefined)
    .flatMap((template) =>
      modelsOf(template).flatMap((model) => {
        const { place, parameters, maxRetries: retries } = template;
        const ceiling = { inputTokens: 0, outputTokens: parameters.maxTokens ?? 0 };
        const service = serviceOf(parameters) ?? 'standard';
        const worst = worstCase(ceiling, priceOf(model), { retries, service });
        if (!worst) return [];
        const { attemptUsd: usd, attempts } = worst;
        return [{ place, maxTokens: parameters.maxTokens, usd, reservedUsd: usd * attempts }];
      }),
    )
    .toSorted((a, b) => a.usd - b.usd)[0];
  if (!cheapest) return [];
  const { place, maxTokens, reservedUsd } = cheapest;
  const atOnce = Math.max(1, Math.floor(maxCostUsd / reservedUsd + 1e-9));
  const isMany =
    manifest.tasks.length > atOnce ||
    manifest.tasks.some(({ forEach, matrix }) => forEach !== undefined || matrix !== undefined);
  if (cheapest.usd <= cap && atOnce <= FEW && isMany) {
    return [
      {
        code: 'BUDGET_TOO_SMALL',
        severity: 'warning',
        place,
        message: `the budget of ${formatUsd(maxCostUsd)} allows only ${counted(atOnce, 'request')} at a time: for each, up to ${formatUsd(reservedUsd)} is reserved until it ends, including retries`,
        hint: `raise \`max_cost_usd\`, or lower \`max_tokens: ${maxTokens}\` or \`max_retries\``,
      },
    ];
  }
  if (cheapest.usd <= cap) return [];
  const key = cap === maxCostUsd ? 'max_cost_usd' : 'max_task_cost_usd';
  return [
    {
      code: 'BUDGET_TOO_SMALL',
      severity: 'warning',
      place,
      message: `the budget of ${formatUsd(cap)} is less than this task may cost: its answer alone may cost up to ${formatUsd(cheapest.usd)}`,
      hint: `raise \`${key}\`, or lower \`max_tokens: ${maxTokens}\``,
    },
  ];
}

/** With so few requests at a time, every run is slow. */
const FEW = 4;

export interface RunMoney {
  readonly worstCase: WorstCaseOf;
  /** Undefined without a budget. */
  readonly budget?: BudgetGate;
}

/**
 * The run's money. `spentUsd` is what earlier runs with the same journal cost, because the budget
 * covers them too.
 */
export async function runMoney(
  { plan: { manifest }, lanes }: PreparedRun,
  { spentUsd = 0 }: { readonly spentUsd?: number },
): Promise<RunMoney> {
  const { budget } = manifest;
  // The exact tokenizer takes time and memory to load; only a budget for paid models needs it.
  const isExact =
    budget !== undefined && lanes.some(({ budgetPrice }) => budgetPrice?.source !== 'free');
  const estimator = await createTokenEstimator(isExact ? 'tokens' : 'bytes');
  const worstCase: WorstCaseOf = (request, { price, ...options }) =>
    requestWorstCase(request, price, { ...options, estimator, callersCap: budget?.callersCap });
  if (!budget) return { worstCase };
  return { worstCase, budget: createBudgetGate(createLedger({ ...budget, spentUsd })) };
}

/** The same money with a shared budget. What a task may cost has to fit into both budgets. */
export function withSharedBudget(
  money: RunMoney,
  { plan: { manifest } }: PreparedRun,
  share: RunShare | undefined,
): RunMoney {
  const maxCostUsd = manifest.budget?.maxCostUsd;
  if (!money.budget || maxCostUsd === undefined || !share) return money;
  const budget = share.budget(money.budget, maxCostUsd);
  return budget ? { ...money, budget } : money;
}
