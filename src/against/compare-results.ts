import type { ExpectedTask } from '../journal/match-records.ts';
import type { JournalPreview } from '../journal/preview-resume.ts';
import type { ResultRecord } from '../results/record.ts';
import { interruptible } from '../run/interruptible.ts';
import type { PreparedRun } from '../run/prepare-run.ts';
import { decideTasks } from '../run/resume.ts';
import type { RunReason } from '../journal/match-records.ts';
import type { ChangeReason, Comparison, TaskChange } from './change.ts';

/**
 * Ids and requests of the records in a results file. If an id has several records, the last one
 * counts.
 */
export interface KnownRecords {
  add(record: ResultRecord): void;
  readonly requestOf: ReadonlyMap<string, string | undefined>;
}

export function knownRecords(): KnownRecords {
  const requestOf = new Map<string, string | undefined>();
  return {
    add: ({ id, fingerprint }) => void requestOf.set(id, fingerprint ?? undefined),
    requestOf,
  };
}

/** Compares a manifest with a results file, like a resume: tasks with an answer are unchanged. */
export async function compareResults(
  prepared: PreparedRun,
  { preview, records }: { readonly preview: JournalPreview; readonly records: KnownRecords },
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Comparison> {
  const { plan } = prepared;
  const reasons = new Map<string, RunReason>();
  const asked = new Set<string>();
  const noted = <Task extends ExpectedTask>(task: Task): Task => {
    for (const fingerprint of task.fingerprints) asked.add(fingerprint);
    return task;
  };
  const resumption = await decideTasks(
    prepared,
    {
      ...preview,
      expect: (task) => preview.expect(noted(task)),
      decideAlone: (task) => preview.decideAlone(noted(task)),
      decide: (task) => preview.decide(noted(task)),
    },
    { explain: async (id, reason) => void reasons.set(id, reason), ...(signal && { signal }) },
  );
  const isChanged = new Uint8Array(plan.end);
  const ids = new Set<string>();
  const found = new Map<number, TaskChange>();
  for await (const task of interruptible(plan.tasks(), signal)) {
    const { id, index, template } = task;
    ids.add(id);
    // Its request depends on missing answers.
    const waits = template.needs !== undefined && resumption.fateOf(task) === 'undecided';
    const reason = reasons.get(id) ?? (waits ? 'needs' : undefined);
    if (reason === undefined) continue;
    isChanged[index] = 1;
    const isNew = !records.requestOf.has(id);
    const why = isNew ? [] : [REASONS[reason]];
    found.set(index, { id, change: isNew ? 'new' : 'changed', reasons: why });
  }
  for await (const { id } of interruptible(plan.unselected(), signal)) ids.add(id);
  const removed = [...records.requestOf].flatMap(([id, request]) =>
    ids.has(id) || (request !== undefined && asked.has(request)) ? [] : [id],
  );
  const fresh = [...found.values()].filter(({ change }) => change === 'new').length;
  return {
    isChanged,
    counts: {
      new: fresh,
      changed: found.size - fresh,
      removed: removed.length,
      unchanged: plan.total - found.size,
      renamed: 0,
    },
    async *changes() {
      for await (const { id, index } of plan.tasks()) {
        yield found.get(index) ?? { id, change: 'unchanged', reasons: [] };
      }
      for (const id of removed) yield { id, change: 'removed', reasons: [] };
    },
  };
}

const REASONS: Readonly<Record<RunReason | 'needs', ChangeReason>> = {
  new: 'request',
  changed: 'request',
  duplicate: 'request',
  needs: 'needs',
  invalid: 'unanswered',
  failed: 'unanswered',
  canceled: 'unanswered',
  skipped: 'unanswered',
};
