import { TEMPLATE_BOUNDS } from '../errors/input-limits.ts';
import { callWords, sliceWords } from './foreign-syntax.ts';
import {
  CaseTag,
  ForTag,
  IfTag,
  Output,
  Token,
  TypeGuards,
  UnlessTag,
  Value,
  type Node,
  type PropertyAccessToken,
} from './liquid-package.ts';
import { LINEAR_FILTERS } from './refused-template-values.ts';
import { leftoverError, type TemplateError } from './template-syntax-errors.ts';
import type { TemplateVariable } from './template.ts';
import { wordSet } from './word-set.ts';

interface VariableUse extends Omit<TemplateVariable, 'place'> {
  readonly begin: number;
  readonly end: number;
}

export interface TemplateWalk {
  /** Every use of a variable that the template does not define itself, in order. */
  readonly uses: readonly VariableUse[];
  /** What the engine would silently drop. */
  readonly errors: readonly TemplateError[];
  /** Whether a single step may take so long that only a watchdog can stop it. */
  readonly isWatched: boolean;
}

interface TemplateText {
  readonly text: string;
  /** The names of all filters. */
  readonly filters: readonly string[];
}

/**
 * Looks at every part of a template. The engine's own analysis takes minutes on a hostile template,
 * because it counts lines from the start for each variable, and it does not report which variables
 * are printed.
 */
export function walkTemplate(
  nodes: readonly Node[],
  { text, filters }: TemplateText,
): TemplateWalk {
  const uses: VariableUse[] = [];
  const errors: TemplateError[] = [];
  let isWatched = false;
  const assigned = new Set<string>();
  const visit = (node: Node, locals: ReadonlySet<string>): void => {
    for (const argument of node.arguments?.() ?? []) {
      const value = argument instanceof Value ? argument : undefined;
      const tokens = argument instanceof Value ? valueTokens(argument) : [argument];
      isWatched ||= tokens.some(isLongRange) || value?.filters.some(isSlow) === true;
      const printed = node instanceof Output && value === node.value ? soleToken(value) : undefined;
      const optional = value ? optionalTokens(node, value) : NONE;
      const asked = value && isCondition(node) ? askedTokens(value) : NONE;
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
        errors.push(...loopErrors(argument, { text, filters }));
      if (value) {
        errors.push(...valueErrors(value, text));
        if (!(node instanceof Output)) errors.push(...leftoverErrors(value, text));
      }
    }
    if (node instanceof Output)
      errors.push(...leftoverErrors(node.value, text, node.token.contentRange[1]));
    for (const { content } of node.localScope?.() ?? []) assigned.add(content);
    const inner = new Set([...locals, ...(node.blockScope?.() ?? [])]);
    for (const child of childrenOf(node)) visit(child, inner);
  };
  for (const node of nodes) visit(node, new Set());
  return { uses: uses.sort((one, other) => one.begin - other.begin), errors, isWatched };
}

const NONE: ReadonlyMap<Token, NonNullable<TemplateVariable['isAsked']>> = new Map();

function isCondition(node: Node): boolean {
  return node instanceof IfTag || node instanceof UnlessTag;
}

function optionalTokens(node: Node, { initial, filters }: Value): { has(token: Token): boolean } {
  const isLenient = isCondition(node) || node instanceof CaseTag || filters[0]?.name === 'default';
  return isLenient ? new Set(initial.postfix) : NONE;
}

/** The operands of a condition that are used as booleans or compared with one or with a number. */
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
    const use = isEquality ? equalityUse(pair) : ORDERS.has(operator) ? orderUse(pair) : undefined;
    if (use) for (const each of pair) ask(each, use);
    stack.push(undefined);
  }
  ask(stack.pop(), 'alone');
  return asked;
}

const LOGIC = wordSet('and or not');

const ORDERS = wordSet('< > <= >=');

type Operands = ReadonlyArray<Token | undefined>;

function equalityUse(operands: Operands): TemplateVariable['isAsked'] {
  const literals = operands.map(literalIn);
  if (literals.some((literal) => typeof literal === 'boolean')) return 'as true or false';
  return literals.some((literal) => typeof literal === 'number') ? 'as a number' : undefined;
}

/** Two strings are compared letter by letter, even if they look like numbers. */
function orderUse(operands: Operands): TemplateVariable['isAsked'] {
  const isQuoted = operands
    .map(literalIn)
    .some((literal) => typeof literal === 'string' && /^-?\d+(?:\.\d+)?$/.test(literal));
  return isQuoted ? 'as a quoted number' : undefined;
}

/** The value of `true`, `10` or `"10"`. */
function literalIn(token: Token | undefined): unknown {
  return token === undefined ? undefined : Reflect.get(token, 'content');
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
function loopErrors({ end }: Token, { text, filters }: TemplateText): TemplateError[] {
  const [all = '', rest] = /^[ \t]*([|(](?:(?!-?%\})[^\n])*)/.exec(text.slice(end)) ?? [];
  if (rest === undefined) return [];
  const at = end + all.length - rest.length;
  const call = rest.startsWith('(') && callWords(text, at + 1, filters);
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

/** The engine expands a range to a list. */
function isLongRange(token: Token): boolean {
  if (!TypeGuards.isRangeToken(token)) return false;
  const { lhs, rhs } = token;
  const isFixed = TypeGuards.isNumberToken(lhs) && TypeGuards.isNumberToken(rhs);
  return !isFixed || rhs.content - lhs.content > TEMPLATE_BOUNDS.shortRange;
}

function isSlow({ name }: { readonly name: string }): boolean {
  return name !== CHECK_NAME && !LINEAR_FILTERS.has(name);
}
