import { hash } from 'node:crypto';

/**
 * The id of a record that stays although another one has its id now. No id of a manifest has a tilde in
 * this place; two lines of one id are told apart by what else they hold. `isFormer`: both are of one task,
 * which had this answer before it failed or was skipped; else its own task is gone.
 */
export function displacedId(
  id: string,
  line: Uint8Array,
  { isFormer }: { readonly isFormer: boolean },
): string {
  return `${idOfFormer(id) ?? id}${isFormer ? FORMER : '~'}${hash('sha256', line).slice(0, HASH_DIGITS)}`;
}

/** The id of the task that had this answer before; undefined for any other id. */
export function idOfFormer(id: string): string | undefined {
  const at = id.length - FORMER.length - HASH_DIGITS;
  return at > 0 && id.startsWith(FORMER, at) ? id.slice(0, at) : undefined;
}

const FORMER = '~old-';
const HASH_DIGITS = 8;
