import type { Finding } from '../errors/finding.ts';
import type { RowsFromList, TaskTemplate } from '../manifest/manifest.ts';
import { ROW_FILE } from '../manifest/schema-error-words.ts';
import { isFile, isLikeFile } from '../manifest/likely-mistakes.ts';
import type { ProjectFiles } from '../ports/files.ts';

/**
 * Reports a list of file names if their contents were probably meant. Undefined if attachments use
 * the names.
 */
export async function listedFilesFinding(
  { items, place }: RowsFromList,
  { attachments = [] }: TaskTemplate,
  files: ProjectFiles,
): Promise<Finding | undefined> {
  const usesNames = attachments.some(({ name }) =>
    name.variables.some(({ path }) => path[0] === 'item'),
  );
  if (usesNames) return undefined;
  const names = items.filter((item) => typeof item === 'string');
  if (names.length < items.length || !names.every(isLikeFile)) return undefined;
  for (const name of names.slice(0, MOST_LOOKED_AT))
    if (!(await isFile(name, files))) return undefined;
  const [first = ''] = names;
  const base = { code: 'BAD_ROW', place } as const;
  if (names.length === 1 && ROW_FILE.test(first)) {
    return {
      ...base,
      severity: 'error',
      message: `the only row is \`${first}\`, a file name: the rows in that file are not read`,
      hint: `write \`for_each: { file: ${first} }\``,
    };
  }
  return {
    ...base,
    severity: 'warning',
    message: `the rows are file names, such as \`${first}\`: their names are sent, not their contents`,
    hint: `write \`for_each: { files: [${first}, …] }\` for \`item.path\` and \`item.text\``,
  };
}

const MOST_LOOKED_AT = 20;
