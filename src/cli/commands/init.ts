import { existsSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EXIT, VolleyError } from '../../errors/volley-error.ts';
import { printable } from '../../errors/escape-invisible.ts';
import { systemErrorCode } from '../../ports/error-code.ts';
import { systemOutput } from '../../ports/system-output.ts';
import { usageError, type Arguments } from '../arguments.ts';
import { refuseUnsafeNames } from '../written-names.ts';
import { switchFlag } from '../settings.ts';
import { schemaText } from './schema.ts';

const SCHEMA_FILE = 'volley.schema.json';

/** Writes a starter manifest that runs as is, along with the schema that its first line points to. */
export async function init(args: Arguments): Promise<number> {
  const file = args.positionals[0] ?? 'volley.yaml';
  const overwrite = switchFlag(args, 'overwrite');
  const schemaFile = join(dirname(file), SCHEMA_FILE);
  await refuseUnsafeNames(
    [file, schemaFile].map((path) => ({ flag: 'volley init ', path })),
    dirname(file),
  );
  await orExplain(file, async () => {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, STARTER, { flag: overwrite ? 'w' : 'wx' });
  });
  const schema = await schemaText('manifest');
  await orExplain(schemaFile, () => writeFile(schemaFile, schema));
  await systemOutput(process.stderr).write(
    `Wrote ${printable(file)} and ${SCHEMA_FILE} (for your editor).\n` +
      `Run it now, no key needed:  volley run ${printable(file)}\n`,
  );
  return EXIT.ok;
}

async function orExplain(file: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const code = systemErrorCode(error);
    const exists = (code === 'EISDIR' || code === 'EEXIST') && existsSync(file);
    if (exists && basename(file) !== SCHEMA_FILE && statSync(file).isDirectory()) {
      throw usageError(
        `\`${file}\` is a folder`,
        `give a file in it: \`volley init ${join(file, 'volley.yaml')}\``,
      );
    }
    if (exists && code === 'EEXIST') {
      throw new VolleyError(`\`${file}\` already exists`, {
        exitCode: EXIT.usage,
        hint: 'choose another file, or pass --overwrite to replace it',
      });
    }
    throw new VolleyError(`\`${file}\` cannot be written (${code})`, {
      exitCode: EXIT.cannotWrite,
      hint: 'choose a file in a folder you can write to',
      cause: error,
    });
  }
}

const STARTER = `# yaml-language-server: $schema=./${SCHEMA_FILE}
# A volley: one prompt per task, all sent as fast as the limits allow.
#   volley validate volley.yaml     check it, nothing is sent
#   volley run volley.yaml          run it
version: 1
name: first-volley

# Values for {{ vars.… }} in prompts; \`--set audience=managers\` overrides one.
vars:
  audience: engineers

# Shared text in front of every prompt, the same for all, so that providers can cache it.
context: You answer in one short paragraph.

defaults:
  # \`mock\` needs no key and no network. Then try, with the key in your environment:
  #   anthropic/claude-haiku-5-5   (ANTHROPIC_API_KEY)
  #   openai/gpt-6.1-sol           (OPENAI_API_KEY)
  #   ollama/qwen3                 (a server on this machine, no key)
  model: mock/echo
  max_tokens: 300

# What your account allows; Volley stays below it.
# providers:
#   anthropic:
#     limits: { rpm: 50, itpm: 30k, otpm: 8k, concurrency: 8 }

tasks:
  # A bare string is a whole task.
  - What is the capital of France?

  # One task per row. Rows also come from files: { glob: "src/**/*.ts" } or { file: rows.csv }.
  - id: explain
    for_each: [retries, backoff, jitter]
    prompt: Explain {{ item }} to {{ vars.audience }}.

  # One task per combination.
  - id: translate
    matrix:
      language: [French, Japanese]
      tone: [formal, playful]
    prompt: Say "good morning" in {{ matrix.language }}, in a {{ matrix.tone }} tone.
`;
