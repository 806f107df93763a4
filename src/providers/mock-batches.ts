import { DEFAULT_BATCH_MS, DEFAULT_MOCK } from '../manifest/build-providers.ts';
import type { MockSettings } from '../manifest/manifest.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { Clock } from '../ports/clock.ts';
import { seededRandom } from '../ports/random.ts';
import { unprocessed, type BatchApi, type BatchState, type CollectedRow } from './batch-api.ts';
import { MOST_IN_BATCH } from './batch-wire.ts';
import type { AttemptOutcome } from './provider.ts';

/**
 * Batches without a network and without state: the id of a batch contains its creation time,
 * duration and row count, and the seed decides the outcome of each row. So another process can
 * collect the batch.
 */
export function createMockBatches(options: {
  readonly settings: Pick<MockSettings, 'seed' | 'batch'> | undefined;
  readonly clock: Clock;
  readonly answer: (request: PromptRequest, customId: string) => AttemptOutcome;
}): BatchApi {
  const { clock, answer } = options;
  const { seed, batch = DEFAULT_BATCH } = options.settings ?? DEFAULT_MOCK;

  /** Canceled by this process; another process sees such a batch still running. */
  const canceled = new Set<string>();

  function stateOf(id: string): BatchState {
    const [, , created = '0', took = '0', rows = '0'] = id.split('_');
    const passedMs = Math.max(0, clock.epochMs() - Number(created));
    const share = Number(took) > 0 ? Math.min(1, passedMs / Number(took)) : 1;
    const isCanceled = canceled.has(id) && share < 1;
    const isOver = isCanceled || share >= 1;
    const done = Math.floor(share * Number(rows));
    const word = isCanceled ? 'cancelled' : isOver ? 'completed' : 'in_progress';
    return { id, word, phase: isOver ? 'ended' : 'running', done, files: [] };
  }

  function rowOutcome(customId: string, request: PromptRequest): AttemptOutcome {
    const draw = seededRandom(hash([seed, customId, 'batch']))();
    return draw < batch.expired ? unprocessed('expired') : answer(request, customId);
  }

  return {
    most: MOST_IN_BATCH,
    rowOf: (customId) => ({ ok: true, text: JSON.stringify(customId) }),
    upload: () => Promise.resolve({ ok: true, value: undefined }),
    create({ id, rows }) {
      const { min, max } = batch.durationMs;
      const tookMs = min + seededRandom(hash([seed, rows.join(',')]))() * (max - min);
      const parts = ['mock', id, Math.round(clock.epochMs()), Math.round(tookMs), rows.length];
      return Promise.resolve({ ok: true, value: stateOf(parts.join('_')) });
    },
    find: () => Promise.resolve({ ok: true, value: [] }),
    inspect: (id) => Promise.resolve({ ok: true, value: stateOf(id) }),
    cancel(id) {
      canceled.add(id);
      return Promise.resolve({ ok: true, value: stateOf(id) });
    },
    collect({ rows, word }, requestOf) {
      if (word === 'cancelled') return Promise.resolve({ ok: true, value: [] });
      const value = rows.flatMap((customId): CollectedRow[] => {
        const request = requestOf(customId);
        const outcome = request ? rowOutcome(customId, request) : unprocessed('ended');
        return [{ customId, outcome }];
      });
      return Promise.resolve({ ok: true, value });
    },
    deleteFiles: () => Promise.resolve(),
  };
}

const DEFAULT_BATCH: NonNullable<MockSettings['batch']> = {
  durationMs: DEFAULT_BATCH_MS,
  expired: 0,
};

/** FNV-1a over the JSON of the parts. */
export function hash(parts: readonly unknown[]): number {
  let state = 0x811c9dc5;
  for (const byte of Buffer.from(JSON.stringify(parts), 'utf8')) {
    state = Math.imul(state ^ byte, 0x01000193) >>> 0;
  }
  return state;
}
