import type { FileProblem, ProjectFiles } from '../ports/files.ts';
import { decodeText, type BadBytes } from '../ports/text-encoding.ts';
import { badText } from '../manifest/read-text.ts';

export type ItemText =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      readonly problem: FileProblem;
      /** Where in the file; undefined when it is about the file as a whole. */
      readonly bad: BadBytes | undefined;
    };

/** `item.text` of a row that is a file. */
export async function itemText(path: string, files: ProjectFiles): Promise<ItemText> {
  const read = await files.read(path);
  if (!read.ok) return { ok: false, problem: read.problem, bad: undefined };
  const decoded = decodeText(read.value);
  if (decoded.ok) return decoded;
  const { message } = badText(path, decoded.bad);
  const hint = `save it as UTF-8, or leave it out: add the pattern \`!${path}\``;
  return { ok: false, problem: { code: 'FILE_UNREADABLE', message, hint }, bad: decoded.bad };
}
