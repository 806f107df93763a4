import { expect } from 'vitest';
import type { Behaviour, SeenRequest } from '../support/server.ts';
import { promptOf } from '../support/wires.ts';
import { repo, type Repo } from './support.ts';

/**
 * A first run of tasks without ids. Such tasks are named by their position, which depends on the
 * tasks before them.
 */
export async function ran(
  prompts: readonly string[],
  failing: readonly string[] = [],
): Promise<Repo> {
  let isFirst = true;
  const respond = (request: SeenRequest): Behaviour =>
    isFirst && failing.includes(promptOf(request))
      ? { kind: 'error', status: 400 }
      : { kind: 'answer' };
  const first = await repo({ tasks: prompts }, { respond });
  expect((await first.run()).code).toBe(failing.length > 0 ? 1 : 0);
  expect(first.sent()).toEqual(prompts.toSorted());
  isFirst = false;
  return first;
}

/** Replaces the tasks of the manifest. */
export function edit(repo: Repo, tasks: readonly unknown[]): void {
  const manifest: unknown = JSON.parse(repo.read('volley.yaml'));
  repo.write('volley.yaml', JSON.stringify({ ...Object(manifest), tasks }));
}
