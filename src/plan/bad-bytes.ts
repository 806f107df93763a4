import type { Finding } from '../errors/finding.ts';
import { badText } from '../manifest/read-text.ts';
import type { BadBytes, TextEncoding } from '../ports/text-encoding.ts';

/** The finding for a file of rows with bytes that are not text in its encoding. */
export function badBytes(file: string, bad: BadBytes, encoding: TextEncoding = 'utf-8'): Finding {
  const finding = badText(file, bad);
  if (encoding === 'utf-8') {
    const hint =
      bad.looksLike === undefined
        ? 'save it as UTF-8'
        : `write \`encoding: ${bad.looksLike}\` next to \`file\`, or save it as UTF-8 (in Excel: CSV UTF-8)`;
    return { ...finding, hint };
  }
  return {
    ...finding,
    message: `\`${file}\` is not valid ${NAMES[encoding]}: line ${bad.line} has ${bad.found}`,
    hint: 'write the `encoding` that it is saved in, or save it as UTF-8 and delete `encoding`',
  };
}

const NAMES: Readonly<Record<TextEncoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16': 'UTF-16',
  'windows-1252': 'Windows-1252',
};
