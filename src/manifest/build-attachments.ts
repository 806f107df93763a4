import type { AttachmentSource } from './manifest.ts';
import type { TextReader } from './read-text.ts';
import type { ReadContext } from './read-values.ts';
import type { MapEntry } from './source-node.ts';

/** The values of `attachments`, each a pattern or, with a variable in it, the name of one file. */
export async function buildAttachments(
  found: MapEntry | undefined,
  reader: TextReader,
  { source }: Pick<ReadContext, 'source'>,
): Promise<readonly AttachmentSource[]> {
  if (!found) return [];
  const nodes = found.value.kind === 'list' ? found.value.items : [found.value];
  const sources: AttachmentSource[] = [];
  for (const node of nodes) {
    const name = await reader.read(node);
    if (!name) continue;
    sources.push({ name, isPattern: name.variables.length === 0, place: source.place(node) });
  }
  return sources;
}
