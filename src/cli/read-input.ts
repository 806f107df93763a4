import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { systemOutput } from '../ports/system-output.ts';
import { usageError, type Arguments } from './arguments.ts';

/** What stdin may hold: a manifest's own bound is lower and gets its own message. */
const MAX_STDIN_BYTES = 64 * 1024 * 1024;

/** The manifest that a command names; `-` is stdin. */
export function manifestArgument(args: Arguments): string {
  const [file] = args.positionals;
  if (file !== undefined && file !== '') return file;
  throw usageError(
    `\`volley ${args.command}\` needs a manifest`,
    `write \`volley ${args.command} manifest.yaml\`, or \`volley init\` to get one`,
  );
}

/** The text when the manifest comes from stdin; nothing when it is a file. */
export async function readManifestArgument(file: string): Promise<{ text?: string }> {
  return file === '-' ? { text: await readStdin('the manifest') } : {};
}

/** Reads stdin to its end. On a terminal it says what it waits for. */
export async function readStdin(what: string): Promise<string> {
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
      throw new VolleyError(`stdin holds more than ${MAX_STDIN_BYTES} bytes`, {
        exitCode: EXIT.usage,
        hint: 'put the rows into a JSONL file and name it under for_each',
      });
    }
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
