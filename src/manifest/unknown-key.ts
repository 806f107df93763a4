import type { FindingCode } from '../errors/finding.ts';
import { oddCharacter, plainName } from '../errors/invisible.ts';
import { didYouMean, suggest } from '../errors/suggest.ts';
import { shown } from './recognize-secrets.ts';
import type { Path } from './source-node.ts';
import { wordMap, wordSet } from './word-set.ts';

/** The message for a key that is not one of `known`, and the key that was probably meant. */
export function unknownKey(
  key: string,
  parent: Path,
  known: Readonly<Record<string, unknown>>,
): { code: FindingCode; message: string; hint: string; meant: string | undefined } {
  const where = parent.length === 0 ? 'the manifest' : section(parent);
  const names = Object.keys(known);
  const unknown = (hint: string, meant: string | undefined) =>
    ({
      code: 'UNKNOWN_KEY',
      message: `unknown key \`${shown(key)}\` in ${where}`,
      hint,
      meant,
    }) as const;
  const isRowKey = key === 'key' && parent.at(-2) === 'tasks';
  const isSecret = KEYS_FOR_SECRETS.has(key.toLowerCase().replaceAll(/[-_]/g, ''));
  if (isSecret && !isRowKey && where !== '`vars`') {
    return {
      code: 'SECRET_IN_MANIFEST',
      message: `\`${shown(key)}\` would put a key in the manifest`,
      hint: 'write `api_key_env: MY_KEY`, the name of the environment variable that holds it',
      meant: undefined,
    };
  }
  const odd = oddCharacter(key);
  const plain = plainName(key);
  if (odd !== undefined && names.includes(plain)) {
    const message = `the key \`${plain}\` is written with ${odd}`;
    return { ...unknown('write it with plain characters', plain), message };
  }
  const alias = (parent.at(-2) === 'messages' ? MESSAGE_ALIASES : ALIASES).get(key);
  const elsewhere = PLACES.get(key);
  if (alias !== undefined && names.includes(alias)) {
    return unknown(`did you mean \`${alias}\`?`, alias);
  }
  if (elsewhere !== undefined) return unknown(`\`${key}\` belongs ${elsewhere}`, key);
  const keys = names.filter((name) => !name.startsWith('$')).map((name) => `\`${name}\``);
  const others = `the keys here are ${keys.join(', ')}; keys that begin with \`x-\` are yours`;
  return unknown(didYouMean(key, names, others), suggest(key, names));
}

function section(parent: Path): string {
  const [first, second] = parent;
  const last = String(parent.at(-1));
  if (parent.length === 2 && first === 'tasks') return `task ${Number(second) + 1}`;
  if (parent.length === 2 && first === 'providers') return `the provider \`${shown(last)}\``;
  if (/^\d+$/.test(last)) return `an entry of \`${shown(String(parent.at(-2)))}\``;
  return `\`${shown(last)}\``;
}

/** The right place for a valid key that is in the wrong place. */
const PLACES = wordMap({
  'in an entry of `messages`': 'role',
  'in a task': 'id prompt messages for_each matrix needs',
  'in a task or under `defaults`': `
    model models system attachments max_tokens temperature top_p stop reasoning schema expect
    on_truncated prompt_cache max_retries tags params timeout repeat if mode context`,
  'under `run`': 'max_concurrent fail_fast deadline',
  'under `budget`': 'max_cost_usd max_task_cost_usd',
  'under `results`': 'include',
  'under `batch`': 'leftovers min_rows keep_files',
  'under `response_cache`': 'dir ttl',
  'in an entry of `providers`': `
    base_url base_url_env api_key_env api_version structured_output limits mock`,
  'under `limits` of an entry of `providers`': 'rpm rps rpd tpm itpm otpm concurrency',
  'at the top of the manifest': `
    tasks vars defaults providers run output budget prices results batch response_cache name version`,
  'under `for_each` of a task': 'key glob file files format delimiter encoding',
});
const KEYS_FOR_SECRETS = wordSet(
  'apikey key token authtoken accesstoken secret password authorization',
);

/** What other tools call these keys. */
const MESSAGE_ALIASES = wordMap({ content: 'text prompt message', role: 'from' });
const ALIASES = wordMap({
  tasks: 'prompts jobs requests',
  defaults: 'config settings',
  vars: 'variables',
  id: 'task',
  prompt: 'text question q input content',
  system: 'system_prompt',
  for_each: 'foreach',
  file: 'path csv jsonl file_path',
  needs: 'depends_on dependencies after',
  if: 'when condition',
  repeat: 'samples n',
  max_tokens: 'max_output_tokens max_completion_tokens',
  max_retries: 'retries',
  temperature: 'temp',
  reasoning: 'reasoning_effort',
  stop: 'stop_sequences',
  params: 'extra_body',
  schema: 'response_format output_schema json_schema',
  max_concurrent: 'concurrency max_concurrency',
  base_url: 'url',
  budget: 'budget_usd max_budget cost_limit',
  max_cost_usd: 'usd max_usd max_cost limit limit_usd total',
  response_cache: 'cache',
});
