import { readCondition } from './build-condition.ts';
import type { Expectation } from './manifest.ts';
import type { SchemaReader } from './build-schema.ts';
import type { Effort } from './bounded-renderer.ts';
import type { ReadContext } from './read-values.ts';
import type { MapEntry } from './source-node.ts';

interface ExpectContext extends ReadContext {
  readonly effort: Effort;
  readonly schemas: SchemaReader;
}

/** `expect` of a task. Undefined when there is none, or something is wrong with it, which is then reported. */
export async function readExpect(
  found: MapEntry | undefined,
  context: ExpectContext,
): Promise<Expectation | undefined> {
  if (found?.value.kind === 'map') {
    // No provider is sent it.
    const schema = await context.schemas.read(found.value, []);
    return schema && { kind: 'schema', schema };
  }
  const condition = readCondition(found, context);
  if (!condition) return undefined;
  // The answer is there once it is asked about; all else is as in a prompt.
  const variables = condition.variables.filter(({ path }) => path[0] !== ANSWER);
  return { kind: 'condition', condition: { ...condition, variables } };
}

export const ANSWER = 'output';
