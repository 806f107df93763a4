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

/** Undefined if there is none, or after reporting an error. */
export async function readExpect(
  found: MapEntry | undefined,
  context: ExpectContext,
): Promise<Expectation | undefined> {
  if (found?.value.kind === 'map') {
    // It is not sent to any provider.
    const schema = await context.schemas.read(found.value, []);
    return schema && { kind: 'schema', schema };
  }
  const condition = readCondition(found, context);
  if (!condition) return undefined;
  // `output` exists by then. Everything else is checked as in a prompt.
  const variables = condition.variables.filter(({ path }) => path[0] !== ANSWER);
  return { kind: 'condition', condition: { ...condition, variables } };
}

export const ANSWER = 'output';
