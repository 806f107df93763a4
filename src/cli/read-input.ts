import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { suggest } from '../errors/suggest.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import { reasonOf } from '../results/write-problems.ts';
import { decodeText } from '../ports/text-encoding.ts';
import { systemOutput } from '../ports/system-output.ts';
import { usageError } from './arguments.ts';

/** Limit for stdin. A manifest has a lower limit with its own message. */
const MAX_STDIN_BYTES = 64 * 1024 * 1024;

/** Empty if the folder cannot be read. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The error if the file that a flag names can't be read. */
export function unreadable(file: string, cause: unknown, hint: string): VolleyError {
  const isMissing = systemErrorCode(cause) === 'ENOENT';
  const near = isMissing ? suggest(basename(file), namesIn(dirname(file))) : undefined;
  const message = isMissing
    ? `there is no file \`${file}\``
    : `cannot read \`${file}\`: ${reasonOf(cause)}`;
  return new VolleyError(message, {
    exitCode: EXIT.usage,
    hint: near === undefined ? hint : `did you mean \`${join(dirname(file), near)}\`?`,
    cause,
  });
}

/** Reads all of stdin as text. On a terminal, says what it is waiting for. */
export async function readStdin(what: string): Promise<string> {
  return textOf('stdin', await readStdinBytes(what));
}

/** Decodes the user's text. Refuses bytes that are not UTF-8 instead of replacing them. */
export function textOf(name: string, bytes: Uint8Array): string {
  const decoded = decodeText(bytes);
  if (decoded.ok) return decoded.text;
  const { line, found } = decoded.bad;
  throw usageError(`${name} is not valid UTF-8: line ${line} has ${found}`, 'save it as UTF-8');
}

export async function readStdinBytes(what: string): Promise<Uint8Array> {
  if (process.stdin.isTTY) {
    const text = `Reading ${what} from the terminal; end with Ctrl-D.\n`;
    await systemOutput(process.stderr).write(text);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > MAX_STDIN_BYTES) {
      throw new VolleyError(`stdin is longer than ${MAX_STDIN_BYTES} bytes`, {
        exitCode: EXIT.usage,
        hint: 'put the rows in a JSONL file and point `for_each` to it',
      });
    }
    chunks.push(buffer);
  }
  return Buffer.concat(chunks);
}
