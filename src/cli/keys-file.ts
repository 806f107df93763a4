import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import type { Arguments } from './arguments.ts';
import { textFlag } from './settings.ts';

/** By these, a file could change what runs and where it connects, not only which key is used. */
const STEERING =
  /^(?:VOLLEY|NODE|NPM|OTEL|XDG|SSL|UV|LD|DYLD|GITHUB|ACTIONS|RUNNER)_|_PROXY$|^(?:AWS_CONFIG_FILE|AWS_SHARED_CREDENTIALS_FILE|GOOGLE_APPLICATION_CREDENTIALS|CI|HOME|PATH|SHELL|TMPDIR|TF_BUILD)$/i;

/**
 * Loads the variables of `--keys-file`; those that are set already stay. Throws a `VolleyError` (exit 2)
 * for a file that cannot be read, and for names that steer the command. It is not called `--env-file`
 * because Node reads a flag of that name itself, even after the script's, and obeys a `NODE_OPTIONS`
 * in the file before Volley starts.
 */
export function loadKeysFile(args: Arguments): void {
  const file = textFlag(args, 'keys-file');
  if (file === undefined) return;
  const variables = parseEnv(readText(file));
  const steering = Object.keys(variables).filter((name) => STEERING.test(name));
  if (steering.length > 0) {
    throw new VolleyError(
      `\`${file}\` sets ${steering.map((name) => `\`${name}\``).join(', ')}, which a file of keys may not set`,
      {
        exitCode: EXIT.usage,
        hint: 'delete it there, and set it in the environment if it is meant',
      },
    );
  }
  for (const [name, value] of Object.entries(variables)) process.env[name] ??= value;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new VolleyError(`cannot read \`${file}\` (${systemErrorCode(error)})`, {
      exitCode: EXIT.usage,
      hint: 'name a file with one `NAME=value` per line',
      cause: error,
    });
  }
}
