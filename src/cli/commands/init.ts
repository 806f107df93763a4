import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EXIT, VolleyError } from '../../errors/volley-error.ts';
import { printable } from '../../errors/printable.ts';
import type { Arguments } from '../arguments.ts';
import { switchFlag } from '../settings.ts';
import { schemaText } from './schema.ts';

const SCHEMA_FILE = 'volley.schema.json';

/** Writes a starter manifest that runs as it is, and beside it the schema its first line points to. */
export async function init(args: Arguments): Promise<number> {
  const file = args.positionals[0] ?? 'volley.yaml';
  const overwrite = switchFlag(args, 'overwrite');
  await mkdir(dirname(file), { recursive: true });
  await writeNew(file, STARTER, overwrite);
  await writeFile(join(dirname(file), SCHEMA_FILE), await schemaText('manifest'));
  process.stderr.write(
    `Wrote ${printable(file)} and ${SCHEMA_FILE} (for your editor).\n` +
      `Run it now, no key needed:  volley run ${printable(file)}\n`,
  );
  return EXIT.ok;
}

async function writeNew(file: string, text: string, overwrite: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: overwrite ? 'w' : 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') {
      throw new VolleyError(`\`${basename(file)}\` exists already`, {
        exitCode: EXIT.usage,
        hint: 'name another file, or pass --overwrite to replace it',
      });
    }
    throw new VolleyError(`\`${file}\` cannot be written (${String(code)})`, {
      exitCode: EXIT.cannotWrite,
      hint: 'name a file in a folder you may write to',
      cause: error,
    });
  }
}

const STARTER = `# yaml-language-server: $schema=./${SCHEMA_FILE}
# A volley: one prompt a task, all sent as fast as the limits allow.
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

  # One task for each row. Rows also come from files: { glob: "src/**/*.ts" } or { file: rows.csv }.
  - id: explain
    for_each: [retries, backoff, jitter]
    prompt: Explain {{ item }} to {{ vars.audience }}.

  # One task for each combination.
  - id: translate
    matrix:
      language: [French, Japanese]
      tone: [formal, playful]
    prompt: Say "good morning" in {{ matrix.language }}, in a {{ matrix.tone }} tone.
`;
