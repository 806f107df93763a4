import type { Place } from '../errors/finding.ts';
import type { SchemaReader } from './build-schema.ts';
import type { Expectation } from './manifest.ts';
import type { ReadContext } from './read-values.ts';
import type { MapEntry, ScalarNode } from './source-node.ts';
import type { Effort } from './bounded-renderer.ts';
import { literalTemplate, parseTemplate } from './template-engine.ts';
import type { Template } from './template.ts';

/** The text that a true condition renders. Any text would do. */
const HOLDS = 'true';
const BEFORE = '{% if ';

/** A condition as a template that renders some text if it is true, and none otherwise. */
export function readCondition(
  found: MapEntry | undefined,
  context: ConditionContext,
): Template | undefined {
  const node = found?.value;
  if (!found || node?.kind !== 'scalar') return undefined;
  const known = conditions.get(node) ?? { template: parsed(found.key, node, context) };
  conditions.set(node, known);
  return known.template;
}

/** All tasks share the condition in `defaults`, which is parsed and reported only once. */
const conditions = new WeakMap<ScalarNode, { readonly template: Template | undefined }>();

interface ConditionContext extends ReadContext {
  readonly effort: Effort;
}

const EXAMPLES: Readonly<Record<string, string>> = {
  if: 'for example, write `if: item.path contains "auth"`',
  expect: 'for example, write `expect: output.confidence > 0.5`',
};

function parsed(
  key: string,
  node: ScalarNode,
  { source, report, effort }: ConditionContext,
): Template | undefined {
  const { value } = node;
  if (typeof value === 'boolean') {
    return { ...literalTemplate(value ? HOLDS : ''), text: String(value) };
  }
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  if (/\{[{%]|[%}]\}/.test(value)) {
    report.error(source.place(node), {
      code: 'TEMPLATE_SYNTAX',
      message: `\`${key}\` is a condition without brackets`,
      hint: EXAMPLES[key] ?? 'write it without `{{` and `}}`',
    });
    return undefined;
  }
  const placeAt = (offset: number): Place =>
    source.textPlace(node, Math.min(Math.max(0, offset - BEFORE.length), value.length - 1));
  const text = `${BEFORE}${value} %}${HOLDS}{% endif %}`;
  const result = parseTemplate(text, { file: source.file, placeAt }, effort);
  if (!result.ok) {
    report.add(result.findings);
    return undefined;
  }
  return { ...result.template, text: value.trim() };
}

interface ExpectContext extends ConditionContext {
  readonly schemas: SchemaReader;
}

/** Undefined if there is no `expect`, or after reporting an error. */
export async function readExpect(
  found: MapEntry | undefined,
  context: ExpectContext,
): Promise<Expectation | undefined> {
  if (found?.value.kind === 'map') {
    // This schema is not sent to any provider, so no provider has to support it.
    const schema = await context.schemas.read(found.value, []);
    return schema && { kind: 'schema', schema };
  }
  const condition = readCondition(found, context);
  if (!condition) return undefined;
  // `output` exists when the condition is checked. Other variables are checked as in a prompt.
  const variables = condition.variables.filter(({ path }) => path[0] !== ANSWER);
  return { kind: 'condition', condition: { ...condition, variables } };
}

export const ANSWER = 'output';
