import { open } from 'node:fs/promises';
import type { FileProblem, FileResult } from './files.ts';
import { systemErrorCode } from './error-code.ts';

/**
 * Reads a file of any kind that the user named on the command line, up to `maxBytes`. Files named
 * by a manifest use `ProjectFiles` instead.
 */
export async function readUserFile(
  file: string,
  maxBytes: number,
): Promise<FileResult<Uint8Array>> {
  try {
    const handle = await open(file, 'r');
    try {
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      // autoClose: the handle is closed below, even if the loop ends early.
      const stream: AsyncIterable<Uint8Array> = handle.createReadStream({ autoClose: false });
      for await (const part of stream) {
        bytes += part.length;
        if (bytes > maxBytes) return { ok: false, problem: tooLarge(file, maxBytes) };
        chunks.push(part);
      }
      return { ok: true, value: Buffer.concat(chunks) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    return { ok: false, problem: unreadable(file, systemErrorCode(error)) };
  }
}

function tooLarge(file: string, maxBytes: number): FileProblem {
  return {
    code: 'FILE_TOO_LARGE',
    message: `\`${file}\` is larger than ${maxBytes} bytes`,
    hint: 'put bulk rows in a JSONL or CSV file and point `for_each` to it',
  };
}

function unreadable(file: string, code: string): FileProblem {
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return {
      code: 'FILE_NOT_FOUND',
      message: `there is no file \`${file}\``,
      hint: 'check the path: it is relative to the current folder',
    };
  }
  if (code === 'EISDIR') {
    return {
      code: 'FILE_NOT_REGULAR',
      message: `\`${file}\` is a folder, not a file`,
      hint: 'choose a file in it',
    };
  }
  return {
    code: 'FILE_UNREADABLE',
    message: `\`${file}\` cannot be read (${code})`,
    hint: 'check its permissions',
  };
}
