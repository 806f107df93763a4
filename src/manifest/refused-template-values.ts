import { wordSet } from './word-set.ts';

export class TemplateMisuse extends Error {
  readonly code: 'OBJECT_IN_TEXT' | 'TEMPLATE_SYNTAX';
  readonly hint: string;

  constructor(code: TemplateMisuse['code'], message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** Returns the value. Throws for objects and lists, which have no text of their own. */
export function textOnly<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const isFlat = value.every((each) => typeof each !== 'object' || each === null);
    const hint = isFlat ? 'write `| join: ", "` or `| json` after it' : 'write `| json` after it';
    throw new TemplateMisuse('OBJECT_IN_TEXT', 'a list cannot be used as text', hint);
  }
  if (Object.prototype.toString.call(value) !== '[object Object]' || isDrop(value)) return value;
  throw new TemplateMisuse(
    'OBJECT_IN_TEXT',
    'an object cannot be used as text',
    'use one of its fields, or write `| json` after it',
  );
}

/** The engine's `nil`, `empty` and `blank` are objects. */
function isDrop(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== Object.prototype && prototype !== null;
}

/** Rejects the current time, because a resumed run would pay again for a prompt that changes. */
export function refuseNow(value: unknown): void {
  if (value !== 'now' && value !== 'today') return;
  throw new TemplateMisuse(
    'TEMPLATE_SYNTAX',
    `\`${value}\` would give a different prompt on every run`,
    'pass the date in with `--set date=2026-01-31` and write `vars.date`',
  );
}

/** Rejects very large widths, because a width of millions would exhaust the memory. */
export function refuseWide(format: unknown): void {
  if (typeof format !== 'string' || !/%[^a-zA-Z%]*\d{4}/.test(format)) return;
  throw new TemplateMisuse(
    'TEMPLATE_SYNTAX',
    'a date has a width of more than 999 characters',
    'write a smaller number after the `%`',
  );
}

/** Filters that take linear time for any input. */
export const LINEAR_FILTERS = wordSet(`
  abs append at_least at_most capitalize ceil compact default divided_by downcase first floor join
  json last map minus modulo newline_to_br plus prepend raw remove replace reverse round size slice
  split sum times truncate upcase
`);

/** Filters that convert their input to text. */
export const TEXT_FILTERS = wordSet(`
  append base64_decode base64_encode capitalize cgi_escape date date_to_long_string date_to_rfc822
  date_to_string date_to_xmlschema downcase escape escape_once hmac_sha256 lstrip newline_to_br
  normalize_whitespace number_of_words prepend remove remove_first remove_last replace replace_first
  replace_last rstrip sha256 slugify split squish strip strip_html strip_newlines truncate
  truncatewords upcase uri_escape url_decode url_encode xml_escape
`);
