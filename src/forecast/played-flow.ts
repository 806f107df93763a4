import type { TaskTemplate } from '../manifest/manifest.ts';
import { byUrgency, linkNodes, type TaskNode } from '../plan/graph.ts';
import type { PromptRequest, Task } from '../plan/task.ts';
import { createChanges } from '../ports/changes.ts';
import { NOTHING_READY, type FeedItem } from '../prefix/feed-item.ts';
import type { PlayedGroup } from './play-schedule.ts';

/**
 * Feeds tasks to a simulation as a run does: the most urgent first, and each once its needs have
 * ended.
 */
export interface PlayedFlow {
  /** Indexes of tasks start at 0 in each group. */
  feed(
    groups: readonly PlayedGroup[],
    requestOf: (task: Task) => PromptRequest,
  ): AsyncIterable<FeedItem>;
  ended(task: Task): void;
}

/** The progress of a group. */
interface Progress {
  readonly node: TaskNode;
  given: number;
  ended: number;
}

/**
 * Handles needs within these groups; the needs outside them are already done. Tasks of a group are
 * alike, so the number of ended ones says how many tasks of the next step are ready.
 */
export function createPlayedFlow(groups: readonly PlayedGroup[]): PlayedFlow {
  const names = namedApart(groups.map(({ template }) => template));
  const originals = new Map([...names].map(([template, named]) => [named, template]));
  const totals = new Map(groups.map(({ template, tasks }) => [names.get(template), tasks]));
  const nodes = linkNodes([...names.values()], (template) => totals.get(template) ?? 0);
  const urgent = byUrgency(nodes).map((node): Progress => ({ node, given: 0, ended: 0 }));
  const byId = new Map(urgent.map((progress) => [progress.node.template.id, progress]));
  const changes = createChanges();

  function endedOf({ template }: TaskNode): number {
    return byId.get(template.id)?.ended ?? 0;
  }

  function hasReady({ node, given }: Progress): boolean {
    const { needs, follows, total } = node;
    if (needs.some((need) => need.kind !== 'own' && endedOf(need.node) < need.node.total)) {
      return false;
    }
    const isFollowing = follows !== undefined && follows.total > 0;
    return given < (isFollowing ? Math.floor((endedOf(follows) * total) / follows.total) : total);
  }

  return {
    async *feed(own, requestOf) {
      const ids = new Set(own.map(({ template }) => names.get(template)?.id));
      const left = new Set(
        urgent.filter(({ node }) => ids.has(node.template.id) && node.total > 0),
      );
      while (left.size > 0) {
        const change = changes.next();
        const next = [...left].find(hasReady);
        if (!next) {
          yield NOTHING_READY;
          await change;
          continue;
        }
        const { template: named, total } = next.node;
        const template = originals.get(named) ?? named;
        const index = next.given;
        next.given += 1;
        if (next.given === total) left.delete(next);
        const task = { id: template.id, index, template, item: undefined, matrix: undefined };
        yield { task, rendered: { ok: true, request: requestOf(task), fingerprint: '' } };
      }
    },
    ended({ template }) {
      const progress = byId.get(names.get(template)?.id ?? '');
      if (progress) progress.ended += 1;
      changes.tell();
    },
  };
}

/**
 * Gives each group of an entry (one per model) its own id. A task that needs one of these groups
 * needs all of them.
 */
function namedApart(templates: readonly TaskTemplate[]): ReadonlyMap<TaskTemplate, TaskTemplate> {
  const ids = new Map<string, string[]>();
  const idOf = new Map<TaskTemplate, string>();
  for (const template of new Set(templates)) {
    const own = ids.get(template.id) ?? [];
    const id = own.length === 0 ? template.id : `${template.id}~${own.length + 1}`;
    ids.set(template.id, [...own, id]);
    idOf.set(template, id);
  }
  if (ids.size === idOf.size) return new Map(templates.map((template) => [template, template]));
  return new Map(
    [...idOf].map(([template, id]) => {
      const needs = (template.needs ?? []).flatMap((need) =>
        (ids.get(need.id) ?? [need.id]).map((each) => ({ ...need, id: each })),
      );
      return [template, { ...template, id, ...(needs.length > 0 && { needs }) }];
    }),
  );
}
