import type { OutputSchema } from '../manifest/manifest.ts';
import type { AttemptFailure, AttemptOutcome } from '../providers/provider.ts';

/** Holds an answer against the task's schema: it then has a value, or failed with `SCHEMA_MISMATCH`. */
export function checkedAnswer(
  outcome: AttemptOutcome,
  schema: OutputSchema | undefined,
): AttemptOutcome {
  if (outcome.kind !== 'answered' || !schema) return outcome;
  const { answer, announced } = outcome;
  const read = schema.read(answer.text);
  if (read.ok) return { ...outcome, answer: { ...answer, value: read.value } };
  const failure: AttemptFailure = {
    code: 'SCHEMA_MISMATCH',
    message: `the answer does not fit its schema: ${read.problem}`,
    hint: 'loosen the schema, say in the prompt what belongs where, or choose another model',
    retryable: true,
    maxRetries: 1,
    reach: 'task',
    possiblyPaid: true,
    partialOutput: answer.text,
    ...(answer.finishReason === undefined ? {} : { finishReason: answer.finishReason }),
    usage: answer.usage,
    misfit: read.problem,
    ...(answer.requestId === undefined ? {} : { requestId: answer.requestId }),
  };
  return { kind: 'failed', failure, ...(announced && { announced }) };
}
