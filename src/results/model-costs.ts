import { roundUsd } from '../money/cost.ts';
import type { ResultRecord } from './record.ts';
import type { SummaryModel } from './summary.ts';

/** Adds up the tasks and cost of each model. */
export interface ModelCosts {
  add(record: ResultRecord): void;
  /** Adds a cost that does not belong to a task. */
  addCost(model: string, usd: number | null): void;
  list(): readonly SummaryModel[];
}

export function createModelCosts(): ModelCosts {
  const models = new Map<string, { -readonly [Key in keyof SummaryModel]: SummaryModel[Key] }>();

  function entryOf(model: string) {
    const known = models.get(model) ?? { model, tasks: 0, succeeded: 0, cost_usd: 0 };
    models.set(model, known);
    return known;
  }

  function addCost(model: string, usd: number | null): void {
    const entry = entryOf(model);
    entry.cost_usd =
      entry.cost_usd === null || usd === null ? null : roundUsd(entry.cost_usd + usd);
  }

  return {
    add({ provider, model, status, attempts, cost_usd: usd, tried = [] }) {
      if (attempts === 0) return;
      // A record's cost includes all models that were asked.
      let left = usd;
      for (const each of tried) {
        if (each.attempts === 0) continue;
        addCost(`${each.provider}/${each.model}`, each.cost_usd);
        left = left === null || each.cost_usd === null ? null : left - each.cost_usd;
      }
      const name = `${provider}/${model}`;
      addCost(name, left === null ? null : Math.max(0, left));
      const entry = entryOf(name);
      entry.tasks += 1;
      if (status === 'succeeded') entry.succeeded += 1;
    },
    addCost,
    list: () => [...models.values()],
  };
}
