import { createHash } from 'node:crypto';
import type { TaskTemplate } from '../manifest/manifest.ts';
import type { Task } from './task.ts';

/** The same seed selects the same tasks. */
export interface SampleRule {
  readonly count: number;
  readonly seed: number;
}

interface Sample {
  add(task: Task): void;
  /** Indexes of the selected tasks. Each template gets its share, at least one if possible. */
  chosen(): readonly number[];
}

export function createSample({ count, seed }: SampleRule): Sample {
  const candidates = new Map<TaskTemplate, Candidate[]>();
  return {
    add({ id, index, template }) {
      const known = candidates.get(template) ?? [];
      candidates.set(template, known);
      known.push({ index, rank: hashOf(`${seed}:${id}`) });
    },
    chosen: () =>
      [...quotas(candidates, count)].flatMap(([template, quota]) =>
        lowest(candidates.get(template) ?? [], quota),
      ),
  };
}

interface Candidate {
  readonly index: number;
  readonly rank: number;
}

function lowest(candidates: readonly Candidate[], count: number): readonly number[] {
  return candidates
    .toSorted((one, other) => one.rank - other.rank || one.index - other.index)
    .slice(0, count)
    .map(({ index }) => index);
}

/**
 * How many tasks to select from each template. Each template gets one first. Then, by Adams'
 * method, the next task goes to the template where each selected task represents the most tasks.
 */
function quotas(
  candidates: ReadonlyMap<TaskTemplate, readonly Candidate[]>,
  count: number,
): ReadonlyMap<TaskTemplate, number> {
  const quota = new Map([...candidates.keys()].map((template) => [template, 0]));
  const total = [...candidates.values()].reduce((sum, { length }) => sum + length, 0);
  for (let left = Math.min(count, total); left > 0; left -= 1) {
    let next: { readonly template: TaskTemplate; readonly eachFor: number } | undefined;
    for (const [template, { length }] of candidates) {
      const quotaNow = quota.get(template) ?? 0;
      // Templates without a selected task come first, the largest of them first.
      const eachFor = quotaNow === 0 ? Number.MAX_SAFE_INTEGER / 2 + length : length / quotaNow;
      if (!next || eachFor > next.eachFor) next = { template, eachFor };
    }
    if (next) quota.set(next.template, (quota.get(next.template) ?? 0) + 1);
  }
  return quota;
}

/** 48 bits, the same on every machine. */
export function hashOf(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6);
}
