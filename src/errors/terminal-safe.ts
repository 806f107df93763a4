/** The kind of text; see `OutputStream`. */
export type TextKind = 'text' | 'frame' | 'command';

export interface SanitizeOptions {
  readonly kind?: TextKind;
  /** Whether a line that starts with `--- ` opens a section, as for Buildkite; default: true. */
  readonly hasHeadings?: boolean;
}

/**
 * Makes lines safe for a terminal, a log or a file. They contain no control and text-direction
 * characters except newlines, tabs and Volley's own colors, and no commands to CI systems: GitHub
 * (`::error::`, `##[error]`), Azure (`##vso[`), TeamCity (`##teamcity[`), GitLab and Travis
 * (`section_start:`), Buildkite (`--- `, `+++ `, `~~~ `, `^^^ `). Characters that are replaced
 * become `\u` escapes, which do not change the value of JSON, so the same function works for text
 * and JSON. A `frame` may also move the cursor, as the live tree does. A `command` is one of
 * Volley's own: a single line that starts with `::`.
 */
export function sanitized(text: string, options: SanitizeOptions = {}): string {
  const { kind = 'text', hasHeadings = true } = options;
  const controls = kind === 'frame' ? CONTROL_IN_FRAMES : CONTROL;
  // Most texts contain no control characters, and checking for them is much faster than replacing.
  const printable = ANY_CONTROL.test(text) ? text.replace(controls, escapedControl) : text;
  const visible = printable.replace(COMMAND_ANYWHERE, escapedMark);
  // Each record is such a line, which starts with none of the marks below.
  if (kind === 'text' && visible.startsWith('{') && !visible.includes('\n')) return visible;
  const safe = hasHeadings ? visible.replace(HEADING, escapedMark) : visible;
  return kind === 'command' ? ownCommand(safe) : safe.replace(COMMAND_AT_START, escapedMark);
}

/** Volley's own colors and font weights, each in its own escape sequence. */
const COLOUR = String.raw`\u001b\[(?:0|1|2|3|4|22|23|24|3[0-7]|39|9[0-7])m`;
/** Cursor movements of the live tree: see `frameUpdate`. */
const MOVE = String.raw`\u001b\[(?:\?(?:25|7)[hl]|[KJ]|[1-9]\d{0,3}A)|\u001b[78]|(?:^|(?<=\u001b(?:8|\[\?7l)))\r`;
/**
 * C0 except tab and newline, DEL, C1, text-direction characters, and separators that some programs
 * treat as newlines.
 */
const CONTROLS = String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]`;
const ANY_CONTROL = new RegExp(CONTROLS);
const CONTROL = new RegExp(`(${COLOUR})|${CONTROLS}`, 'g');
const CONTROL_IN_FRAMES = new RegExp(`(${COLOUR}|${MOVE})|${CONTROLS}`, 'g');

/** `##[error]`, `##vso[…]`, `##teamcity[…]` anywhere, and sections of GitLab and Travis. */
const COMMAND_ANYWHERE = /##[\w.-]{0,64}\[|(?:section_(?:start|end)|travis_(?:fold|time)):/g;

/** CI systems skip white space and colors at the start of a line. */
const START = `^(?:[^\\S\\n]|${COLOUR})*`;
const COMMAND_AT_START = new RegExp(`${START}::`, 'gm');
const HEADING = new RegExp(`${START}(?:---|\\+\\+\\+|~~~|\\^\\^\\^)(?=[^\\S\\n])`, 'gm');

function escapedControl(found: string, own: string | undefined): string {
  return own ?? escapedUnit(found);
}

/** Escapes only the last character. */
function escapedMark(found: string): string {
  return found.slice(0, -1) + escapedUnit(found.slice(-1));
}

function escapedUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function ownCommand(line: string): string {
  if (!/^::[^\n]*\n?$/.test(line)) throw new Error('a command to a CI system is one line');
  return line;
}
