import { createHash } from 'node:crypto';
import { printableLine } from '../errors/escape-invisible.ts';
import type { MatrixCombination } from '../manifest/manifest.ts';
import type { JsonValue } from '../ports/json.ts';

/** Adds parts to an id: `review@src/auth.ts`, `review@src/auth.ts,lens=bugs`. */
export function taskId(
  start: string,
  { key, matrix }: { readonly key?: string | undefined; readonly matrix?: string | undefined },
): string {
  const parts = [key, matrix].filter((part) => part !== undefined);
  if (parts.length === 0) return start;
  // An entry's own id has no `@`.
  return `${start}${start.includes('@') ? ',' : '@'}${parts.join(',')}`;
}

/** A combination's part of the id: `lens=bugs,tone=kind`. */
export function matrixKey(combination: MatrixCombination): string {
  return Object.entries(combination)
    .map(([axis, value]) => `${shortLine(axis)}=${keyText(value) ?? ''}`)
    .join(',');
}

const MAX_KEY_LENGTH = 200;

/** Undefined for an empty value. */
export function keyText(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return shortLine(typeof value === 'string' ? value : JSON.stringify(value));
}

function shortLine(text: string): string {
  const isPlain = text.length <= MAX_KEY_LENGTH && PLAIN.test(text);
  if (isPlain) return text;
  const line = printableLine(text.slice(0, MAX_KEY_LENGTH + 1));
  if (text.length <= MAX_KEY_LENGTH && line.length <= MAX_KEY_LENGTH) return line;
  // Keeps long keys with the same start distinct.
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const kept = line.slice(0, MAX_KEY_LENGTH - hash.length - 1);
  return `${kept.replace(/[\uD800-\uDBFF]$/, '')}~${hash}`;
}
/** Fast path: most keys need no changes. */
const PLAIN = /^[\w./ -]*$/;
