/** A bug planted on purpose, to show that the simulation would find it. */
export interface Mutant {
  readonly name: string;
  /** Below src. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

export const mutants: readonly Mutant[] = [
  // The journal
  {
    name: 'records are not synced',
    file: 'journal/group-commit.ts',
    find: 'await file.sync();\n    hasLooseEnd = false;',
    replace: 'hasLooseEnd = false;',
  },
  {
    name: 'a record is reported durable before it is written',
    file: 'journal/group-commit.ts',
    find: 'waiting.push(entry);',
    replace: 'waiting.push(entry);\n      done({ offset: 0, length: 0 });',
  },
  {
    name: 'half a line stays after a write that failed',
    file: 'journal/group-commit.ts',
    find: 'await file.truncate(end);',
    replace: '',
  },
  {
    name: 'what could not be written is forgotten',
    file: 'journal/group-commit.ts',
    find: 'unsaved.push(...entries);',
    replace: '',
  },
  {
    name: 'a short write counts as a whole one',
    file: 'ports/disk.ts',
    find: 'written += count;',
    replace: 'written = bytes.length;',
  },
  {
    name: 'a torn end is not cut off',
    file: 'journal/torn-tail.ts',
    find: 'await file.truncate(tail.offset);',
    replace: '',
  },
  {
    name: 'a last record without its line break gets none',
    file: 'journal/torn-tail.ts',
    find: 'await writeAll(file, NEWLINE);',
    replace: '',
  },
  {
    name: 'a file that holds a few bytes of its first record and zeros is refused',
    file: 'results/begins-like-results.ts',
    find: 'every((byte, at) => byte === 0 || byte === RECORD_START[at])',
    replace: 'every((byte, at) => byte === RECORD_START[at])',
  },
  {
    name: 'what a killed run left unsynced is kept unsynced',
    file: 'journal/open-results.ts',
    find: '    await file.sync();\n    await disk.syncFolder(dirname(path));\n    const mode',
    replace: '    const mode',
  },
  {
    name: 'the name of a new file is not synced',
    file: 'journal/open-results.ts',
    find: '});\n  await disk.syncFolder(dirname(path));\n  return {\n    file,\n    end: 0,',
    replace: '});\n  return {\n    file,\n    end: 0,',
  },
  {
    name: 'the rewritten file replaces the old one before it is synced',
    file: 'journal/rewrite.ts',
    find: 'await target.sync();',
    replace: '',
  },
  {
    name: 'a half-made rewritten file is in the way of the next',
    file: 'journal/open-results.ts',
    find: 'await disk.remove(rewriteName(path));',
    replace: '',
  },
  {
    name: 'superseded lines stay',
    file: 'journal/lines-to-keep.ts',
    find: "else if (isDone[at] === 1 || (isTaken[at] === 1 && isWhole)) moved.set(line, 'superseded');",
    replace: '',
  },
  {
    name: 'records of tasks that are not in the manifest stay',
    file: 'journal/lines-to-keep.ts',
    find: "else if (at === 0 && isWhole) moved.set(line, 'removed');",
    replace: '',
  },
  {
    name: 'what moves is kept nowhere',
    file: 'journal/rewrite.ts',
    find: '  await moveLines(job);\n',
    replace: '',
  },
  {
    name: 'lines of this run are not entered',
    file: 'journal/journal.ts',
    find: 'addWritten(table, record, place);',
    replace: '',
  },
  {
    name: 'a kept record keeps its old number',
    file: 'journal/line-table.ts',
    find: 'if (hasKey(columns.idKey, line, keyOf(label.id)) && columns.label.at(line) === labelCode(label)) {',
    replace: 'if (hasKey(columns.idKey, line, keyOf(label.id))) {',
  },
  {
    name: 'a record whose task has another id keeps the name of its old entry',
    file: 'journal/line-table.ts',
    find: 'table.labels.set(line, { id, task, index, ...origin });',
    replace: 'table.labels.set(line, { id, task: id, index, ...origin });',
  },
  {
    name: 'what moved to the companion is not counted as spent',
    file: 'journal/read-results.ts',
    find: '    found.spentUsd += spentUsd(record);\n',
    replace: '    if (!place.isAside) found.spentUsd += spentUsd(record);\n',
  },
  {
    name: 'what is cut off a torn end is kept nowhere',
    file: 'journal/torn-tail.ts',
    find: "    await companion.append([{ kind: 'torn', offset, base64 }]);\n",
    replace: '',
  },
  {
    name: 'records are matched by id, whatever was asked',
    file: 'journal/match-records.ts',
    find: 'contents.some((content) => hasKey(fingerprintKey, line, content));',
    replace: 'contents.length > 0 && fingerprintKey !== undefined && line >= 0;',
  },
  {
    name: 'failed records are kept like answers',
    file: 'journal/match-records.ts',
    find: '(line) => succeeded(line) && isLike(line) && useOf(table, line) <= USE.reserved,',
    replace: '(line) => isLike(line) && useOf(table, line) <= USE.reserved,',
  },
  {
    name: 'an answer of another task is not shared with one that had failed',
    file: 'journal/match-records.ts',
    find: 'return run(ended(table, tried));',
    replace: "return { kind: 'run', reason: ended(table, tried) };",
  },
  {
    name: 'a task is decided before the others are known, whatever they want',
    file: 'journal/match-records.ts',
    find: 'if (own.answer === NONE && !isAlone(table, own)) {',
    replace: 'if (task.index < 0) {',
  },
  {
    name: 'the companion is not looked through for answers',
    file: 'journal/read-results.ts',
    find: 'identityOf(record);\n    if (identity !== undefined && copies',
    replace:
      "identityOf(record);\n    if (kind === 'record') return;\n    if (identity !== undefined && copies",
  },
  {
    name: 'what moves is not synced before it goes',
    file: 'journal/companion.ts',
    find: '      await target.sync();\n',
    replace: '',
  },
  {
    name: 'what a killed run moved is not synced before it goes',
    file: 'journal/rewrite.ts',
    find: '  if (moving.length < lines.moved.size) await companion.sync();\n',
    replace: '',
  },
  {
    name: 'a rewritten file is in no order',
    file: 'journal/lines-to-keep.ts',
    find: 'table.columns.place.at(line) || places;',
    replace: '0 * (table.columns.place.at(line) || places);',
  },
  // A part of the manifest
  {
    name: 'nothing is reserved for tasks that were left out',
    file: 'run/resume.ts',
    find: '    journal.expect({ ...planned(task, await contentOf(task)), isUnknown: hasNeeds(task) });\n',
    replace: '',
  },
  {
    name: 'what a left out task of unknown content was answered may go to another',
    file: 'journal/match-records.ts',
    find: 'if (!task.isUnknown) return;',
    replace: 'return;',
  },
  {
    name: 'what an earlier run has done waits for its lane',
    file: 'run/entry-progress.ts',
    find: 'order: doneFirst(byUrgency(plan.nodes), resumption).flatMap(flowsOf),',
    replace: 'order: byUrgency(plan.nodes).flatMap(flowsOf),',
  },
  {
    name: 'a burst of refusals counts what still holds a slot',
    file: 'pace/refusal.ts',
    find: 'return unanswered.size + 1;',
    replace: 'return unanswered.size + 9;',
  },
  {
    name: 'what a part needs is left out',
    file: 'plan/select-tasks.ts',
    find: 'addNeeds(chosen, plan.nodes);',
    replace: '',
  },
  // The run
  {
    name: 'a task counts as done before its record is kept',
    file: 'run/record-keeping.ts',
    find: 'await options.keep?.(finished.record);',
    replace: 'void options.keep?.(finished.record).catch(() => undefined);',
  },
  {
    name: 'everything is sent again',
    file: 'run/resume-decider.ts',
    find: 'if (isUsed && (await isValid(task, line))) {',
    replace: "if (isUsed && decision.kind !== 'keep') {",
  },
  {
    name: 'what earlier runs spent is forgotten',
    file: 'run/run.ts',
    find: 'await runMoney(prepared, options)',
    replace: 'await runMoney(prepared, {})',
  },
  {
    name: 'the same request is sent for each that asks',
    file: 'run/identical-requests.ts',
    find: 'if (others) {',
    replace: 'if (others && task.index < 0) {',
  },
  {
    name: 'those that wait for another answer are never told',
    file: 'run/identical-requests.ts',
    find: "return record.status === 'canceled' ? [] : others;",
    replace: 'return [];',
  },
  {
    name: 'those that wait for another answer do not count as under way',
    file: 'run/task-flow.ts',
    find: "if (entry.kind === 'wait') flow.outstanding += 1;",
    replace: '',
  },
  {
    name: 'tasks that were undecided stay so',
    file: 'run/resume.ts',
    find: 'if (isUndecided) counts.undecided -= 1;',
    replace: '',
  },
  {
    name: 'what cannot be kept has cost nothing',
    file: 'run/run.ts',
    find: 'for (const { tallied, record } of unkept) tally.addUnkept(tallied, record);',
    replace: '',
  },
  {
    name: 'requests outlast the grace after a record that could not be kept',
    file: 'run/run.ts',
    find: "onGraceOver: () => abort.abort(new Error('results cannot be kept')),",
    replace: 'onGraceOver: () => undefined,',
  },
  {
    name: 'a reader that leaves keeps the tasks waiting',
    file: 'run/event-queue.ts',
    find: 'state.ended ??= { reason: undefined };',
    replace: '',
  },
  {
    name: 'the timer of the grace is left behind when the reader leaves',
    file: 'run/run.ts',
    find: 'keeping.dispose();',
    replace: '',
  },
  // Slots
  {
    name: 'a slot is given back before the record is durable',
    file: 'schedule/run-task.ts',
    find: "if (step.kind === 'again' || nextModel(task, step.why, context)) return step;",
    replace: 'if (step) return step;',
  },
  {
    name: 'a retry leaks the slot of its first attempt',
    file: 'schedule/lane-limiter.ts',
    find: '      pace.released();\n      slots.release();\n      lookSoon();',
    replace:
      '      if (sent.sequence % 7 !== 3) pace.released();\n      slots.release();\n      lookSoon();',
  },
  {
    name: 'a task that ends leaks its slot',
    file: 'schedule/lane-limiter.ts',
    find: '      pace.released();\n      slots.release();\n      lookSoon();',
    replace: '      pace.released();\n      lookSoon();',
  },
  {
    name: 'a slot that gets free wakes nobody',
    file: 'schedule/run-slots.ts',
    find: 'waiting.delete(next);\n      next.granted();',
    replace: 'waiting.delete(next);\n      inUse -= 1;',
  },
  {
    name: 'one place too many',
    file: 'schedule/run-slots.ts',
    find: 'if (inUse >= capacity()) return false;',
    replace: 'if (inUse > capacity()) return false;',
  },
  // Pace
  {
    name: 'one request too many in a lane',
    file: 'pace/concurrency.ts',
    find: 'return Math.floor(size);',
    replace: 'return Math.floor(size) + 1;',
  },
  {
    name: 'a refused lane continues',
    file: 'pace/pace.ts',
    find: 'if (nowMs < pausedUntilMs) return',
    replace: 'if (nowMs < pausedUntilMs - 1e9) return',
  },
  {
    name: "the server's own wait does not pause the lane",
    file: 'pace/refusal.ts',
    find: 'const askedMs = failure.retryAfterMs ?? 0;',
    replace: 'const askedMs = 0 * (failure.retryAfterMs ?? 0);',
  },
  {
    name: 'windows have no margin for the way to the server',
    file: 'pace/bucket.ts',
    find: 'return spanMs + Math.min(500, Math.max(20, spanMs * 0.02));',
    replace: 'return spanMs;',
  },
  {
    name: 'a minute has thirty seconds',
    file: 'manifest/declared-limits.ts',
    find: "rpm: { kind: 'requests', spanMs: 60_000 },",
    replace: "rpm: { kind: 'requests', spanMs: 30_000 },",
  },
  {
    name: 'what an answer really weighed is not entered',
    file: 'pace/bucket.ts',
    find: 'bucket.sum += weight - share.weight;\n    share.weight = weight;',
    replace: 'share.weight = Math.max(share.weight, 0);',
  },
  {
    name: 'windows go by the wall clock',
    file: 'schedule/lane-limiter.ts',
    find: 'return pace.room(load(), clock.now());',
    replace: 'return pace.room(load(), clock.now() + (clock.epochMs() % 86_400_000));',
  },
  // Tasks that build on others
  {
    name: 'a task does not wait for what it needs',
    file: 'run/needs-state.ts',
    find: "else if (found === 'open') found = 'waiting';",
    replace: '',
  },
  {
    name: 'a task continues though what it needs failed',
    file: 'run/needs-state.ts',
    find: 'if (on.failed && !allowFailed) return dependencyFailed(on.failed);',
    replace: '',
  },
  {
    name: 'who needs a kept task is not told of it',
    file: 'run/entry-progress.ts',
    find: 'flow.ended += 1;\n      changes.tell();',
    replace: '',
  },
  {
    name: '`if` is not asked',
    file: 'plan/if-condition.ts',
    find: "if (result.text !== '') return undefined;",
    replace: 'if (result.ok) return undefined;',
  },
  {
    name: 'all samples are one request',
    file: 'plan/render-task.ts',
    find: '...(task.sample !== undefined && task.sample > 1 && { sample: task.sample }),',
    replace: '',
  },
  // Limits that are found
  {
    name: 'a wait that was too short is believed again and again',
    file: 'pace/refusal.ts',
    find: 'const isTooLittle = streak >= REFUSALS_MEAN_CLOSED;',
    replace: 'const isTooLittle = streak < 0;',
  },
  {
    name: 'a rate that was refused is not learned',
    file: 'pace/refusal.ts',
    find: 'state.found ??= createFoundRate({ requests: Math.max(requests, least), overMs }, nowMs);',
    replace: 'state.found = createFoundRate({ requests: 1e6 + requests + least, overMs }, nowMs);',
  },
  {
    name: 'a number of concurrent requests that was refused is tried again',
    file: 'pace/concurrency.ts',
    find: 'concurrency.size = Math.max(1, Math.min(concurrency.size, inFlight - less));',
    replace: 'void less;',
  },
  {
    name: 'a server that takes requests again is still asked one by one',
    file: 'pace/probe.ts',
    find: 'state.probing = undefined;',
    replace: '',
  },
  // Attempts
  {
    name: 'what is final is sent again',
    file: 'schedule/retry.ts',
    find: '!failure.retryable || !hasRetriesLeft',
    replace: '!hasRetriesLeft',
  },
  {
    name: 'one retry too many',
    file: 'schedule/retry.ts',
    find: "(counts.get('RATE_LIMITED') ?? 0) <= maxRetries",
    replace: "(counts.get('RATE_LIMITED') ?? 0) <= maxRetries + 1",
  },
  {
    name: 'one retry too few',
    file: 'schedule/retry.ts',
    find: "(counts.get('RATE_LIMITED') ?? 0) <= maxRetries",
    replace: "(counts.get('RATE_LIMITED') ?? 0) < maxRetries",
  },
  {
    name: 'refusals are accepted forever',
    file: 'schedule/retry.ts',
    find: "if (closedMs === undefined || reach !== 'lane') return undefined;",
    replace: 'if (closedMs !== undefined || reach) return undefined;',
  },
  {
    name: 'a server that is full for a while is left for good',
    file: 'pace/pace.ts',
    find: 'const CLOSED_FOR_GOOD = { ms: 600_000, rounds: 10 };',
    replace: 'const CLOSED_FOR_GOOD = { ms: 20_000, rounds: 10 };',
  },
  {
    name: 'retries do not wait',
    file: 'schedule/run-task.ts',
    find: 'if (!(await waitForRetry(run, step.delayMs))) return stoppedEnd(run);',
    replace: 'if (!(await waited(run, 0 * step.delayMs))) return stoppedEnd(run);',
  },
  {
    name: 'a provider that loses a request is waited for forever',
    file: 'providers/send-once.ts',
    find: 'timeoutMs: timeoutMs + OVERTIME_MS',
    replace: 'timeoutMs: timeoutMs * 1e6 + OVERTIME_MS',
  },
  {
    name: 'the timer of an attempt is left behind',
    file: 'providers/attempt-timeout.ts',
    find: 'cancelTimer();',
    replace: '',
  },
  {
    name: 'a paused turn starts over',
    file: 'schedule/run-task.ts',
    find: "if (outcome.kind === 'incomplete') task.continuation = outcome.continuation;",
    replace: '',
  },
  // Stops
  {
    name: 'a stop of the user is not heard',
    file: 'schedule/run-stop.ts',
    find: "onAbort(drain, () => stop({ kind: 'interrupted' }))",
    replace: "onAbort(drain, () => void 'interrupted')",
  },
  {
    name: 'a bad key stops only one lane of its provider',
    file: 'schedule/run-context.ts',
    find: 'if (lane.config.provider.name === provider.name) lane.stop(failure);',
    replace:
      "if (lane.config.provider === provider && lane.config.name === '') lane.stop(failure);",
  },
  {
    name: 'a lane that has answered is left like one that never did',
    file: 'providers/failures-that-stop-lanes.ts',
    find: 'if (kind !== common) common = undefined;',
    replace: 'if (kind !== undefined && kind !== common) common = undefined;',
  },
  {
    name: 'who waits in the gate does not hear of a stop',
    file: 'schedule/lane-limiter.ts',
    find: "stop.addEventListener('abort', close, { once: true });",
    replace: '',
  },
  {
    name: 'the first failure does not stop the run that asked for it',
    file: 'schedule/run-task.ts',
    find: "if (result.status === 'failed' && failFast) context.stops.stop({ kind: 'fail_fast' });",
    replace: '',
  },
  {
    name: "the run's timeout goes by the wall clock",
    file: 'ports/clock.ts',
    find: 'const leftMs = Math.ceil(timeMs - clock.now());',
    replace: 'const leftMs = Math.ceil(timeMs - (clock.epochMs() - 1_767_225_600_000));',
  },
  {
    name: 'the second signal of the user abandons nothing',
    file: 'schedule/run-stop.ts',
    find: "onAbort(abort, () => stop({ kind: 'interrupted' }, { cutting: true }))",
    replace: "onAbort(abort, () => stop({ kind: 'interrupted' }))",
  },
  {
    name: 'the last reason to stop is reported, not the first',
    file: 'schedule/run-stop.ts',
    find: 'reason ??= next;',
    replace: 'reason = next;',
  },
  // Money and sums
  {
    name: 'attempts that may be paid cost nothing',
    file: 'money/budget-ledger.ts',
    find: 'possiblyPaidAttempts * ceilNano(reservation.attemptUsd)',
    replace: 'possiblyPaidAttempts * 0',
  },
  {
    name: 'reserved money is given out again',
    file: 'money/budget-ledger.ts',
    find: 'const left = cap - spent - reserved;',
    replace: 'const left = cap - spent;',
  },
  {
    name: 'reserved money never comes back',
    file: 'money/budget-ledger.ts',
    find: 'reserved -= setAside;',
    replace: '',
  },
  {
    name: 'a task continues with money that was not reserved',
    file: 'money/attempt-costs.ts',
    find: 'return reservation === undefined || chargedAttempts < reservation.attempts;',
    replace: 'return reservation === undefined || chargedAttempts >= 0;',
  },
  {
    name: 'money that comes back wakes nobody',
    file: 'money/budget-wait.ts',
    find: 'settlements.tell();',
    replace: '',
  },
  {
    name: 'a run gives up while money may come back',
    file: 'money/budget-ledger.ts',
    find: 'attempt > cap - spent;',
    replace: 'attempt > left;',
  },
  {
    name: 'each shard has the whole budget',
    file: 'manifest/divide-by-shard.ts',
    find: 'budget.maxCostUsd / parts',
    replace: 'budget.maxCostUsd',
  },
  {
    name: 'kept tasks do not count as succeeded',
    file: 'results/summarize.ts',
    find: 'succeeded: statuses.succeeded + kept,',
    replace: 'succeeded: statuses.succeeded,',
  },
  {
    name: 'the end of a task goes by the wall clock',
    file: 'outcome/task-account.ts',
    find: 'finishedAtEpochMs: startedAtEpochMs + durationMs,',
    replace: 'finishedAtEpochMs: clock.epochMs(),',
  },

  // Caching
  {
    name: 'a prefix is not waited for while it is written',
    file: 'prefix/warm-up.ts',
    find: "case 'leading':\n      case 'probing':\n        return { untilMs: undefined };",
    replace: "case 'leading':\n      case 'probing':\n        return 'follow';",
  },
  {
    name: 'a context that one task has is marked',
    file: 'prefix/prefix-uses.ts',
    find: 'this.#counts.set(key, (this.#counts.get(key) ?? 0) + uses);',
    replace: 'this.#counts.set(key, (this.#counts.get(key) ?? 0) + 2 * uses);',
  },
  {
    name: 'what is never read is written on and on',
    file: 'prefix/hits-and-misses.ts',
    find: "if (lostProbes >= MOST_PROBES) stop('never_read');",
    replace: '',
  },
  {
    name: 'a lane that has read nothing yet writes every prefix',
    file: 'prefix/warm-up.ts',
    find: 'const MOST_UNPROVEN = 3;',
    replace: 'const MOST_UNPROVEN = 300;',
  },
  {
    name: 'a warm-up call is not part of the bill',
    file: 'schedule/warm-up-call.ts',
    find: 'const costUsd = usage ? (bill?.costUsd ?? null) : 0;',
    replace: 'const costUsd = usage ? 0 : 0;',
  },
  {
    name: 'what a warm-up call cost is not kept for the next run',
    file: 'journal/journal.ts',
    find: 'await results.companion.append([line]);',
    replace: '',
  },
  {
    name: 'a leader that failed is waited for',
    file: 'prefix/hits-and-misses.ts',
    find: "move(entry, entry.failedLeads < MOST_FAILED_LEADS ? 'cold' : 'off');",
    replace: '',
  },
  {
    name: 'a request that is sent again waits with money that others wait for',
    file: 'prefix/lane-prefixes.ts',
    find: 'const cannotWait = sending.reservation !== undefined;',
    replace: 'const cannotWait = false;',
  },
  {
    name: 'a request that others wait for has to find room in memory',
    file: 'schedule/lane.ts',
    find: 'const isAwaited = isAwaitedByOthers(next.pass);',
    replace: 'const isAwaited = isAwaitedByOthers(undefined);',
  },
  {
    name: 'a warm-up call leaves out the head of the prompt',
    file: 'prefix/warm-up-request.ts',
    find: "const head = last?.end === 'prompt' ? splitPrompt(request)?.head : undefined;",
    replace: 'const head = undefined;',
  },
  {
    name: 'a warm-up call is made for two tasks',
    file: 'prefix/warm-up-request.ts',
    find: 'return rates.read <= MOST_EXTRA * (rates.write + (uses - 1) * rates.read);',
    replace: 'return true;',
  },
  {
    name: 'caching is given up at the first miss',
    file: 'prefix/hits-and-misses.ts',
    find: 'const MOST_PROBES = 2;',
    replace: 'const MOST_PROBES = 1;',
  },
  {
    name: 'a prefix that is written after a miss is read immediately',
    file: 'prefix/hits-and-misses.ts',
    find: '(lostProbes > 0 ? REST_MS : totals.restMs)',
    replace: 'totals.restMs',
  },
  {
    name: 'nobody is told that a warm-up call had no money',
    file: 'prefix/lane-prefixes.ts',
    find: 'warmUp.left(pass);\n      tellChange();',
    replace: 'warmUp.left(pass);',
  },
  {
    name: 'a warm-up call is made where the budget covers no task after it',
    file: 'money/reserve-budget.ts',
    find: 'attempts: 2, tasks: 2',
    replace: 'attempts: 1',
  },

  // Batches
  {
    name: 'a batch is created without an intent',
    file: 'batch/chunk-life.ts',
    find: 'await options.keepLine(intendedLine(chunk, lane, options.clock.epochMs()));',
    replace: 'void intendedLine;',
  },
  {
    name: 'a create that may have been carried out is sent again',
    file: 'batch/create-batch.ts',
    find: 'if (failure.possiblyPaid) {',
    replace: 'if (failure.possiblyPaid && failure.retryable === undefined) {',
  },
  {
    name: 'rows of a canceled batch are sent before it has ended',
    file: 'batch/poll-batch.ts',
    find: "if (state.phase !== 'running') {",
    replace: "if (state.phase !== 'running' || chunk.isCanceled) {",
  },
  {
    name: 'batches are canceled at the deadline itself',
    file: 'batch/cutover.ts',
    find: 'return atEpochMs - cancelMs - COLLECT_MS - RETRIES_MS - MARGIN * realtimeMs(share);',
    replace: 'return atEpochMs;',
  },
];
