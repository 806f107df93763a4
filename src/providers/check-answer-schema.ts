import { RETRY, SCHEMA_HINT } from './should-retry.ts';
import type { OutputSchema } from '../manifest/manifest.ts';
import type { AttemptFailure, AttemptOutcome } from './provider.ts';

/**
 * Validates an answer against the task's schema: adds the parsed value, or fails with
 * `SCHEMA_MISMATCH`. Aborting `cut` stops the validation.
 */
export async function checkedAnswer(
  outcome: AttemptOutcome,
  schema: OutputSchema | undefined,
  cut: AbortSignal,
): Promise<AttemptOutcome> {
  if (outcome.kind !== 'answered' || !schema) return outcome;
  const { answer, announced } = outcome;
  const read = await schema.read(answer.text, cut);
  if (read.ok) return { ...outcome, answer: { ...answer, value: read.value } };
  const failure: AttemptFailure = {
    code: cut.aborted ? 'CANCELED' : 'SCHEMA_MISMATCH',
    message: `the answer does not match its schema: ${read.problem}`,
    hint: SCHEMA_HINT,
    ...RETRY,
    maxRetries: 1,
    partialOutput: answer.text,
    ...(answer.finishReason === undefined ? {} : { finishReason: answer.finishReason }),
    usage: answer.usage,
    violation: read.problem,
    ...(answer.requestId === undefined ? {} : { requestId: answer.requestId }),
  };
  return { kind: 'failed', failure, ...(announced && { announced }) };
}
