import { wordMap } from './word-set.ts';

/** What is wrong, and how Liquid expresses what the user wrote in another template language. */
interface Words {
  readonly message: string;
  readonly hint: string;
}

/** Explains `item.text[0:100]`, where the engine reads only the `0`. `inside` is `0:100`. */
export function sliceWords(
  list: string,
  inside: string,
  place: 'output' | 'condition' | 'tag',
): Words | undefined {
  const [, from = '', to = ''] = /^([^:"']*):([^"']*)$/.exec(inside) ?? [];
  if (from + to === '') return undefined;
  const value = list.length > 80 ? 'item.text' : list;
  const slice = `${value} | slice: ${sliceArguments(value, from.trim(), to.trim())}`;
  const hints = {
    output: `write \`{{ ${slice} }}\``,
    condition: 'compare the whole value, or search it with `contains`',
    tag: `assign it first: \`{% assign part = ${slice} %}\``,
  };
  return {
    message: `templates have no slices such as \`[${shortened(inside)}]\``,
    hint: hints[place],
  };
}

/** The second number of a slice is an end in Python, but a length in Liquid. */
function sliceArguments(list: string, from: string, to: string): string {
  const begin = Number(from);
  const length = Number(to) - begin;
  if (to === '' && begin >= 0) return `${begin}, ${list}.size`;
  if (to === '' && begin < 0) return `${begin}, ${-begin}`;
  return begin >= 0 && length > 0 ? `${begin}, ${length}` : 'START, LENGTH';
}

/** Explains the call around the place where the engine stopped, such as `len(item.text)`. */
export function callWords(
  text: string,
  stop: number,
  filters: readonly string[],
): (Words & { readonly begin: number; readonly end: number }) | undefined {
  const before = text.slice(Math.max(0, stop - 200), stop);
  const [opened = '', name = ''] = /([a-z_](?:[\w.-]|\["[^"]*"\])*)\([^()]*$/i.exec(before) ?? [];
  if (/^(?:|and|or|not|contains)$/.test(name)) return undefined;
  const begin = stop - opened.length;
  const open = begin + name.length;
  const [call = '(', inside = ''] = /^\(([^()]*)\)/.exec(text.slice(open, open + 200)) ?? [];
  const given = inside === '' ? [] : inside.split(',').map((each) => each.trim());
  return {
    message: `templates have no functions: \`${shortened(name + (call === '(' ? '(…)' : call))}\``,
    hint: callHint(name, given, filters),
    begin,
    end: open + call.length,
  };
}

function callHint(name: string, given: readonly string[], filters: readonly string[]): string {
  const [, list, last = name] = /^(.*)\.([\w-]+)$/.exec(name) ?? [];
  const [first = '', second] = given;
  const key = /^["']([\w-]+)["']$/.exec(first)?.[1];
  if (last === 'getenv' || /^(?:os|process)\./.test(name)) return environmentHint(key);
  if (name === 'range') return rangeHint(given);
  if (last === 'get' && list !== undefined && key !== undefined) {
    return `write \`${list}.${key}${second === undefined ? '' : ` | default: ${second}`}\``;
  }
  const filter = likeFilter(last) ?? filters.find((each) => each === last);
  const value = list ?? first;
  if (filter === undefined || value === '') {
    return 'use a filter, such as `{{ item.text | size }}`';
  }
  if (filter === 'size') return `write \`${value} | size\`, or in a condition \`${value}.size\``;
  return `write \`${value} | ${filterWith(filter, list === undefined ? given.slice(1) : given)}\``;
}

export function rangeHint([from = '3', to]: readonly string[] = []): string {
  return `write \`(${to === undefined ? `1..${from}` : `${from}..${to}`})\``;
}

/** Explains `truncate(10)` or `truncate 10`. `stop` is the offset after the name. */
export function argumentWords(text: string, stop: number): Words | undefined {
  const name = /\|\s*([\w-]+)\s*$/.exec(text.slice(Math.max(0, stop - 200), stop))?.[1];
  const after = text.slice(stop, stop + 200);
  const [call, inside] = /^\(([^()]*)\)/.exec(after) ?? [];
  const bare = /^[^|(%}]+/.exec(after)?.[0].trim();
  if (name === undefined || (call === undefined && bare === undefined)) return undefined;
  const given = [inside ?? bare ?? ''].filter((each) => each !== '');
  return {
    message:
      call === undefined
        ? `the filter \`${name}\` has no \`:\` before its arguments`
        : `templates have no functions: \`${shortened(name + call)}\``,
    hint: `write \`${filterWith(likeFilter(name) ?? name, given)}\``,
  };
}

function filterWith(filter: string, given: readonly string[]): string {
  return given.length === 0 ? filter : `${filter}: ${given.join(', ')}`;
}

export function environmentHint(name = 'name'): string {
  return `a template never sees the environment: pass the value in with \`--set ${name}=…\` and write \`vars.${name}\``;
}

/** The Liquid name for a filter or function from another template language. */
export function likeFilter(name: string): string | undefined {
  return FILTER_SYNONYMS.get(name.toLowerCase().replaceAll(/[-_]/g, ''));
}

/** What other template languages call Liquid's filters, without `-` and `_`. */
const FILTER_SYNONYMS = wordMap({
  upcase: 'toupper touppercase upper uppercase',
  downcase: 'tolower tolowercase lower lowercase',
  strip: 'trim',
  size: 'length count len',
  json: 'tojson stringify',
  capitalize: 'title',
  slice: 'substring substr',
  replace: 'sub',
});

export function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
