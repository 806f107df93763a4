/** What a text is besides plain text; see `OutputStream`. */
export type TextKind = 'text' | 'frame' | 'command';

export interface SanitizeOptions {
  readonly kind?: TextKind;
  /** Whether a line that begins with `--- ` opens a section, as in Buildkite's log; default true. */
  readonly hasHeadings?: boolean;
}

/**
 * Whole lines on their way to a terminal, a log or a file, made safe for whoever shows them: no control
 * or text-direction character but newlines, tabs and Volley's own colours, and nothing that a CI system
 * takes for a command: GitHub (`::error::`, `##[error]`), Azure (`##vso[`), TeamCity (`##teamcity[`),
 * GitLab and Travis (`section_start:`), Buildkite (`--- `, `+++ `, `~~~ `, `^^^ `).
 *
 * What it changes becomes a `\u` escape, which in JSON stands for the same value: the same function
 * serves text and JSON. A `frame` may also move the cursor, in the ways that the live tree does. A
 * `command` is one of ours: a single line that begins with `::`.
 */
export function sanitized(text: string, options: SanitizeOptions = {}): string {
  const { kind = 'text', hasHeadings = true } = options;
  const visible = text
    .replace(kind === 'frame' ? CONTROL_IN_FRAMES : CONTROL, escapedControl)
    .replace(COMMAND_ANYWHERE, escapedMark);
  const safe = hasHeadings ? visible.replace(HEADING, escapedMark) : visible;
  return kind === 'command' ? ownCommand(safe) : safe.replace(COMMAND_AT_START, escapedMark);
}

/** The colours and weights that Volley writes itself; one after another, never several in one. */
const COLOUR = String.raw`\u001b\[(?:0|1|2|3|4|22|23|24|3[0-7]|39|9[0-7])m`;
/** How the live tree is drawn: see `frameUpdate`. */
const MOVE = String.raw`\u001b\[(?:\?(?:25|7)[hl]|[KJ]|[1-9]\d{0,3}A)|\u001b[78]|(?:^|(?<=\u001b(?:8|\[\?7l)))\r`;
/** C0 but tab and newline, DEL, C1, what turns the direction of text, and separators that some take for newlines. */
const CONTROLS = String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]`;
const CONTROL = new RegExp(`(${COLOUR})|${CONTROLS}`, 'g');
const CONTROL_IN_FRAMES = new RegExp(`(${COLOUR}|${MOVE})|${CONTROLS}`, 'g');

/** `##[error]`, `##vso[…]`, `##teamcity[…]` wherever they are; sections of GitLab and Travis. */
const COMMAND_ANYWHERE = /##[\w.-]{0,64}\[|(?:section_(?:start|end)|travis_(?:fold|time)):/g;

/** White space and colours are skipped before a line is looked at. */
const START = `^(?:[^\\S\\n]|${COLOUR})*`;
const COMMAND_AT_START = new RegExp(`${START}::`, 'gm');
const HEADING = new RegExp(`${START}(?:---|\\+\\+\\+|~~~|\\^\\^\\^)(?=[^\\S\\n])`, 'gm');

function escapedControl(found: string, own: string | undefined): string {
  return own ?? escapedUnit(found);
}

/** Escapes the last character, so that what is before it stays as it is. */
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
