import type { Finding } from '../errors/finding.ts';
import { didYouMean, suggest } from '../errors/suggest.ts';
import { argumentWords, callWords, likeFilter, shortened } from './foreign-syntax.ts';

/** A mistake in a template, with offsets into its text. */
export interface TemplateError {
  readonly code: Extract<Finding['code'], 'TEMPLATE_SYNTAX' | 'UNKNOWN_FILTER'>;
  readonly message: string;
  readonly hint: string;
  readonly begin: number;
  readonly end: number;
}

/** The engine's message, without the place, and the token that it is about. */
export interface EngineError {
  readonly message: string;
  readonly begin: number;
  readonly end: number;
}

export interface EngineNames {
  readonly filters: readonly string[];
  readonly tags: readonly string[];
}

/** Rewords the engine's error. */
export function templateError(text: string, error: EngineError, names: EngineNames): TemplateError {
  const { message } = error;
  const filter = captured(/^undefined filter: (.*)$/s, message);
  if (filter !== undefined) return unknownFilter(text, error, filter, names.filters);
  const tag = captured(/^tag "(\w*)" not found$/s, message);
  if (tag !== undefined) {
    return { code: 'TEMPLATE_SYNTAX', ...unknownTag(tag, names.tags), ...tagSpan(text, error) };
  }
  return { code: 'TEMPLATE_SYNTAX', ...syntaxError(text, error, names) };
}

/** Text after the end of a value. */
export function leftoverError(
  found: string,
  { begin, end }: { readonly begin: number; readonly end: number },
  text: string,
): TemplateError {
  const message = `unexpected \`${shortened(found)}\` in the template`;
  const name = spacedName(text, begin);
  const hint =
    operatorHint(found, begin, text) ??
    (name === undefined ? FORM : `put a name with spaces in brackets: \`{{ ${name} }}\``);
  return { code: 'TEMPLATE_SYNTAX', message, hint, begin, end };
}

/** Suggests Liquid's operator instead of another language's, as in `output = yes`. */
function operatorHint(found: string, begin: number, text: string): string | undefined {
  const [, otherwise] = OTHER_OPERATORS.find(([operator]) => operator.test(found)) ?? [];
  if (otherwise !== undefined) return otherwise;
  const after = text.slice(begin, begin + 200);
  const [, not, word] = /^is\s+(not\s+)?(defined|none|undefined)\b/i.exec(after) ?? [];
  const isAbsence = word !== undefined && (word !== 'defined') === (not === undefined);
  const isOther = word === undefined ? /^(?:<>|is\s+not\b)/.test(after) : !isAbsence;
  const meant = isOther ? '!=' : /^(?:=(?!=)|is$)/.test(found) ? '==' : undefined;
  if (meant === undefined) return undefined;
  const left = /[\w.]+(?=[\s=<]*$)/.exec(text.slice(Math.max(0, begin - 200), begin))?.[0];
  const right = word
    ? 'blank'
    : /^(?:is\b(?:\s+not\b)?)?[\s=<>]*("[^"]*"|'[^']*'|[\w.-]+)/.exec(after)?.[1];
  if (left === undefined || right === undefined) return `compare with \`${meant}\``;
  const isValue = /^["'\d-]|^(?:true|false|nil|empty|blank)$|\./.test(right);
  return `compare with \`${meant}\`: \`${left} ${meant} ${isValue ? right : `"${right}"`}\``;
}

const OTHER_OPERATORS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^&&/, 'write `and` instead'],
  [/^\|\|/, 'write `or` instead'],
  [/^!(?!=)/, 'write `not` instead'],
  [/^in$/, 'write it the other way round: `list contains value`'],
  [/^\|\s*\w/, 'assign it first, as in `{% assign list = item.list | reverse %}`'],
  [/^~$/, 'join strings with a filter: `| append: …`'],
  [
    /^if$/,
    'write `{% if … %}…{% else %}…{% endif %}`, or `| default: …` for a value that may be missing',
  ],
  [/^(?:~=|=~|matches|like)$/, 'search with `contains`; there are no patterns'],
  [/^[+*/-]$/, 'calculate with a filter: `plus`, `minus`, `times` or `divided_by`'],
];

/** Suggests brackets for `item.Customer Name`, whose second word starts at `begin`. */
function spacedName(text: string, begin: number): string | undefined {
  const before = /\b((?:item|vars|matrix)(?:\.[\w-]+)*)\.([\w-]+)[ \t]+$/.exec(
    text.slice(Math.max(0, begin - 200), begin),
  );
  const after = /^[\w-]+(?:[ \t]+(?!(?:and|or|contains)\b)[\w-]+)*/.exec(
    text.slice(begin, begin + 200),
  );
  if (!before || !after) return undefined;
  return `${before[1]}["${before[2]} ${after[0]}"]`;
}

function unknownFilter(
  text: string,
  { begin, end }: EngineError,
  name: string,
  filters: readonly string[],
): TemplateError {
  const near = likeFilter(name) ?? suggest(name, filters);
  const span = filterSpan(text.slice(begin, end), name);
  return {
    code: 'UNKNOWN_FILTER',
    message: `unknown filter \`${name}\``,
    hint: near
      ? `did you mean \`${near}\`?`
      : 'for example, use `upcase`, `strip`, `join` or `json`',
    begin: begin + (span?.begin ?? 0),
    end: span ? begin + span.end : end,
  };
}

function filterSpan(text: string, name: string): { begin: number; end: number } | undefined {
  for (const match of text.matchAll(/"[^"]*"|'[^']*'|\|\s*([\w-]+)/g)) {
    if (match[1] !== name) continue;
    const end = match.index + match[0].length;
    return { begin: end - name.length, end };
  }
  return undefined;
}

function unknownTag(tag: string, tags: readonly string[]): Pick<TemplateError, 'message' | 'hint'> {
  if (OTHER_FILES.has(tag)) {
    return {
      message: `a template cannot read another file: \`${tag}\``,
      hint: 'put shared text in `context`, or the whole prompt in a file with `prompt: {file: …}`',
    };
  }
  const opener = /^(?:else|elsif|when)$/.test(tag) ? 'if' : /^end(.+)$/.exec(tag)?.[1];
  if (opener !== undefined && tags.includes(opener)) {
    const hint = `write \`{% ${opener} … %}\` before it, or delete it`;
    return { message: `\`${tag}\` has no opening tag before it`, hint };
  }
  const message = `unknown tag \`${tag}\``;
  if (tag === 'end') return { message, hint: 'say what it ends: `{% endif %}` or `{% endfor %}`' };
  if (/^(?:set|let|var)$/.test(tag)) return { message, hint: 'did you mean `assign`?' };
  const all = [...tags, 'elsif', 'else', ...tags.map((each) => `end${each}`)];
  const others = 'the tags are `if`, `unless`, `case`, `for`, `assign`, `capture`, `raw`';
  return { message, hint: didYouMean(tag, all, others) };
}

const OTHER_FILES = new Set(['include', 'render', 'layout', 'block']);

function tagSpan(text: string, { begin, end }: EngineError): { begin: number; end: number } {
  const length = Math.min(end - begin, text.slice(begin, end).search(/\n|$/));
  return { begin, end: begin + Math.max(1, length) };
}

function syntaxError(
  text: string,
  { message, begin, end }: EngineError,
  { filters }: EngineNames,
): Pick<TemplateError, 'message' | 'hint' | 'begin' | 'end'> {
  const open = /^tag (\{%-?\s*(\w+).*%\}) not closed$/s.exec(message);
  if (open) {
    const closing = `{% end${open[2]} %}`;
    return {
      message: `\`${shortened(open[1] ?? '')}\` is never closed`,
      hint: `write \`${closing}\` where it ends`,
      ...tagSpan(text, { message, begin, end }),
    };
  }
  if (/^output .* not closed$/s.test(message)) {
    const from = text.lastIndexOf('{{', begin + 1);
    return { ...NOT_CLOSED_OUTPUT, begin: Math.max(0, from), end: Math.max(0, from) + 2 };
  }
  if (/^tag .* not closed$/s.test(message)) {
    return { ...NOT_CLOSED_TAG, begin, end: begin + 2 };
  }
  if (/^raw .* not closed$/s.test(message)) {
    const from = Math.max(0, text.lastIndexOf('{%', begin));
    return {
      message: '`{% raw %}` is never closed',
      hint: 'write `{% endraw %}` where it ends',
      begin: from,
      end: from + 2,
    };
  }
  const span = { begin, end: Math.max(begin + 1, Math.min(end, begin + 80)) };
  if (message === 'expected filter name' && text[begin - 1] === '|' && text[begin] === '|')
    return leftoverError('||', { begin: begin - 1, end: begin + 1 }, text);
  const value = captured(/^invalid value expression: "(.*)"$/s, message);
  if (value?.startsWith('!')) return leftoverError('!', { begin, end: begin + 1 }, text);
  if (value === '') return { ...NOTHING_INSIDE, ...span };
  if (value !== undefined) {
    return {
      message: `\`${shortened(value)}\` is neither a variable nor a value`,
      hint: FORM,
      ...span,
    };
  }
  const call = /^(?:invalid range|unexpected token "\))/.test(message)
    ? callWords(text, begin, filters)
    : undefined;
  if (call) return call;
  if (message === 'expected ":" after filter name') {
    const words = argumentWords(text, begin);
    if (words) return { ...words, ...span };
  }
  if (message.startsWith('expected "|" before filter')) {
    // The engine's token starts after the unexpected character.
    const from = /\S/.test(text.charAt(begin - 1)) ? begin - 1 : begin;
    const found = /^(?:(?![%}]\})\S)+/.exec(text.slice(from))?.[0] ?? text.charAt(from);
    return leftoverError(found, { begin: from, end: from + found.length }, text);
  }
  if (/^unexpected "(?:if|unless|elsif) /.test(message)) {
    return { message: `unexpected words after \`else\``, hint: 'did you mean `elsif`?', ...span };
  }
  if (message.includes('call stack')) {
    return { message: 'the template is nested too deeply', hint: 'make it flatter', ...span };
  }
  return { message: lowerFirst(message).replaceAll('"', '`'), hint: FORM, ...span };
}

const NOT_CLOSED_OUTPUT = {
  message: '`{{` is never closed',
  hint: 'close it with `}}`; for the characters themselves write `{% raw %}{{{% endraw %}`',
};
const NOT_CLOSED_TAG = {
  message: '`{%` is never closed',
  hint: 'close it with `%}`; for the characters themselves write `{{ "{%" }}`',
};
const NOTHING_INSIDE = {
  message: 'there is no value between the brackets',
  hint: 'write a variable, such as `{{ item.path }}`',
};
const FORM = 'write it like `{{ item.name }}` or `{{ item.name | filter: "argument" }}`';

function captured(pattern: RegExp, text: string): string | undefined {
  return pattern.exec(text)?.[1];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
