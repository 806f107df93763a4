import { batchBillOf, batchService } from '../money/bill.ts';
import { factorOf } from '../manifest/price.ts';
import { requestFingerprint } from '../plan/fingerprint.ts';
import type { Clock } from '../ports/clock.ts';
import type { AttemptOutcome } from '../providers/provider.ts';
import type { FedTask, FeedItem } from '../schedule/feed-item.ts';
import { NOTHING_READY } from '../schedule/feed-item.ts';
import { BatchStopped, stoppedBy, type BatchingOptions, type BatchLane } from './batch-lane.ts';
import { customIdOf, type OpenChunk } from './batch-line.ts';
import type { BatchRow, Chunk } from './chunk.ts';
import {
  chunkEvent,
  collected,
  created,
  ended,
  found,
  now,
  waited,
  waitMs,
} from './chunk-calls.ts';
import { judgedRow, savedUsd } from './row-outcome.ts';

/** The batches of a run. */
export interface Batching {
  /**
   * Stands between a lane's tasks and its requests: tasks that go in batches are settled here, and the lane gets
   * those that do not, and what batches left over.
   */
  feed(lane: BatchLane, tasks: AsyncIterable<FeedItem>): AsyncIterable<FeedItem>;
  /** Resolves once no create is in flight. Call it when nothing takes tasks any more. */
  close(): Promise<void>;
  totals(): BatchTotals;
}

export interface BatchTotals {
  /** Batches that are not collected. */
  readonly pending: number;
  /** US dollars; undefined without batches, null where a price is unknown. */
  readonly savedUsd: number | null | undefined;
  readonly isDetached: boolean;
}

/** Bytes of rows that may be with providers at once; more would fill the memory. */
const MOST_OPEN_BYTES = 256 * 1024 * 1024;
/** When nothing comes for so long, what there is goes out. */
const STALL_MS = 5_000;
/** A row that no batch has processed after so many goes in realtime. */
const MOST_ROUNDS = 3;
const SETTLED_AT_ONCE = 64;

export function createBatching(options: BatchingOptions): Batching {
  const { clock, settings } = options;
  const working = new Set<Promise<void>>();
  const open = new Set<Chunk>();
  /** Chunks of earlier runs that belong to no lane of this one stay as they are. */
  const restored = new Map<string, Chunk>();
  const restoredLanes = new Map<string, Chunk[]>();
  const creating = new Map<string, Promise<void>>();
  /** Ids of batches that are known to be those of a chunk. */
  const claimedIds = new Set<string>();
  const isClaimed = (batchId: string): boolean => claimedIds.has(batchId);
  const totals = { saved: undefined as number | null | undefined, isDetached: false };
  for (const each of options.openChunks) restore(each);

  function restore({ intended, batchId }: OpenChunk): void {
    const chunk: Chunk = {
      id: intended.chunk,
      fingerprints: new Map(intended.rows.map((each) => [customIdOf(each), each])),
      claimed: new Map(),
      sinceEpochMs: Date.parse(intended.at) || 0,
      reservedUsd: intended.reserved_usd,
      isRestored: true,
      inputFile: intended.input_file,
      batchId,
      state: undefined,
      reservation: undefined,
      results: undefined,
      budgetUsd: 0,
    };
    if (batchId !== undefined) claimedIds.add(batchId);
    open.add(chunk);
    restored.set(chunk.id, chunk);
    restoredLanes.set(intended.lane, [...(restoredLanes.get(intended.lane) ?? []), chunk]);
  }

  /** Creates go one after another per provider, so that a lost one is told from its neighbors by its time. */
  function inTurn(provider: string, work: () => Promise<void>): Promise<void> {
    const done = (creating.get(provider) ?? Promise.resolve()).then(work);
    creating.set(
      provider,
      done.catch(() => undefined),
    );
    return done;
  }

  function track(work: Promise<void>, onError: (error: unknown) => void): void {
    const tracked = work.catch(onError).finally(() => working.delete(tracked));
    working.add(tracked);
  }

  function feed(lane: BatchLane, tasks: AsyncIterable<FeedItem>): AsyncIterable<FeedItem> {
    return {
      [Symbol.asyncIterator]: () => laneFeed(lane, tasks[Symbol.asyncIterator]()),
    };
  }

  function laneFeed(lane: BatchLane, source: AsyncIterator<FeedItem>): AsyncIterator<FeedItem> {
    /** Aborted: the lane takes and submits nothing more, and nobody waits for its batches. */
    const stop = new AbortController();
    const drain = stop.signal;
    const onDrain = (): void => stop.abort(options.drain.reason);
    if (options.drain.aborted) onDrain();
    options.drain.addEventListener('abort', onDrain, { once: true });
    const where = { lane, options: { ...options, drain }, isClaimed };
    /** Rows that were in a batch, or are to be. */
    const taken = new Set<string>();
    const ready: FeedItem[] = [];
    const mine = new Set<Chunk>(restoredLanes.get(lane.name) ?? []);
    let buffer: BatchRow[] = [];
    let bufferBytes = 0;
    let openBytes = 0;
    let mostRows = lane.api.most.rows;
    let hasCut = false;
    let isSourceDone = false;
    /** No further task comes until one of these has ended. */
    let isIdle = false;
    let isClosed = false;
    let hasBegun = false;
    let failure: { readonly error: unknown } | undefined;
    let pull: Promise<IteratorResult<FeedItem>> | undefined;
    let change = Promise.withResolvers<'change'>();

    function tellChange(): void {
      const told = change;
      change = Promise.withResolvers<'change'>();
      told.resolve('change');
    }

    function fail(error: unknown): void {
      failure ??= { error };
      tellChange();
    }

    /** Chunks of earlier runs are still waited for. */
    function begin(): void {
      hasBegun = true;
      for (const chunk of mine) track(resumed(chunk), fail);
    }

    async function resumed(chunk: Chunk): Promise<void> {
      if (chunk.batchId === undefined) {
        if (options.resubmits) {
          await options.keepLine({ step: 'dropped', chunk: chunk.id, at: now(clock) });
          giveBack(chunk);
          return;
        }
        // Before any new batch is created that could be taken for it.
        await inTurn(lane.provider.name, async () => {
          const state = await found(chunk, where);
          if (state) await submitted(chunk, state.id);
        });
        if (chunk.batchId === undefined) return;
      }
      const worst = chunk.reservedUsd ?? 0;
      if (options.budget && worst > 0) {
        const need = { attemptUsd: worst, attempts: 1, tasks: chunk.fingerprints.size };
        const money = await options.budget.reserve(need, lane.name, drain);
        // It is paid for, whatever the budget says now.
        if (money.kind === 'covered') chunk.reservation = money.reservation;
      }
      await follow(chunk);
    }

    async function submitted(chunk: Chunk, batchId: string): Promise<void> {
      chunk.batchId = batchId;
      claimedIds.add(batchId);
      const at = now(clock);
      await options.keepLine({ step: 'submitted', chunk: chunk.id, at, batch_id: batchId });
      options.emit(chunkEvent(chunk, 'submitted', where));
      tellChange();
    }

    /** From its creation to its end. */
    async function follow(chunk: Chunk): Promise<void> {
      const { batchId } = chunk;
      if (batchId === undefined || options.detaches) return;
      const state = await ended(chunk, batchId, where);
      if (!state) return;
      if (state.phase === 'refused') return refusedWhole(chunk, state.refusal);
      options.emit(chunkEvent(chunk, 'ended', where));
      const results = await collected(chunk, state, where);
      if (!results) return;
      if (!results.ok) {
        throw stoppedBy(`the answers of batch \`${batchId}\` cannot be read`, results.failure);
      }
      chunk.results = results.value;
      tellChange();
      await settleRows(chunk, batchId);
    }

    async function refusedWhole(
      chunk: Chunk,
      refusal = { message: 'no reason was given', isQueueFull: false },
    ): Promise<void> {
      const { message, isQueueFull } = refusal;
      await options.keepLine({ step: 'dropped', chunk: chunk.id, at: now(clock) });
      options.emit({ ...chunkEvent(chunk, 'refused', where), message });
      if (!isQueueFull) {
        throw new BatchStopped(
          `\`${lane.name}\` refused batch \`${chunk.batchId}\`: ${message}`,
          'nothing of it was charged; correct what it names, or run in realtime',
        );
      }
      // There was no room in its queue: less at a time, and later.
      mostRows = Math.max(1, Math.ceil(chunk.fingerprints.size / 2));
      if ([...mine].every((each) => each === chunk)) {
        if (!(await waited(clock, QUEUE_WAIT_MS, drain))) return;
      }
      giveBack(chunk);
    }

    /** A chunk that nothing came of: its rows go out again. */
    function giveBack(chunk: Chunk): void {
      endChunk(chunk);
      for (const row of chunk.claimed.values()) enqueue(row);
      chunk.claimed.clear();
      tellChange();
    }

    function endChunk(chunk: Chunk): void {
      mine.delete(chunk);
      open.delete(chunk);
      restored.delete(chunk.id);
      const { reservation, budgetUsd } = chunk;
      chunk.reservation = undefined;
      if (reservation)
        options.budget?.settle(reservation, { usd: budgetUsd, possiblyPaidAttempts: 0 });
      for (const { text } of chunk.claimed.values()) openBytes -= text.length;
    }

    /** Settles what has both a task and a result; ends the chunk once no further task can claim a row. */
    async function settleRows(chunk: Chunk, batchId: string): Promise<void> {
      const again: BatchRow[] = [];
      for (;;) {
        await settleClaimed(chunk, batchId, again);
        if (drain.aborted) break;
        if (!chunk.isRestored || isSourceDone || allClaimed(chunk, batchId)) break;
        await Promise.race([change.promise, waited(clock, STALL_MS, drain)]);
      }
      if (failure || drain.aborted) {
        for (const row of again) sendAgain(row);
        return;
      }
      // Not sent back at all: the same as expired.
      const missing = [...chunk.claimed.values()];
      if (missing.length > 0) {
        const message = `${missing.length} of its rows did not come back`;
        options.emit({ ...chunkEvent(chunk, 'doubtful', where), message });
      }
      for (const row of missing) openBytes -= row.text.length;
      chunk.claimed.clear();
      const isWhole = await keepUnclaimed(chunk, batchId);
      if (isWhole) {
        await options.keepLine({ step: 'collected', chunk: chunk.id, at: now(clock) });
        options.emit(chunkEvent(chunk, 'collected', where));
        if (!settings.keepFiles) {
          await lane.api.deleteFiles(chunk.state?.files ?? [], options.abort);
        }
      }
      mine.delete(chunk);
      if (isWhole) endChunk(chunk);
      for (const row of [...again, ...missing]) sendAgain(row);
      tellChange();
    }

    function allClaimed(chunk: Chunk, batchId: string): boolean {
      return [...(chunk.results?.values() ?? [])].every(({ customId, outcome }) => {
        const fingerprint = chunk.fingerprints.get(customId);
        if (fingerprint === undefined || !isPaid(outcome)) return true;
        return options.isRecorded(batchId, fingerprint);
      });
    }

    async function settleClaimed(chunk: Chunk, batchId: string, again: BatchRow[]): Promise<void> {
      const results = chunk.results ?? new Map();
      const rows = [...chunk.claimed.values()].filter(({ customId }) => results.has(customId));
      for (let at = 0; at < rows.length; at += SETTLED_AT_ONCE) {
        await Promise.all(
          rows.slice(at, at + SETTLED_AT_ONCE).map(async (row) => {
            const outcome = results.get(row.customId)?.outcome;
            if (!outcome || !chunk.claimed.delete(row.customId)) return;
            results.delete(row.customId);
            openBytes -= row.text.length;
            const judged = await judgedRow(row, outcome, {
              batchId,
              prices: lane,
              sinceEpochMs: chunk.sinceEpochMs,
              nowEpochMs: clock.epochMs(),
              cut: options.abort,
            });
            if (judged.kind === 'again') again.push(row);
            else {
              chunk.budgetUsd += judged.bill?.budgetUsd ?? 0;
              const saved = savedUsd(judged.outcome.usage, judged.bill, lane);
              totals.saved =
                saved === null || totals.saved === null ? null : (totals.saved ?? 0) + saved;
              await options.settle(judged.outcome);
            }
          }),
        );
        if (drain.aborted) return;
      }
    }

    /** Keeps answers that no task of the manifest wants; false: some may be another run's. */
    async function keepUnclaimed(chunk: Chunk, batchId: string): Promise<boolean> {
      for (const [customId, { outcome }] of chunk.results ?? []) {
        const fingerprint = chunk.fingerprints.get(customId);
        if (fingerprint !== undefined && options.isRecorded(batchId, fingerprint)) continue;
        if (!isPaid(outcome)) continue;
        if (!options.coversAll()) return false;
        const answer = outcome.kind === 'answered' ? outcome.answer : undefined;
        const usage =
          answer?.usage ?? (outcome.kind === 'failed' ? outcome.failure.usage : undefined);
        const costUsd = usage ? batchBillOf(usage, lane).costUsd : null;
        chunk.budgetUsd += costUsd ?? 0;
        const text = answer?.text ?? '';
        const row = { batch_id: batchId, custom_id: customId, at: now(clock), text };
        await options.keepRow({ ...row, cost_usd: costUsd });
      }
      return true;
    }

    function sendAgain(row: BatchRow): void {
      if (isClosed) return options.leave(row.item.task);
      const next = { ...row, rounds: row.rounds + 1 };
      if (settings.leftovers === 'batch' && lane.submits && next.rounds < MOST_ROUNDS)
        enqueue(next);
      else ready.push(row.item);
    }

    function enqueue(row: BatchRow): void {
      if (!lane.submits) {
        ready.push(row.item);
        return;
      }
      buffer.push(row);
      bufferBytes += row.text.length;
    }

    function take(item: FedTask): void {
      const row = rowFor(item);
      if (!row || taken.has(row.customId)) {
        ready.push(item);
        return;
      }
      for (const chunk of mine) {
        if (!chunk.isRestored || !chunk.fingerprints.has(row.customId)) continue;
        const isDone =
          chunk.batchId !== undefined && options.isRecorded(chunk.batchId, row.fingerprint);
        if (isDone || chunk.claimed.has(row.customId)) continue;
        if (chunk.batchId === undefined && options.resubmits) continue;
        taken.add(row.customId);
        chunk.claimed.set(row.customId, row);
        openBytes += row.text.length;
        tellChange();
        return;
      }
      if (!lane.submits || isTooDear(row)) {
        ready.push(item);
        return;
      }
      taken.add(row.customId);
      enqueue(row);
    }

    function rowFor(item: FedTask): BatchRow | undefined {
      const { rendered, task } = item;
      if (!rendered.ok) return undefined;
      const { request, fingerprint = requestFingerprint(request, lane.host) } = rendered;
      const customId = customIdOf(fingerprint);
      const text = lane.api.rowOf(customId, request);
      if (!text.ok || text.text.length > lane.api.most.bytes) return undefined;
      const worst = options.worstCase(request, {
        price: lane.budgetPrice ?? lane.price,
        retries: 0,
      });
      const factor = batchFactor(lane);
      return {
        item: { ...item, task },
        customId,
        fingerprint,
        text: text.text,
        worstUsd: worst && worst.attemptUsd * factor,
        rounds: 0,
      };
    }

    function isTooDear({ worstUsd }: BatchRow): boolean {
      const { maxTaskCostUsd: cap } = options;
      return cap !== undefined && (worstUsd ?? Infinity) > cap;
    }

    /** Makes chunks of what is waiting. `isAll`: no more comes for now. */
    function cut({ isAll }: { readonly isAll: boolean }): void {
      while (buffer.length > 0) {
        const rows = firstOf(buffer, { rows: mostRows, bytes: lane.api.most.bytes });
        if (!isAll && rows.length === buffer.length && rows.length < mostRows) return;
        buffer = buffer.slice(rows.length);
        for (const { text } of rows) bufferBytes -= text.length;
        if (hasCut && rows.length < settings.minRows) {
          ready.push(...rows.map(({ item }) => item));
          continue;
        }
        hasCut = true;
        submit(rows);
      }
    }

    function submit(rows: readonly BatchRow[]): void {
      const worst = rows.map(({ worstUsd }) => worstUsd);
      const reservedUsd = worst.includes(null)
        ? undefined
        : worst.reduce<number>((sum, usd) => sum + (usd ?? 0), 0);
      const chunk: Chunk = {
        id: options.newId(),
        fingerprints: new Map(rows.map(({ customId, fingerprint }) => [customId, fingerprint])),
        claimed: new Map(rows.map((row) => [row.customId, row])),
        sinceEpochMs: clock.epochMs(),
        reservedUsd,
        isRestored: false,
        inputFile: undefined,
        batchId: undefined,
        state: undefined,
        reservation: undefined,
        results: undefined,
        budgetUsd: 0,
      };
      for (const { text } of rows) openBytes += text.length;
      mine.add(chunk);
      track(sent(chunk, rows), fail);
    }

    async function sent(chunk: Chunk, rows: readonly BatchRow[]): Promise<void> {
      if (!(await reserved(chunk, rows))) return;
      await inTurn(lane.provider.name, () => create(chunk, rows));
      await follow(chunk);
    }

    /** The whole chunk, before it is created. False: it is dealt with otherwise. */
    async function reserved(chunk: Chunk, rows: readonly BatchRow[]): Promise<boolean> {
      const { budget } = options;
      if (!budget) return true;
      const need = { attemptUsd: chunk.reservedUsd ?? Infinity, attempts: 1, tasks: rows.length };
      const money =
        chunk.reservedUsd === undefined
          ? { kind: 'used_up' as const }
          : await budget.reserve(need, lane.name, drain);
      if (money.kind === 'covered') {
        chunk.reservation = money.reservation;
        return true;
      }
      if (money.kind === 'stopped') return false;
      endChunk(chunk);
      chunk.claimed.clear();
      // Half of it may fit. What does not fit alone is for the lane to refuse, as any request.
      const half = Math.ceil(rows.length / 2);
      if (rows.length > 1) {
        submit(rows.slice(0, half));
        submit(rows.slice(half));
      } else ready.push(...rows.map(({ item }) => item));
      tellChange();
      return false;
    }

    async function create(chunk: Chunk, rows: readonly BatchRow[]): Promise<void> {
      if (drain.aborted || isClosed) return;
      const texts = rows.map(({ text }) => text);
      const { id } = chunk;
      for (let round = 0; ; round += 1) {
        const file = await lane.api.upload({ id, model: lane.model, rows: texts }, drain);
        if (file.ok) {
          chunk.inputFile = file.value;
          break;
        }
        if (drain.aborted) return;
        const { retryable, retryAfterMs } = file.failure;
        if (!retryable || round >= MOST_UPLOADS) {
          throw stoppedBy(`\`${lane.name}\` does not take the rows of a batch`, file.failure);
        }
        if (!(await waited(clock, retryAfterMs ?? waitMs(round), drain))) return;
      }
      if (drain.aborted) return;
      await options.keepLine({
        step: 'intended',
        chunk: id,
        lane: lane.name,
        at: now(clock),
        rows: rows.map(({ fingerprint }) => fingerprint),
        provider: lane.provider,
        ...(chunk.inputFile !== undefined && { input_file: chunk.inputFile }),
        ...(chunk.reservedUsd !== undefined && { reserved_usd: chunk.reservedUsd }),
      });
      // From here on it may exist.
      open.add(chunk);
      const creation = await created(chunk, texts, where);
      if (creation.kind === 'created') await submitted(chunk, creation.state.id);
      if (creation.kind !== 'not_created') return;
      await options.keepLine({ step: 'dropped', chunk: id, at: now(clock) });
      open.delete(chunk);
      if (creation.why) throw creation.why;
    }

    /** Whether all that is to be submitted is. */
    function isAllSubmitted(): boolean {
      return (isSourceDone || isIdle) && [...mine].every(({ batchId }) => batchId !== undefined);
    }

    /** Lets go of tasks whose answers a later run collects. */
    function letGo(): void {
      isClosed = true;
      stop.abort(new Error('the lane has stopped'));
      options.drain.removeEventListener('abort', onDrain);
      for (const chunk of mine) {
        for (const { item } of chunk.claimed.values()) options.leave(item.task);
        chunk.claimed.clear();
      }
      for (const { item } of buffer) options.leave(item.task);
      buffer = [];
      for (const item of ready) if (item !== NOTHING_READY) options.leave(item.task);
      ready.length = 0;
      void source.return?.();
    }

    async function next(): Promise<IteratorResult<FeedItem>> {
      if (!hasBegun) begin();
      for (;;) {
        if (failure) throw failure.error;
        if (isClosed) return { done: true, value: undefined };
        const item = ready.shift();
        if (item !== undefined) return { done: false, value: item };
        if (isSourceDone || isIdle) cut({ isAll: true });
        if (ready.length > 0) continue;
        if (options.detaches && mine.size > 0 && isAllSubmitted()) {
          totals.isDetached = true;
          letGo();
          continue;
        }
        if (isSourceDone && mine.size === 0 && buffer.length === 0) {
          options.drain.removeEventListener('abort', onDrain);
          return { done: true, value: undefined };
        }
        const changed = change.promise;
        const isFull = openBytes + bufferBytes >= MOST_OPEN_BYTES;
        if (!isSourceDone && !isFull) pull ??= source.next();
        const stall = buffer.length > 0 ? stallOf(clock) : undefined;
        const event = await Promise.race([
          changed,
          ...(pull ? [pull] : []),
          ...(stall ? [stall.promise] : []),
        ]);
        stall?.cancel();
        if (event === 'change') continue;
        if (event === 'stall') {
          cut({ isAll: true });
          continue;
        }
        pull = undefined;
        if (event.done === true) {
          isSourceDone = true;
          isIdle = true;
          tellChange();
        } else if (event.value === NOTHING_READY) {
          isIdle = true;
          tellChange();
          if (mine.size === 0 && buffer.length === 0) return { done: false, value: NOTHING_READY };
        } else {
          isIdle = false;
          take(event.value);
          cut({ isAll: false });
        }
      }
    }

    return {
      next,
      async return() {
        letGo();
        tellChange();
        return { done: true, value: undefined };
      },
    };
  }

  return {
    feed,
    async close() {
      while (working.size > 0) await Promise.all(working);
    },
    totals: () => ({ pending: open.size, savedUsd: totals.saved, isDetached: totals.isDetached }),
  };
}

/** Its tokens are on the bill, whatever came of them. */
function isPaid(outcome: AttemptOutcome): boolean {
  if (outcome.kind === 'failed') return outcome.failure.usage !== undefined;
  return true;
}

function stallOf(clock: Clock): {
  readonly promise: Promise<'stall'>;
  readonly cancel: () => void;
} {
  const { promise, resolve } = Promise.withResolvers<'stall'>();
  return { promise, cancel: clock.after(STALL_MS, () => resolve('stall')) };
}

const QUEUE_WAIT_MS = 60_000;
const MOST_UPLOADS = 10;

/** What a batch costs of what requests of their own cost. */
function batchFactor({ price, budgetPrice = price }: BatchLane): number {
  return budgetPrice ? (factorOf(budgetPrice, batchService(budgetPrice)) ?? 1) : 1;
}

function firstOf(
  rows: readonly BatchRow[],
  most: { readonly rows: number; readonly bytes: number },
): readonly BatchRow[] {
  let bytes = 0;
  let count = 0;
  for (const { text } of rows) {
    bytes += text.length;
    if (count > 0 && (count >= most.rows || bytes > most.bytes)) break;
    count += 1;
  }
  return rows.slice(0, count);
}
