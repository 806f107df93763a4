import type { Place } from '../errors/finding.ts';
import type { SchemaFinding } from './schema-findings.ts';
import { findSecrets } from './recognize-secrets.ts';
import { nodeAt } from './source-node.ts';
import type { Reading } from './written-value.ts';

/** A part of the manifest's text that frames must not show. */
export interface HiddenRange {
  readonly start: number;
  readonly end: number;
}

/** Reports credentials. Returns what to hide, and the schema findings that are now redundant. */
export function reportSecrets(
  schema: readonly SchemaFinding[],
  { source, report }: Reading,
): { readonly hidden: readonly HiddenRange[]; readonly redundant: ReadonlySet<SchemaFinding> } {
  const suspects = schema.flatMap((finding) => {
    const node = finding.isSecret ? nodeAt(source.root, finding.path) : undefined;
    return node ? [{ finding, node }] : [];
  });
  const redundant = new Set<SchemaFinding>();
  const secrets = findSecrets(source.text);
  for (const { start, end, kind } of secrets.slice(0, MOST_REPORTED)) {
    const inside = suspects.find(({ node }) => node.start <= start && end <= node.end)?.finding;
    if (inside?.code === 'SECRET_IN_MANIFEST') continue;
    if (inside) redundant.add(inside);
    const place: Place = source.placeOf(start, end);
    report.error(place, {
      code: 'SECRET_IN_MANIFEST',
      message: `${/^[AO]/.test(kind) ? 'an' : 'a'} ${kind} is in the manifest`,
      hint: 'delete it, revoke it if the file was shared, and set `api_key_env` to the name of a variable instead',
    });
  }
  const passwords = [...source.text.matchAll(PASSWORD_IN_URL)].map(({ index, 0: written }) => ({
    start: index + '://'.length,
    end: index + written.length,
  }));
  return { hidden: [...secrets, ...passwords, ...suspects.map(({ node }) => node)], redundant };
}

/** Matches `https://user:password@host`. The length is limited to keep the search linear. */
const PASSWORD_IN_URL = /:\/\/[^\s/@"']{1,200}@/g;

const MOST_REPORTED = 200;

/** Replaces the ranges with stars. Line breaks and offsets stay the same. */
export function withoutRanges(text: string, ranges: readonly HiddenRange[]): string {
  let masked = '';
  let at = 0;
  for (const { start, end } of [...ranges].sort((one, other) => one.start - other.start)) {
    if (end <= at) continue;
    const from = Math.max(start, at);
    masked += text.slice(at, from) + text.slice(from, end).replaceAll(/[^\n\r]/g, '*');
    at = end;
  }
  return masked + text.slice(at);
}
