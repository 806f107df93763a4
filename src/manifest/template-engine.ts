import { TEMPLATE_BOUNDS } from '../errors/input-limits.ts';
import { boundFilters, chargeJson, OPERATORS } from './bounded-filters.ts';
import { TOO_MUCH, type Rendered, type RenderProblem } from './bounded-renderer.ts';
import {
  AssignTag,
  Liquid,
  LiquidError,
  Value,
  type Context,
  type Node,
} from './liquid-package.ts';
import {
  refuseNow,
  refuseWide,
  TemplateMisuse,
  TEXT_FILTERS,
  textOnly,
} from './refused-template-values.ts';
import { templateError, type EngineError, type TemplateError } from './template-syntax-errors.ts';
import { walkTemplate, type TemplateWalk } from './template-walk.ts';
import type { TemplateData } from './template.ts';
import { wordSet } from './word-set.ts';

const ENGINE_OPTIONS = {
  strictVariables: true,
  strictFilters: true,
  // Variables may be absent in conditions, or if they have a default.
  lenientIf: true,
  ownPropertyOnly: true,
  relativeReference: false,
  cache: false,
  // The time zone and locale are fixed, so that prompts are the same on every machine.
  timezoneOffset: 0,
  locale: 'en-US',
  parseLimit: 16 * 1024 * 1024,
  // The engine uses these templates instead of the file system.
  templates: {},
  operators: OPERATORS,
};
/** These tags read files, keep state between renders, or produce HTML tables. */
const REMOVED_TAGS = wordSet('include render layout block increment decrement cycle tablerow');
/** These filters evaluate text as an expression, or render differently each time. */
const REMOVED_FILTERS = wordSet(
  'where_exp reject_exp group_by_exp has_exp find_exp find_index_exp sample',
);

/** Rejects absent values, which the engine's own tag accepts. */
class StrictAssign extends AssignTag {
  override *render(context: Context): Generator<unknown, void, unknown> {
    const key: unknown = Reflect.get(this, 'key');
    const value: unknown = Reflect.get(this, 'value');
    if (typeof key !== 'string' || !(value instanceof Value))
      throw new Error('assign has no value');
    Object.assign(context.bottom(), { [key]: yield value.value(context, false) });
  }
}

const engine = makeEngine();
const NAMES = { filters: Object.keys(engine.filters), tags: Object.keys(engine.tags) };

function makeEngine(): Liquid {
  const liquid = new Liquid({ ...ENGINE_OPTIONS, outputEscape: textOnly });
  for (const tag of REMOVED_TAGS) delete liquid.tags[tag];
  liquid.registerTag('assign', StrictAssign);
  for (const filter of REMOVED_FILTERS) liquid.unregisterFilter(filter);
  for (const [name, filter] of Object.entries(liquid.filters)) {
    if (!TEXT_FILTERS.has(name) || typeof filter !== 'function') continue;
    liquid.registerFilter(name, function (value, ...given) {
      for (const each of [value, ...given]) textOnly(each);
      if (name.startsWith('date')) {
        refuseNow(value);
        refuseWide(given[0]);
      }
      return filter.call(this, value, ...given);
    });
  }
  for (const name of ['join', 'array_to_sentence_string']) {
    const filter = liquid.filters[name];
    if (typeof filter !== 'function') continue;
    liquid.registerFilter(name, function (value, ...given) {
      for (const each of Array.isArray(value) ? value : [value]) textOnly(each);
      return filter.call(this, value, ...given);
    });
  }
  liquid.registerFilter('json', function (value: unknown, space?: unknown) {
    chargeJson(value, this.context.memoryLimit);
    return JSON.stringify(value, null, typeof space === 'number' ? space : undefined);
  });
  liquid.registerFilter('raw', (value: unknown) => textOnly(value));
  boundFilters(liquid);
  return liquid;
}

export type ParsedNodes =
  | ({ readonly nodes: Node[] } & Omit<TemplateWalk, 'errors'>)
  | { readonly errors: readonly TemplateError[] };

/** Parses a template without a time limit. */
export function parseNodes(text: string): ParsedNodes {
  try {
    const nodes = engine.parse(text);
    const { errors, ...walk } = walkTemplate(nodes, { text, filters: NAMES.filters });
    return errors.length > 0 ? { errors } : { nodes, ...walk };
  } catch (error) {
    return { errors: allErrors(text, error) };
  }
}

/**
 * The engine stops at its first error. To find every unknown filter, register each and parse again.
 */
function allErrors(text: string, first: unknown): readonly TemplateError[] {
  const errors = [templateError(text, engineError(first, text), NAMES)];
  const scratch = makeEngine();
  const known = new Set<string>();
  while (errors.length < MAX_ERRORS) {
    const last = errors.at(-1);
    if (last?.code !== 'UNKNOWN_FILTER') break;
    const name = text.slice(last.begin, last.end);
    if (known.has(name)) break;
    known.add(name);
    scratch.registerFilter(name, (value: unknown) => value);
    try {
      scratch.parse(text);
      break;
    } catch (error) {
      errors.push(templateError(text, engineError(error, text), NAMES));
    }
  }
  return errors;
}
const MAX_ERRORS = 20;

function engineError(error: unknown, text: string): EngineError {
  if (!(error instanceof LiquidError)) {
    if (error instanceof RangeError) return { message: error.message, begin: 0, end: 1 };
    throw error;
  }
  const { originalError, token } = error;
  const message = originalError?.message ?? error.message.replace(/, line:\d+, col:\d+$/s, '');
  return {
    message,
    begin: Math.min(token.begin, text.length),
    end: Math.min(token.end, text.length),
  };
}

/** Renders a template without a time limit, for use in a thread that can be terminated. */
export function renderText(text: string, data: TemplateData): Rendered | undefined {
  const parsed = parseNodes(text);
  if ('errors' in parsed) throw new Error('a template that was parsed before is refused');
  return renderNodes(parsed.nodes, data, Infinity);
}

/** Undefined if it takes longer than `ms`, or too much memory to be made in place. */
export function renderNodes(nodes: Node[], data: TemplateData, ms: number): Rendered | undefined {
  const isInPlace = ms < Infinity;
  const memoryLimit = isInPlace ? TEMPLATE_BOUNDS.madeInPlace : TEMPLATE_BOUNDS.madeItems;
  try {
    const made: unknown = engine.renderSync(nodes, { ...data }, { renderLimit: ms, memoryLimit });
    return { ok: true, text: String(made) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const original = error instanceof LiquidError ? (error.originalError ?? error) : error;
    if (original.message.endsWith('render limit exceeded')) return undefined;
    if (isInPlace && original.message.endsWith('alloc limit exceeded')) return undefined;
    const [begin, end] =
      error instanceof LiquidError ? [error.token.begin, error.token.end] : [0, 0];
    if (original instanceof RangeError || original.message.endsWith('limit exceeded')) {
      return { ok: false, ...TOO_MUCH, begin, end };
    }
    if (!(error instanceof LiquidError)) throw error;
    return { ok: false, ...renderProblem(original), begin, end };
  }
}

function renderProblem(error: Error): RenderProblem {
  if (error instanceof TemplateMisuse) {
    const { code, message, hint } = error;
    return { code, message, hint };
  }
  const name: unknown = Reflect.get(error, 'variableName');
  if (typeof name === 'string') {
    return {
      code: 'UNKNOWN_VARIABLE',
      message: `unknown variable \`${name}\``,
      hint: NEEDED_BY.get(name.split('.')[0] ?? '') ?? 'check its name',
    };
  }
  const hint = 'check the value that is inserted here';
  return { code: 'TEMPLATE_SYNTAX', message: error.message, hint };
}

const NEEDED_BY: ReadonlyMap<string, string> = new Map([
  ['item', 'give every row the value, or write `| default: ""` right after its name'],
  ['matrix', 'give every combination of the matrix the value'],
  ['vars', 'add it under `vars`, or pass it in with `--set`'],
  ['needs', 'a list may be empty: check it first, with `{% if %}`'],
]);
