import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import type { Arguments } from './arguments.ts';
import { unreadable } from './read-input.ts';
import { textFlag } from './flag-values.ts';

/** Variables that change what runs or where it connects. A keys file may only choose keys. */
const STEERING =
  /^(?:VOLLEY|NODE|NPM|OTEL|XDG|SSL|UV|LD|DYLD|GITHUB|ACTIONS|RUNNER)_|_PROXY$|^(?:AWS_CONFIG_FILE|AWS_SHARED_CREDENTIALS_FILE|GOOGLE_APPLICATION_CREDENTIALS|CI|HOME|PATH|SHELL|TMPDIR|TF_BUILD)$/i;

/**
 * Loads the variables of `--keys-file`, except those that are already set. Throws a `VolleyError`
 * (exit 2) for a file that can't be read, and for names in `STEERING`. The flag is not called
 * `--env-file` because Node reads a flag of that name itself, even after the script's name, and
 * obeys a `NODE_OPTIONS` in the file before Volley starts.
 */
export function loadKeysFile(args: Arguments): void {
  const file = textFlag(args, 'keys-file');
  if (file === undefined) return;
  const text = readText(file);
  const bad = badLine(text);
  if (bad) {
    throw new VolleyError(`${file}:${bad.line}: this line is not \`NAME=value\``, {
      exitCode: EXIT.usage,
      hint: `write \`${bad.name ?? 'NAME'}=…\``,
    });
  }
  const variables = parseEnv(text);
  const steering = Object.keys(variables).filter((name) => STEERING.test(name));
  if (steering.length > 0) {
    throw new VolleyError(
      `\`${file}\` sets ${steering.map((name) => `\`${name}\``).join(', ')}, which a keys file must not set`,
      {
        exitCode: EXIT.usage,
        hint: 'delete it there; if you do want it, set it in the environment',
      },
    );
  }
  for (const [name, value] of Object.entries(variables)) process.env[name] ??= value;
}

/**
 * The first line that `parseEnv` would silently skip, with its name if it clearly has one. The line
 * may contain a key. A quoted value can span several lines.
 */
export function badLine(
  text: string,
): { readonly line: number; readonly name: string | undefined } | undefined {
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, value] = /^\s*(?:export\s+)?[\w.-]+\s*=\s*(.*)/.exec(line) ?? [];
    if (value === undefined) {
      const [, name] = /^\s*([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?::|\s)/.exec(line) ?? [];
      return { line: index + 1, name };
    }
    const [quote = ''] = value;
    if (!/["'`]/.test(quote) || value.includes(quote, 1)) continue;
    const end = lines.findIndex((later, at) => at > index && later.includes(quote));
    if (end !== -1) index = end;
  }
  return undefined;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    throw unreadable(file, error, 'use a file with one `NAME=value` per line');
  }
}
