import type { SchemaFinding } from './schema-findings.ts';
import type { Path } from './source-node.ts';

/** What the schema already found, so that no check complains of the consequences. */
export interface Slips {
  /** Whether `key` is misspelt in, misplaced from, or wrong in the map at `parent` (anywhere without one). */
  isSpoilt(key: string, parent?: Path): boolean;
  /** Whether anything inside the value at `path` is wrong. */
  isAnyIn(path: Path): boolean;
}

export function slipsOf(findings: readonly SchemaFinding[]): Slips {
  const anywhere = new Set<string>();
  const byParent = new Set<string>();
  const around = new Set<string>();
  for (const { path, meant } of findings) {
    for (let length = 1; length < path.length; length += 1)
      around.add(path.slice(0, length).join('\n'));
    const key = meant ?? path.at(-1);
    if (key === undefined) continue;
    anywhere.add(String(key));
    byParent.add([...path.slice(0, -1), key].join('\n'));
  }
  return {
    isAnyIn: (path) => around.has(path.join('\n')),
    isSpoilt: (key, parent) =>
      parent === undefined ? anywhere.has(key) : byParent.has([...parent, key].join('\n')),
  };
}
