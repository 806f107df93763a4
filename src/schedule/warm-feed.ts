import type { Shared } from '../prefix/shared-prefixes.ts';
import { NOTHING_READY, type FedTask, type FeedItem } from './feed-item.ts';
import type { LanePrefixes } from './lane-prefixes.ts';

/** Tasks that wait for a prefix while others of the lane go out: so many, and so much of their own text. */
const MOST_HELD = { tasks: 5_000, tokens: 4_000_000 };

/**
 * A lane's feed without the tasks that have to wait for a prefix to be cached: these are held here and come as soon as
 * they may go, those with the same prefix together, and the tasks behind them come first meanwhile.
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

      /** The first task that may go out. `isStuck`: where none may, one of them goes unless it waits for another. */
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

      /** The task if it may go out. */
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
            // Not raced against a promise that never ends: each race would be remembered there.
            const next = await (held.isEmpty() ? upcoming : Promise.race([upcoming, change]));
            if (next === undefined) continue;
            upcoming = undefined;
            if (next.done === true) {
              isAtEnd = true;
              continue;
            }
            if (next.value === NOTHING_READY) {
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

/** Tasks that wait, by their longest prefix; those that waited longest first. */
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
    /** The first of each group. */
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
