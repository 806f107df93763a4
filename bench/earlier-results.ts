import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { requestFingerprint } from '../src/plan/fingerprint.ts';
import type { Task } from '../src/plan/task.ts';
import type { ResultRecord } from '../src/results/record.ts';
import { createSeal } from '../src/results/seal.ts';
import { recordLine } from '../src/results/serialize.ts';
import { taskFacts } from '../src/results/task-facts.ts';
import type { Environment } from '../src/ports/environment.ts';
import { loadManifest, prepare } from '../src/run/library.ts';

/**
 * Writes the results file that a run of a manifest would have left, with a record for each task.
 * One in `failedOneIn` tasks failed; the others succeeded with an answer of 200 characters.
 */
export async function writeEarlierResults(
  file: string,
  earlier: {
    readonly manifestFile: string;
    readonly environment: Environment;
    /** If given, the records are sealed as a run with this key would have sealed them. */
    readonly sealKey: string;
    readonly failedOneIn: number;
  },
): Promise<void> {
  const { manifestFile, environment, failedOneIn } = earlier;
  const seal = createSeal(earlier.sealKey);
  const { plan, lanes } = await prepare(await loadManifest(manifestFile), { environment });
  const host = lanes[0]?.provider.host ?? '';
  const stream = createWriteStream(file, { mode: 0o600 });
  for await (const task of plan.tasks()) {
    const rendered = await plan.render(task);
    if (!rendered.ok) throw new Error(rendered.failure.message);
    const ending = (task.index + 1) % failedOneIn === 0 ? FAILED : SUCCEEDED;
    const fingerprint = requestFingerprint(rendered.request, host);
    if (!stream.write(recordLine(seal.sealed(recordOf(task, fingerprint, ending)))))
      await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'close');
}

const SUCCEEDED = { status: 'succeeded', output: 'word '.repeat(40) } as const;
const FAILED = {
  status: 'failed',
  error: { code: 'OVERLOADED', message: 'busy', http_status: 503, retryable: true, hint: null },
} as const;

function recordOf(
  task: Task,
  fingerprint: string,
  ending: typeof SUCCEEDED | typeof FAILED,
): ResultRecord {
  return {
    ...taskFacts(task),
    ...ending,
    provider: task.template.model.provider,
    model: task.template.model.model,
    finish_reason: 'stop',
    usage: {
      input_tokens: 200,
      output_tokens: 40,
      cache_read_tokens: 0,
      cache_write_tokens: 0,
      reasoning_tokens: 0,
      total_tokens: 240,
    },
    cost_usd: null,
    attempts: 1,
    retries: 0,
    queued_ms: 1,
    duration_ms: 800,
    started_at: '2026-11-24T08:00:00.000Z',
    finished_at: '2026-11-24T08:00:00.800Z',
    request_id: `req_${task.index}`,
    fingerprint,
  };
}
