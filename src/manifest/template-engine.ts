import { TEMPLATE_BOUNDS, tooMuchWork } from '../errors/input-limits.ts';
import { inTimeSlice } from '../ports/system-time-slice.ts';
import type { Work } from '../ports/work.ts';
import {
  boundedRenderer,
  TOO_MUCH,
  usualEffort,
  type Effort,
  type Rendered,
  type RenderProblem,
} from './bounded-renderer.ts';
import {
  AssignTag,
  CaseTag,
  ForTag,
  IfTag,
  Liquid,
  LiquidError,
  Output,
  Token,
  TypeGuards,
  UnlessTag,
  Value,
} from 'liquidjs';
import type { Context, PropertyAccessToken, Template as Node } from 'liquidjs';
import type { Finding, Place } from '../errors/finding.ts';
import { callWords, sliceWords } from './foreign-syntax.ts';
import {
  LINEAR_FILTERS,
  refuseNow,
  refuseWide,
  TemplateMisuse,
  TEXT_FILTERS,
  textOnly,
} from './refused-template-values.ts';
import {
  leftoverError,
  templateError,
  type EngineError,
  type TemplateError,
} from './template-syntax-errors.ts';
import type { Template, TemplateData, TemplateOrigin, TemplateVariable } from './template.ts';
import { wordSet } from './word-set.ts';

export type ParsedTemplate =
  | { readonly ok: true; readonly template: Template }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * Parses Liquid templates: strict about variables and filters, without tags that read files, count
 * across renders or depend on the time. Findings are `TEMPLATE_SYNTAX`, `UNKNOWN_FILTER` and
 * `TOO_MUCH_WORK`.
 */
export function parseTemplate(
  text: string,
  origin: TemplateOrigin,
  effort: Effort = usualEffort(),
): ParsedTemplate {
  if (!/\{[{%]/.test(text)) return { ok: true, template: literalTemplate(text) };
  const at = (begin: number, end: number): Place => placeOf(origin, begin, end);
  const parsed = parseBounded(text, effort.work);
  if ('errors' in parsed) {
    const findings = parsed.errors.map(({ begin, end, ...words }): Finding => {
      return { ...words, severity: 'error', place: at(begin, end) };
    });
    return { ok: false, findings };
  }
  const { nodes, uses } = parsed;
  const renderWithin = (data: TemplateData, ms: number): Rendered | undefined =>
    renderNodes(nodes, data, ms);
  const render = boundedRenderer({ text, renderWithin, isWatched: needsWatch(nodes) }, effort);
  const template: Template = {
    text,
    variables: uses.map(({ begin, end, ...use }) => ({ ...use, place: at(begin, end) })),
    render: async (data) => {
      const rendered = await render(data);
      if (rendered.ok) return rendered;
      const { begin, end, ...problem } = rendered;
      return { ...problem, place: at(begin, end) };
    },
  };
  return { ok: true, template };
}

type Problem = RenderProblem & Pick<TemplateError, 'begin' | 'end'>;

/** The engine's tokenizer is partly quadratic, so long templates have a time limit. */
function parseBounded(
  text: string,
  work: Work,
): ParsedNodes | { readonly errors: readonly Problem[] } {
  const tags = text.match(/\{[{%]/g)?.length ?? 0;
  if (tags > TEMPLATE_BOUNDS.tags) return { errors: [{ ...TOO_MANY_TAGS, begin: 0, end: 0 }] };
  if (text.length <= TEMPLATE_BOUNDS.shortText) return parseNodes(text);
  const cpuMs = work.pieceMs();
  const sliced = inTimeSlice(cpuMs, () => parseNodes(text));
  work.take(sliced.tookMs);
  if (sliced.ok) return sliced.value;
  return { errors: [{ ...tooMuchWork('reading the template', cpuMs), begin: 0, end: 0 }] };
}

const TOO_MANY_TAGS = {
  code: 'TEMPLATE_SYNTAX',
  message: 'the template has more than 10,000 `{{` and `{%`',
  hint: 'put what repeats into rows, with `for_each`',
} as const;

/** Text that is sent unchanged. */
export function literalTemplate(text: string): Template {
  return { text, variables: [], render: async () => ({ ok: true, text }) };
}

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
  /** Characters and list items produced per render. */
  memoryLimit: TEMPLATE_BOUNDS.madeItems,
  // The engine uses these templates instead of the file system.
  templates: {},
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
  liquid.registerFilter('json', (value: unknown, space?: unknown) =>
    JSON.stringify(value, null, typeof space === 'number' ? space : undefined),
  );
  liquid.registerFilter('raw', (value: unknown) => textOnly(value));
  return liquid;
}

interface VariableUse extends Omit<TemplateVariable, 'place'> {
  readonly begin: number;
  readonly end: number;
}

type ParsedNodes =
  | { readonly nodes: Node[]; readonly uses: readonly VariableUse[] }
  | { readonly errors: readonly TemplateError[] };

function parseNodes(text: string): ParsedNodes {
  try {
    const nodes = engine.parse(text);
    const { uses, errors } = walkNodes(nodes, text);
    return errors.length > 0 ? { errors } : { nodes, uses };
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

/**
 * Every use of a variable that the template does not define itself. The engine's own analysis takes
 * minutes on a hostile template, because it counts lines from the start for each variable, and it
 * does not report which variables are printed.
 */
function walkNodes(
  nodes: readonly Node[],
  text: string,
): { uses: VariableUse[]; errors: TemplateError[] } {
  const uses: VariableUse[] = [];
  const errors: TemplateError[] = [];
  const visit = (node: Node, locals: ReadonlySet<string>, assigned: Set<string>): void => {
    for (const argument of node.arguments?.() ?? []) {
      const tokens = argument instanceof Value ? valueTokens(argument) : [argument];
      const printed =
        node instanceof Output && argument === node.value ? soleToken(node.value) : undefined;
      const optional = argument instanceof Value ? optionalTokens(node, argument) : NONE;
      const asked = isCondition(node) && argument instanceof Value ? askedTokens(argument) : NONE;
      for (const access of tokens.flatMap(accesses)) {
        errors.push(...bracketErrors(access, text, node));
        const { path, isFixed } = accessPath(access);
        const [root] = path;
        if (root === undefined || locals.has(root) || assigned.has(root)) continue;
        const { begin, end } = access;
        if (path.length > TEMPLATE_BOUNDS.steps) errors.push(tooManySteps(root, access));
        const isAsked = asked.get(access);
        uses.push({
          path,
          begin,
          end,
          isPrinted: isFixed && access === printed,
          ...(isFixed && optional.has(access) && { isOptional: true }),
          ...(isFixed && isAsked && { isAsked }),
        });
      }
      if (node instanceof ForTag && argument instanceof Token)
        errors.push(...loopErrors(argument, text));
      if (argument instanceof Value) {
        errors.push(...valueErrors(argument, text));
        if (!(node instanceof Output)) errors.push(...leftoverErrors(argument, text));
      }
    }
    if (node instanceof Output)
      errors.push(...leftoverErrors(node.value, text, node.token.contentRange[1]));
    for (const { content } of node.localScope?.() ?? []) assigned.add(content);
    const inner = new Set([...locals, ...(node.blockScope?.() ?? [])]);
    for (const child of childrenOf(node)) visit(child, inner, assigned);
  };
  const assigned = new Set<string>();
  for (const node of nodes) visit(node, new Set(), assigned);
  return { uses: uses.sort((one, other) => one.begin - other.begin), errors };
}

const NONE: ReadonlyMap<Token, NonNullable<TemplateVariable['isAsked']>> = new Map();

function isCondition(node: Node): boolean {
  return node instanceof IfTag || node instanceof UnlessTag;
}

function optionalTokens(node: Node, { initial, filters }: Value): { has(token: Token): boolean } {
  const isLenient = isCondition(node) || node instanceof CaseTag || filters[0]?.name === 'default';
  return isLenient ? new Set(initial.postfix) : NONE;
}

/** The operands of a condition that are used as booleans, or compared with `true` or `false`. */
function askedTokens({ initial, filters }: Value): typeof NONE {
  const asked = new Map<Token, NonNullable<TemplateVariable['isAsked']>>();
  if (filters.length > 0) return asked;
  // In postfix order, operators follow their operands. The result of an operator is undefined here.
  const stack: Array<Token | undefined> = [];
  const ask = (token: Token | undefined, use: NonNullable<TemplateVariable['isAsked']>): void => {
    if (token && TypeGuards.isPropertyAccessToken(token)) asked.set(token, use);
  };
  for (const token of initial.postfix) {
    if (!TypeGuards.isOperatorToken(token)) {
      stack.push(token);
      continue;
    }
    const { operator } = token;
    const pair = [stack.pop(), operator === 'not' ? undefined : stack.pop()];
    if (LOGIC.has(operator)) for (const each of pair) ask(each, 'alone');
    const isEquality = operator === '==' || operator === '!=';
    if (isEquality && pair.some(isBoolean)) for (const each of pair) ask(each, 'as true or false');
    stack.push(undefined);
  }
  ask(stack.pop(), 'alone');
  return asked;
}

const LOGIC = wordSet('and or not');

function isBoolean(token: Token | undefined): boolean {
  return token !== undefined && typeof Reflect.get(token, 'content') === 'boolean';
}

function tooManySteps(root: string, { begin, end }: Token): TemplateError {
  return {
    code: 'TEMPLATE_SYNTAX',
    message: `\`${root}\` is followed by more than ${TEMPLATE_BOUNDS.steps} steps`,
    hint: 'put the value higher up in the data',
    begin,
    end,
  };
}

/** The generator only yields to read files. */
function childrenOf(node: Node): readonly Node[] {
  const step = node.children?.(false, true).next();
  return step?.done === true ? step.value : [];
}

function valueTokens({ initial, filters }: Value): Token[] {
  const given = filters.flatMap(({ args }) =>
    args.map((argument) => (Array.isArray(argument) ? argument[1] : argument)),
  );
  return [...initial.postfix, ...given.filter((token) => token !== undefined)];
}

/** The token of `{{ a.b }}`, if the braces contain nothing else. */
function soleToken({ initial, filters }: Value): Token | undefined {
  // The engine appends the `outputEscape` check as the last filter.
  const isPlain = filters.every(({ name }) => name === CHECK_NAME);
  return isPlain && initial.postfix.length === 1 ? initial.postfix[0] : undefined;
}
/** The engine's name for the filter that it creates from `outputEscape`. */
const CHECK_NAME = '[object Function]';

function accesses(token: Token): PropertyAccessToken[] {
  if (TypeGuards.isRangeToken(token)) return [...accesses(token.lhs), ...accesses(token.rhs)];
  if (!TypeGuards.isPropertyAccessToken(token)) return [];
  return [token, ...token.props.flatMap(accesses)];
}

/** The fixed names, up to the first one that is itself a variable. */
function accessPath({ props, variable }: PropertyAccessToken): {
  path: string[];
  isFixed: boolean;
} {
  const path: string[] = [];
  if (variable !== undefined) return { path, isFixed: true };
  for (const prop of props) {
    const name = wordOf(prop);
    if (name === undefined) return { path, isFixed: false };
    path.push(name);
  }
  return { path, isFixed: true };
}

function wordOf(token: Token): string | undefined {
  const isWord =
    TypeGuards.isQuotedToken(token) ||
    TypeGuards.isNumberToken(token) ||
    TypeGuards.isWordToken(token);
  return isWord ? String(token.content) : undefined;
}

/** The engine silently drops parts of `{{ a b }}`, `{{ a == }}` and `{{ a. }}`. */
function valueErrors({ initial }: Value, text: string): TemplateError[] {
  let operands = 0;
  for (const token of initial.postfix) {
    const written = text.slice(token.begin, token.end);
    if (!TypeGuards.isOperatorToken(token)) operands += 1;
    else if (token.operator !== 'not') operands -= 1;
    if (operands < 1) return [leftoverError(written, token, text)];
    if (written.startsWith('.') || written.endsWith('.'))
      return [leftoverError(written, token, text)];
  }
  const second = initial.postfix.filter((token) => !TypeGuards.isOperatorToken(token))[1];
  if (operands <= 1 || !second) return [];
  return [leftoverError(text.slice(second.begin, second.end), second, text)];
}

/**
 * The engine silently drops text after a value. In a tag, that text ends with the tag or the line.
 */
function leftoverErrors({ initial, filters }: Value, text: string, end?: number): TemplateError[] {
  const ends = [...initial.postfix.map((each) => each.end), ...filters.map(filterEnd)];
  const lastEnd = ends.reduce((last, each) => Math.max(last, each), 0);
  const limit = end ?? lastEnd + text.slice(lastEnd).search(/-?%\}|\n|$/);
  const rest = text.slice(lastEnd, limit).trim();
  if (rest === '' || rest === ':') return [];
  const at = text.indexOf(rest, lastEnd);
  return [leftoverError(rest, { begin: at, end: at + rest.length }, text)];
}

/** The engine silently drops the filters of a loop, and the brackets of `range(3)`. */
function loopErrors({ end }: Token, text: string): TemplateError[] {
  const [all = '', rest] = /^[ \t]*([|(](?:(?!-?%\})[^\n])*)/.exec(text.slice(end)) ?? [];
  if (rest === undefined) return [];
  const at = end + all.length - rest.length;
  const call = rest.startsWith('(') && callWords(text, at + 1, NAMES.filters);
  return [
    call
      ? { code: 'TEMPLATE_SYNTAX', ...call }
      : leftoverError(rest.trim(), { begin: at, end: at + rest.trim().length }, text),
  ];
}

/** The engine silently drops the rest of `[0:100]` and accepts `[]`. */
function bracketErrors(
  { begin, props }: PropertyAccessToken,
  text: string,
  node: Node,
): TemplateError[] {
  const place = node instanceof Output ? 'output' : isCondition(node) ? 'condition' : 'tag';
  return props.flatMap((prop) => {
    const list = text.slice(begin, prop.begin).trimEnd();
    if (!list.endsWith('[')) return [];
    const open = begin + list.length - 1;
    const close = text.indexOf(']', prop.end);
    const rest = text.slice(prop.end, close).trim();
    if (rest === '' && prop.end > prop.begin) return [];
    const inside = text.slice(open + 1, close).trim();
    const words = sliceWords(list.slice(0, -1), inside, place);
    const span = { begin: open, end: close + 1 };
    return [
      words
        ? { code: 'TEMPLATE_SYNTAX', ...words, ...span }
        : leftoverError(rest === '' ? '[]' : rest, span, text),
    ];
  });
}

function filterEnd(filter: object): number {
  const token: unknown = Reflect.get(filter, 'token');
  return token instanceof Token ? token.end : 0;
}

/** Renders a template without a time limit, for use in a thread that can be terminated. */
export function renderText(text: string, data: TemplateData): Rendered | undefined {
  const parsed = parseNodes(text);
  if ('errors' in parsed) throw new Error('a template that was parsed before is refused');
  return renderNodes(parsed.nodes, data, Infinity);
}

function renderNodes(nodes: Node[], data: TemplateData, ms: number): Rendered | undefined {
  try {
    return { ok: true, text: String(engine.renderSync(nodes, { ...data }, { renderLimit: ms })) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const original = error instanceof LiquidError ? (error.originalError ?? error) : error;
    if (original.message.endsWith('render limit exceeded')) return undefined;
    const [begin, end] =
      error instanceof LiquidError ? [error.token.begin, error.token.end] : [0, 0];
    if (original instanceof RangeError || original.message.endsWith('limit exceeded')) {
      return { ok: false, ...TOO_MUCH, begin, end };
    }
    if (!(error instanceof LiquidError)) throw error;
    return { ok: false, ...renderProblem(original), begin, end };
  }
}

/** Whether a single step may take so long that only a watchdog can stop it. */
function needsWatch(nodes: readonly Node[]): boolean {
  return nodes.some((node) => {
    for (const argument of node.arguments?.() ?? []) {
      const tokens = argument instanceof Value ? valueTokens(argument) : [argument];
      if (tokens.some(isLongRange)) return true;
      if (!(argument instanceof Value)) continue;
      if (argument.filters.some(({ name }) => name !== CHECK_NAME && !LINEAR_FILTERS.has(name))) {
        return true;
      }
    }
    return needsWatch(childrenOf(node));
  });
}

/** The engine expands a range to a list. */
function isLongRange(token: Token): boolean {
  if (!TypeGuards.isRangeToken(token)) return false;
  const { lhs, rhs } = token;
  const isFixed = TypeGuards.isNumberToken(lhs) && TypeGuards.isNumberToken(rhs);
  return !isFixed || rhs.content - lhs.content > TEMPLATE_BOUNDS.shortRange;
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

function placeOf(origin: TemplateOrigin, begin: number, end: number): Place {
  const place = origin.placeAt(begin);
  if (end <= begin) return place;
  const last = origin.placeAt(end - 1);
  return last.line === place.line ? { ...place, endColumn: last.column + 1 } : place;
}
