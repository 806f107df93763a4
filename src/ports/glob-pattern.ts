import type { FileProblem } from './files.ts';

/**
 * What is wrong with a glob pattern; undefined if nothing is. The matcher turns a pattern into a
 * regular expression. With too many wildcards, matching one long file name could take hours.
 */
export function patternProblem(pattern: string): FileProblem | undefined {
  if (pattern.length > MAX_LENGTH) {
    return bad('a glob pattern is longer than 1,000 characters', 'split it into several');
  }
  const plain = pattern.replaceAll(/\\./g, 'x');
  if (plain.replace(/^!/, '').includes('(')) {
    const hint = 'write `{a,b}` for a choice, and `\\(` for the character';
    return bad(`the pattern \`${shortened(pattern)}\` has a \`(\``, hint);
  }
  const parts = plain.split('/');
  const isTooWild =
    parts.filter((part) => part === '**').length > MAX_WILDCARDS ||
    partsOutsideBraces(plain).some((part) => (part.match(/\*+|\{/g)?.length ?? 0) > MAX_WILDCARDS);
  if (!isTooWild) return undefined;
  const hint = 'split it into several patterns';
  return bad(
    `the pattern \`${shortened(pattern)}\` has more than 4 \`*\` or \`{\` in one part`,
    hint,
  );
}

/**
 * Escapes `+`, because the matcher treats it as in a regular expression if it follows a bracket.
 */
export function literalPlus(pattern: string): string {
  return pattern.replaceAll(/\\.|\+/g, (found) => (found === '+' ? '\\+' : found));
}

const MAX_LENGTH = 1000;
const MAX_WILDCARDS = 4;

/** Splits at slashes, but not inside braces. */
function partsOutsideBraces(pattern: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of pattern) {
    if (character === '{') depth += 1;
    if (character === '}') depth = Math.max(0, depth - 1);
    if (character === '/' && depth === 0) parts.push('');
    else parts.push((parts.pop() ?? '') + character);
  }
  return parts;
}

function bad(message: string, hint: string): FileProblem {
  return { code: 'BAD_VALUE', message, hint };
}

function shortened(pattern: string): string {
  return pattern.length > 80 ? `${pattern.slice(0, 79)}…` : pattern;
}
