import { dirname, join } from 'node:path';
import { EXIT } from '../../errors/volley-error.ts';
import { printable } from '../../errors/escape-invisible.ts';
import { systemOutput } from '../../ports/system-output.ts';
import type { Arguments } from '../arguments.ts';
import { switchFlag } from '../flag-values.ts';
import { checkWrittenFile, writeFileWhole } from '../written-file.ts';
import { refuseUnsafeNames } from '../unsafe-file-names.ts';
import { schemaText } from './schema.ts';

const SCHEMA_FILE = 'volley.schema.json';
const READABLE_BY_ALL = 0o666;

/** Writes a starter manifest that runs as is, and the schema that its first line points to. */
export async function init(args: Arguments): Promise<number> {
  const file = args.positionals[0] ?? 'volley.yaml';
  const overwrite = switchFlag(args, 'overwrite');
  const schemaFile = join(dirname(file), SCHEMA_FILE);
  const flag = 'volley init ';
  const example = 'volley.yaml';
  await checkWrittenFile({ flag, path: file, reading: [], overwrite, example });
  await refuseUnsafeNames([{ flag, path: schemaFile }], dirname(file));
  const schema = await schemaText('manifest');
  await writeFileWhole(file, (own) => own.write(STARTER), READABLE_BY_ALL);
  await writeFileWhole(schemaFile, (own) => own.write(schema), READABLE_BY_ALL);
  await systemOutput(process.stderr).write(
    `Wrote ${printable(file)} and ${SCHEMA_FILE} (for your editor).\n` +
      `Run it now, no key needed:  volley run ${printable(file)}\n`,
  );
  return EXIT.ok;
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
