import type { FedTask, FeedItem } from './feed-item.ts';
import type { LanePrefixes } from './lane-prefixes.ts';
import type { Shared } from './shared-prefixes.ts';

/** Limits on the tasks held back: their number, and the tokens that they do not share. */
const MOST_HELD = { tasks: 5_000, tokens: 4_000_000 };

/**
 * A lane's feed that holds back tasks while they wait for a prefix to be cached. It yields each
 * held task as soon as it may be sent, and tasks with the same prefix together. Tasks that come
 * later in the feed may overtake them. A string instead of a task means that no task is ready.
 */
export function warmFeed(
  tasks: AsyncIterable<FeedItem>,
  prefixes: LanePrefixes,
  stopped: AbortSignal,
): AsyncIterable<FeedItem> {
  return {
    [Symbol.asyncIterator]() {
      const feed = tasks[Symbol.asyncIterator]();
      const held = createHeld();
      let upcoming: Promise<IteratorResult<FeedItem>> | undefined;
      let isAtEnd = false;

      /**
       * The first held task that may be sent. `isStuck`: if none may be sent, one is sent anyway
       * unless it waits for a request in flight.
       */
      function released({ isStuck }: { readonly isStuck: boolean }): FedTask | undefined {
        for (const { fed, shared } of held.first()) {
          const pass = stopped.aborted ? undefined : prefixes.tryEnter(shared);
          if (!pass && !stopped.aborted) continue;
          held.remove(shared);
          return pass ? { ...fed, pass } : fed;
        }
        if (!isStuck || prefixes.isBusy()) return undefined;
        for (const { fed, shared } of held.first()) {
          const pass = prefixes.tryEnter(shared, { isLast: true });
          if (!pass) continue;
          held.remove(shared);
          return { ...fed, pass };
        }
        return undefined;
      }

      function admitted(fed: FedTask): FedTask | undefined {
        const { rendered, task } = fed;
        const shared = rendered.ok ? prefixes.shared(rendered.request, task.template) : undefined;
        if (!rendered.ok || !shared) return fed;
        const pass = held.has(shared) ? undefined : prefixes.tryEnter(shared);
        if (pass) return { ...fed, pass };
        held.add({ fed, shared, tokens: ownTokens(shared) });
        return undefined;
      }

      return {
        async next() {
          for (;;) {
            const change = prefixes.changed();
            const isFull = held.isFull();
            const task = released({ isStuck: isAtEnd || isFull });
            if (task) return { done: false, value: task };
            if (isAtEnd && held.isEmpty()) return { done: true, value: undefined };
            if (isAtEnd || isFull) {
              await change;
              continue;
            }
            upcoming ??= feed.next();
            // If nothing is held, `change` may never settle, and such a promise would remember
            // every race.
            const next = await (held.isEmpty() ? upcoming : Promise.race([upcoming, change]));
            if (next === undefined) continue;
            upcoming = undefined;
            if (next.done === true) {
              isAtEnd = true;
              continue;
            }
            if (typeof next.value === 'string') {
              if (held.isEmpty()) return next;
              continue;
            }
            const admittedTask = admitted(next.value);
            if (admittedTask) return { done: false, value: admittedTask };
          }
        },
        async return() {
          void upcoming?.catch(() => undefined);
          return (await feed.return?.()) ?? { done: true, value: undefined };
        },
      };
    },
  };
}

function ownTokens({ promptTokens, prefixes }: Shared): number {
  return promptTokens - (prefixes.at(-1)?.tokens ?? 0);
}

interface HeldTask {
  readonly fed: FedTask;
  readonly shared: Shared;
  readonly tokens: number;
}

function keyOf({ prefixes }: Shared): string {
  return prefixes.at(-1)?.key ?? '';
}

/**
 * Held tasks, grouped by their longest prefix; in each group, the task that has waited longest
 * comes first.
 */
function createHeld() {
  const groups = new Map<string, HeldTask[]>();
  let tasks = 0;
  let tokens = 0;
  return {
    isEmpty: () => tasks === 0,
    isFull: () => tasks >= MOST_HELD.tasks || tokens >= MOST_HELD.tokens,
    has: (shared: Shared) => groups.has(keyOf(shared)),
    add(each: HeldTask): void {
      const key = keyOf(each.shared);
      const group = groups.get(key);
      if (group) group.push(each);
      else groups.set(key, [each]);
      tasks += 1;
      tokens += each.tokens;
    },
    *first(): Generator<HeldTask> {
      for (const [each] of groups.values()) if (each) yield each;
    },
    remove(shared: Shared): void {
      const key = keyOf(shared);
      const group = groups.get(key) ?? [];
      const each = group.shift();
      if (group.length === 0) groups.delete(key);
      tasks -= 1;
      tokens -= each?.tokens ?? 0;
    },
  };
}
