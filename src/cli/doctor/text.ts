import { createStyle, type Color } from '../../report/style.ts';
import { displayWidth, padEnd, wrapWords } from '../../report/width.ts';
import { AREAS, type Check, type CheckStatus } from './check.ts';

const SIGNS: Readonly<Record<CheckStatus, readonly [string, Color]>> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  missing: ['✗', 'red'],
  absent: ['–', 'dim'],
};

/** Longer names have a line to themselves. */
const WIDEST_NAME = 24;

/** The checks for people: by area, one line or more for each, wrapped between words. */
export function doctorText(
  checks: readonly Check[],
  { columns, color }: { readonly columns: number; readonly color: boolean },
): string {
  const style = createStyle(color);
  const areas = Object.entries(AREAS).flatMap(([area, title]) => {
    const own = checks.filter((check) => check.area === area);
    if (own.length === 0) return [];
    const width = Math.min(WIDEST_NAME, Math.max(...own.map(({ name }) => displayWidth(name))));
    return [[style('bold', title), ...own.flatMap(linesOf(width))]];
  });
  return areas.map((lines) => lines.map((line) => `${line}\n`).join('')).join('\n');

  function linesOf(width: number): (check: Check) => readonly string[] {
    return ({ name, status, message, hint }) => {
      const [sign, color] = SIGNS[status];
      const indent = ' '.repeat(4 + width + 2);
      const room = Math.max(20, columns - indent.length);
      const words = wrapWords(message, room);
      const head = `  ${style(color, sign)} ${padEnd(name, width)}`;
      const isLong = displayWidth(name) > width;
      const first = isLong ? [head, indent + words[0]] : [`${head}  ${words[0]}`];
      const hints = hint === undefined ? [] : wrapWords(`hint: ${hint}`, room);
      return [
        ...first,
        ...words.slice(1).map((line) => indent + line),
        ...hints.map((line) => indent + style('dim', line)),
      ];
    };
  }
}
