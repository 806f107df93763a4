import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { asksForBatches } from '../manifest/task-mode.ts';
import { modelsOf } from '../manifest/task-models.ts';
import { runsInCi } from '../ports/environment.ts';
import { counted } from '../report/format-numbers.ts';
import type { FoundRecords } from '../journal/read-results.ts';
import type { PreparedRun } from '../run/prepare-run.ts';
import { laneName } from '../run/task-content.ts';
import { usageError, type Arguments } from './arguments.ts';
import { switchFlag } from './flag-values.ts';

/**
 * Throws a `VolleyError` if tasks that need batches can't have them. Call it before sending
 * anything.
 */
export function refuseUnbatchable(
  args: Arguments,
  { plan, lanes }: Pick<PreparedRun, 'plan' | 'lanes'>,
  output: string | undefined,
): void {
  const { manifest } = plan;
  const isBatch = asksForBatches(manifest);
  if (switchFlag(args, 'detach') && !isBatch) {
    throw usageError('`--detach` is for batches, but this run has none', 'add `--mode batch`');
  }
  if (!isBatch) return;
  if (switchFlag(args, 'detach') && manifest.run.deadlineMs !== undefined) {
    throw usageError('with `--detach`, nothing enforces the deadline', 'leave one of the two out');
  }
  if (output === undefined) {
    throw usageError(
      'batches need a results file',
      'add `-o results.jsonl`, or `output: results.jsonl` to the manifest',
    );
  }
  const batched = new Set(
    manifest.tasks.flatMap((task) => (task.mode === 'batch' ? modelsOf(task) : [])).map(laneName),
  );
  const asked = lanes.filter(({ planned }) => planned.total > 0 && batched.has(laneName(planned)));
  const without = asked.find(({ provider }) => !provider.hasBatches)?.provider;
  if (without) {
    throw usageError(
      `\`${without.name}\` is not known to have a batch API`,
      `if it has one, add \`batch: true\` under \`providers.${without.name}\`; otherwise use \`--mode realtime\``,
    );
  }
  const other = asked.find(({ provider }) => OTHER_BATCHES.test(provider.host))?.provider;
  if (other) {
    throw usageError(
      `the batch API of \`${other.name}\` differs from OpenAI's, and Volley does not support it`,
      'use `--mode realtime`, or another provider for this model',
    );
  }
}

/**
 * As of November 2026. Mistral has jobs (https://docs.mistral.ai/studio-api/batch-processing), and
 * Together has its own file format (https://docs.together.ai/docs/inference/batch/tutorial).
 */
const OTHER_BATCHES = /(?:^|\.)(?:mistral\.ai|together\.(?:ai|xyz))$/;

/**
 * Returns notes about batches that an earlier run left open. In CI, throws a `VolleyError` (exit 2)
 * for batches that are not sealed with the caller's key, just as it does for such answers.
 */
export function openBatchNotes(
  args: Arguments,
  found: FoundRecords | undefined,
): readonly string[] {
  const { openChunks = [], hasChunksFromElsewhere = false } = found ?? {};
  if (openChunks.length === 0) return [];
  const rows = openChunks.reduce((sum, { intended }) => sum + intended.rows.length, 0);
  const what = `${openChunks.length === 1 ? 'a batch' : `${openChunks.length} batches`} of ${counted(rows, 'row')}`;
  if (hasChunksFromElsewhere && runsInCi(process.env) && !switchFlag(args, 'trust-results')) {
    throw new VolleyError(`${what} from elsewhere would be collected`, {
      exitCode: EXIT.usage,
      hint: 'set `VOLLEY_SEAL_KEY` to the key of the job that submitted them, or pass `--trust-results` to collect them',
    });
  }
  return [`collecting ${what} that an earlier run submitted`];
}
