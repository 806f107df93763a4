import type { Place } from '../errors/finding.ts';
import type { SchemaReader } from './build-schema.ts';
import type { Expectation } from './manifest.ts';
import type { Effort } from './bounded-renderer.ts';
import { literalTemplate, parseTemplate } from './parse-template.ts';
import type { Template } from './template.ts';
import { readOnce, type Reading, type Written } from './written-value.ts';

/** The text that a true condition renders. Any text would do. */
const HOLDS = 'true';
const BEFORE = '{% if ';

/** Reads a condition as a template that renders some text if it is true, and none otherwise. */
export type ConditionReader = (written: Written) => Template | undefined;

interface ConditionContext extends Reading {
  readonly effort: Effort;
}

export function conditionReader(context: ConditionContext): ConditionReader {
  return readOnce((written) => parsed(written, context));
}

const EXAMPLES: Readonly<Record<string, string>> = {
  if: 'for example, write `if: item.path contains "auth"`',
  expect: 'for example, write `expect: output.confidence > 0.5`',
};

function parsed(
  written: Written,
  { source, report, effort }: ConditionContext,
): Template | undefined {
  const { key, node } = written;
  if (node?.kind !== 'scalar') return undefined;
  const { value } = node;
  if (typeof value === 'boolean') {
    return { ...literalTemplate(value ? HOLDS : ''), text: String(value) };
  }
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  if (/\{[{%]|[%}]\}/.test(value)) {
    const message = `\`${key}\` is a condition without brackets`;
    const hint = EXAMPLES[key] ?? 'write it without `{{` and `}}`';
    written.error({ code: 'TEMPLATE_SYNTAX', message, hint });
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

/** Undefined if there is no `expect`, or after reporting an error. */
export async function readExpect(
  expect: Written,
  { conditions, schemas }: { readonly conditions: ConditionReader; readonly schemas: SchemaReader },
): Promise<Expectation | undefined> {
  if (expect.isMap) {
    // This schema is not sent to any provider, so no provider has to support it.
    const schema = await schemas.read(expect, []);
    return schema && { kind: 'schema', schema };
  }
  const condition = conditions(expect);
  if (!condition) return undefined;
  // `output` exists when the condition is checked. Other variables are checked as in a prompt.
  const variables = condition.variables.filter(({ path }) => path[0] !== ANSWER);
  return { kind: 'condition', condition: { ...condition, variables } };
}

export const ANSWER = 'output';
