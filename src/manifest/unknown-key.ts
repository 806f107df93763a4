import type { FindingCode } from '../errors/finding.ts';
import { oddCharacter, plainName } from '../errors/invisible.ts';
import { suggest } from '../errors/suggest.ts';
import { shown } from './secrets.ts';
import type { Path } from './source-node.ts';
import { wordSet } from './word-set.ts';

/** The words for a key that is not one of `known`, and the key that was probably meant. */
export function unknownKey(
  key: string,
  parent: Path,
  known: Readonly<Record<string, unknown>>,
): { code: FindingCode; message: string; hint: string; meant: string | undefined } {
  const where = parent.length === 0 ? 'the manifest' : section(parent);
  const names = Object.keys(known);
  const message = `unknown key \`${shown(key)}\` in ${where}`;
  const elsewhere = belongsTo(key);
  const isRowKey = elsewhere === IN_FOR_EACH && parent.at(-2) === 'tasks';
  const isSecret = KEYS_FOR_SECRETS.has(key.toLowerCase().replaceAll(/[-_]/g, ''));
  if (isSecret && !isRowKey && where !== '`vars`') {
    return {
      code: 'SECRET_IN_MANIFEST',
      message: `\`${shown(key)}\` would put a key into the manifest`,
      hint: 'write `api_key_env: MY_KEY`, the name of the environment variable that holds it',
      meant: undefined,
    };
  }
  const odd = oddCharacter(key);
  if (odd !== undefined && names.includes(plainName(key))) {
    return {
      code: 'UNKNOWN_KEY',
      message: `the key \`${plainName(key)}\` is written with ${odd}`,
      hint: 'write it with plain characters',
      meant: plainName(key),
    };
  }
  const aliases = parent.at(-2) === 'messages' ? MESSAGE_ALIASES : ALIASES;
  const alias = Object.hasOwn(aliases, key) ? aliases[key] : undefined;
  const meant =
    alias !== undefined && names.includes(alias)
      ? alias
      : elsewhere === undefined
        ? suggest(key, names)
        : undefined;
  if (meant !== undefined) {
    return { code: 'UNKNOWN_KEY', message, hint: `did you mean \`${meant}\`?`, meant };
  }
  if (elsewhere !== undefined) {
    return { code: 'UNKNOWN_KEY', message, hint: `\`${key}\` belongs ${elsewhere}`, meant: key };
  }
  const keys = names.filter((name) => !name.startsWith('$')).map((name) => `\`${name}\``);
  return {
    code: 'UNKNOWN_KEY',
    message,
    hint: `the keys here are ${keys.join(', ')}; keys that begin with \`x-\` are yours`,
    meant: undefined,
  };
}

function section(parent: Path): string {
  const [first, second] = parent;
  const last = String(parent.at(-1));
  if (parent.length === 2 && first === 'tasks') return `task ${Number(second) + 1}`;
  if (parent.length === 2 && first === 'providers') return `the provider \`${shown(last)}\``;
  if (/^\d+$/.test(last)) return `an entry of \`${shown(String(parent.at(-2)))}\``;
  return `\`${shown(last)}\``;
}

/** A valid key in the wrong place. */
function belongsTo(key: string): string | undefined {
  if (key === 'role') return 'in an entry of `messages`';
  if (TASK_KEYS.has(key)) return 'in a task';
  if (SHARED_KEYS.has(key)) return 'in a task or under `defaults`';
  if (RUN_KEYS.has(key)) return 'under `run`';
  if (PROVIDER_KEYS.has(key)) return 'in an entry of `providers`';
  if (LIMIT_KEYS.has(key)) return 'under `limits` of an entry of `providers`';
  if (TOP_KEYS.has(key)) return 'at the top of the manifest';
  return ROW_KEYS.has(key) ? IN_FOR_EACH : undefined;
}

const IN_FOR_EACH = 'under `for_each` of a task';
const ROW_KEYS = wordSet('key glob file files format delimiter encoding');
const TASK_KEYS = wordSet('id prompt messages for_each matrix needs');
const SHARED_KEYS = wordSet(`
  model models system attachments max_tokens temperature top_p stop reasoning schema expect
  on_truncated prompt_cache max_retries tags params timeout repeat if
`);
const RUN_KEYS = wordSet('max_concurrent fail_fast');
const PROVIDER_KEYS = wordSet(
  'base_url base_url_env api_key_env api_version structured_output limits mock',
);
const LIMIT_KEYS = wordSet('rpm rps rpd tpm itpm otpm concurrency');
const TOP_KEYS = wordSet('tasks vars defaults providers run output budget prices');
const KEYS_FOR_SECRETS = wordSet(
  'apikey key token authtoken accesstoken secret password authorization',
);

/** Names in other tools. */
const MESSAGE_ALIASES: Readonly<Record<string, string>> = {
  text: 'content',
  prompt: 'content',
  message: 'content',
  from: 'role',
};
const ALIASES: Readonly<Record<string, string>> = {
  retries: 'max_retries',
  temp: 'temperature',
  system_prompt: 'system',
  text: 'prompt',
  question: 'prompt',
  q: 'prompt',
  input: 'prompt',
  prompts: 'tasks',
  jobs: 'tasks',
  requests: 'tasks',
  config: 'defaults',
  settings: 'defaults',
  variables: 'vars',
  task: 'id',
  foreach: 'for_each',
  depends_on: 'needs',
  dependencies: 'needs',
  after: 'needs',
  when: 'if',
  condition: 'if',
  samples: 'repeat',
  n: 'repeat',
  max_output_tokens: 'max_tokens',
  max_completion_tokens: 'max_tokens',
  reasoning_effort: 'reasoning',
  stop_sequences: 'stop',
  concurrency: 'max_concurrent',
  max_concurrency: 'max_concurrent',
  url: 'base_url',
  path: 'file',
  csv: 'file',
  jsonl: 'file',
  content: 'prompt',
  file_path: 'file',
  extra_body: 'params',
  response_format: 'schema',
  output_schema: 'schema',
  json_schema: 'schema',
};
