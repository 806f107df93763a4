/** Every flag once. What a command takes is a list of names; help, parsing and suggestions read this table. */
export interface Flag {
  readonly alias?: string;
  /** Name of the value in help; a flag without one is a switch. */
  readonly value?: string;
  readonly repeatable?: true;
  /** `--this=word` stands for this switch and the one named here. */
  readonly withWord?: Readonly<Record<string, string>>;
  /** A switch that `--no-…` turns off. */
  readonly negatable?: true;
  /** Where help lists it. */
  readonly group: FlagGroup;
  /** As help shows it. */
  readonly default?: string;
  readonly description: string;
}

/** In the order in which help lists them. */
export const FLAG_GROUPS = {
  prompts: 'Prompts and models',
  selection: 'Which tasks',
  results: 'Results',
  money: 'Cost',
  pace: 'Pace and retries',
  rehearsal: 'Without sending anything',
  display: 'Display',
  access: 'Hosts, keys and files',
  bounds: 'Bounds',
} as const;

export type FlagGroup = keyof typeof FLAG_GROUPS;

/** What users of other tools write for a flag of ours. */
export const FLAG_SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  concurrency: ['max-concurrent'],
  parallel: ['max-concurrent'],
  jobs: ['max-concurrent'],
  workers: ['max-concurrent'],
  n: ['first'],
  limit: ['first'],
  filter: ['only'],
  format: ['output-format', 'json'],
  out: ['output'],
  'output-file': ['output'],
  verbose: ['debug', 'explain', 'progress'],
  v: ['debug', 'explain', 'progress'],
  retries: ['max-retries'],
  budget: ['max-cost-usd'],
  'max-cost': ['max-cost-usd'],
  var: ['set'],
  env: ['keys-file'],
  'env-file': ['keys-file'],
  force: ['overwrite'],
  continue: ['resume'],
  silent: ['quiet'],
  list: ['graph', 'dry-run'],
};

export const FLAGS = {
  context: {
    group: 'prompts',
    value: 'TEXT',
    repeatable: true,
    description: 'Shared text sent in front of every prompt, after the manifest’s own',
  },
  'context-file': {
    group: 'prompts',
    value: 'FILE',
    repeatable: true,
    description: 'Like --context, read from a file',
  },
  model: {
    group: 'prompts',
    alias: 'm',
    value: 'PROVIDER/MODEL',
    description: 'Model for every task',
  },
  'max-tokens': {
    group: 'prompts',
    value: 'N',
    description: 'Ceiling on output tokens for every task',
  },
  'max-concurrent': {
    group: 'pace',
    default: '64',
    alias: 'j',
    value: 'N',
    description: 'Requests in flight over all providers',
  },
  'max-retries': {
    group: 'pace',
    default: '3',
    value: 'N',
    description: 'Further attempts after a failed one; 0 for none',
  },
  'retry-delay': {
    group: 'pace',
    default: '1s',
    value: 'D',
    description: 'First wait before a retry; it doubles each time',
  },
  timeout: {
    group: 'pace',
    default: '10m',
    value: 'D',
    description: 'Bound on one attempt, such as 90s',
  },
  'max-cost-usd': {
    group: 'money',
    value: 'N',
    description:
      'The most that the run may cost, at the highest known price; then every model needs a price and max_tokens',
  },
  prices: {
    group: 'money',
    value: 'FILE',
    description:
      'Prices in US dollars per million tokens; they win over the manifest’s and the shipped ones',
  },
  'trust-prices': {
    group: 'money',
    description: 'With --max-cost-usd: count prices that only the manifest gives',
  },
  'allow-param': {
    group: 'money',
    value: 'NAME',
    repeatable: true,
    description: 'With --max-cost-usd: let params hold NAME, which may change the price',
  },
  output: {
    group: 'results',
    alias: 'o',
    value: 'FILE',
    description: 'Write the results there instead of stdout',
  },
  resume: {
    group: 'results',
    description: 'Continue an existing results file: send only what is not done',
  },
  'retry-failed': {
    group: 'results',
    description: 'Send again only what failed in an existing results file',
  },
  overwrite: { group: 'results', description: 'Replace an existing results file' },
  'trust-results': {
    group: 'results',
    description: 'Use answers in the results file that were not sealed with your key',
  },
  explain: { group: 'results', description: 'With --resume: say why each task is sent' },
  'emergency-dump': {
    group: 'results',
    value: 'FILE',
    description: 'Where results go that cannot be written to the results file',
  },
  'output-format': {
    group: 'results',
    value: 'FORMAT',
    description: 'jsonl, json or text (text on a terminal)',
  },
  'summary-file': {
    group: 'results',
    value: 'FILE',
    description: 'Write the summary there as JSON',
  },
  debug: {
    group: 'results',
    value: 'FILE',
    description: 'Write each request and response there, without keys: a JSON object per line',
  },
  quiet: { group: 'display', alias: 'q', description: 'Print only failures on stderr' },
  progress: {
    group: 'display',
    default: 'auto',
    value: 'MODE',
    description: 'auto, tty, plain, json or none',
  },
  color: {
    group: 'display',
    negatable: true,
    description: 'Use color even if stderr is not a terminal (--no-color: never)',
  },
  'fail-fast': {
    group: 'pace',
    description: 'Send nothing new after the first task that fails for good',
  },
  yes: { group: 'money', alias: 'y', description: 'Do not ask before a large volley' },
  set: {
    group: 'prompts',
    value: 'K=V',
    repeatable: true,
    description: 'Give {{ vars.K }} a value',
  },
  'no-learn': {
    group: 'pace',
    description:
      'Neither begin with limits that earlier runs learned nor keep what this one learns',
  },
  grace: {
    group: 'pace',
    default: '60s on a terminal, else 7s',
    value: 'D',
    description: 'Time for requests in flight after Ctrl-C or TERM',
  },
  'allow-host': {
    group: 'access',
    value: 'HOST[:PORT][=VAR]',
    repeatable: true,
    description: 'Let the manifest send requests to this host, and the key in VAR with them',
  },
  'allow-http': {
    group: 'access',
    value: 'HOST[:PORT][=VAR]',
    repeatable: true,
    description: 'Like --allow-host, for a host that is called without encryption',
  },
  'base-url': {
    group: 'prompts',
    value: 'URL',
    description: 'Send the prompts to this server; --allow-host HOST=VAR names the key for it',
  },
  'keys-file': {
    group: 'access',
    value: 'FILE',
    description: 'Read keys from this file, a NAME=value on each line; what is set already stays',
  },
  'allow-path': {
    group: 'access',
    value: 'PATH',
    repeatable: true,
    description: 'Let the manifest read files below this folder, or this file',
  },
  'max-tasks': {
    group: 'bounds',
    default: '1M',
    value: 'N',
    description: 'The most tasks that a manifest may make',
  },
  'max-files': {
    group: 'bounds',
    default: '100k',
    value: 'N',
    description: 'The most files that its globs may match',
  },
  'max-matrix': {
    group: 'bounds',
    default: '100k',
    value: 'N',
    description: 'The most combinations that its matrices may make, samples included',
  },
  'max-prompt-chars': {
    group: 'bounds',
    default: '16M',
    value: 'N',
    description: 'The most characters of one prompt',
  },
  'max-work': {
    group: 'bounds',
    default: '5s',
    value: 'D',
    description: 'Processor time for templates, schemas and globs; each task adds 10ms to it',
  },
  file: {
    group: 'prompts',
    alias: 'f',
    value: 'FILE',
    description: 'Read tasks: one per line, a JSON list, or a manifest as JSON',
  },
  json: { group: 'results', description: 'Print the result as JSON' },
  permissions: {
    group: 'rehearsal',
    description:
      'List what the manifest reads and writes, whom it contacts and which variables it uses',
  },
  graph: {
    group: 'rehearsal',
    description: 'Print which tasks wait for which, as a tree and as Mermaid',
  },
  estimate: {
    group: 'money',
    negatable: true,
    description:
      'Show what the run will send, cost and take, then run (--no-estimate: ask without)',
  },
  'dry-run': {
    group: 'rehearsal',
    withWord: { exact: 'exact' },
    description:
      'Print what would be sent, cost and take, as `volley plan` does (=exact: see --exact)',
  },
  exact: {
    group: 'rehearsal',
    description:
      'With --dry-run: let the providers count the tokens, which is free but needs the keys',
  },
  simulate: {
    group: 'rehearsal',
    description:
      'Rehearse the whole run on a simulated clock; nothing is sent and no key is needed',
  },
  only: {
    group: 'selection',
    value: 'PATTERN',
    repeatable: true,
    description:
      'Run only tasks with such an id (key:VALUE: with this row key), and what they need; * is any text',
  },
  skip: {
    group: 'selection',
    value: 'PATTERN',
    repeatable: true,
    description: 'Leave out tasks with such an id',
  },
  tag: {
    group: 'selection',
    value: 'TAG',
    repeatable: true,
    description: 'Run only tasks with this tag',
  },
  sample: {
    group: 'selection',
    value: 'N',
    description:
      'Run only N tasks, chosen at random; `plan` sends them first and plans from their answers; -o keeps these',
  },
  first: {
    group: 'selection',
    value: 'N',
    description: 'Run only the first N tasks, in the order of the manifest',
  },
  include: {
    group: 'results',
    value: 'PARTS',
    description:
      'What each record has besides the answer: item (the row), prompt, or both: item,prompt',
  },
  shard: {
    group: 'selection',
    value: 'I/N',
    description: 'Run the I-th of N parts, each with its share of limits and budget',
  },
  seed: {
    group: 'rehearsal',
    default: '1',
    value: 'N',
    description: 'With --simulate or --sample: the same seed, the same choice',
  },
  latency: {
    group: 'rehearsal',
    value: 'D',
    description: 'With --simulate: how long each answer takes, such as 2s or 500ms..3s',
  },
  'error-rate': {
    group: 'rehearsal',
    value: 'SHARE',
    description: 'With --simulate: attempts that fail, such as 5%',
  },
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof FLAGS;

export interface CommandSpec {
  readonly usage: string;
  readonly description: string;
  readonly flags: readonly FlagName[];
  readonly examples: readonly string[];
  readonly maxArguments: number;
}

/** What bounds the reading of a manifest. */
const LOAD_BOUNDS = ['max-matrix', 'max-work'] as const satisfies readonly FlagName[];

/** What bounds all that is done for a manifest. */
const BOUND_FLAGS = [
  'max-tasks',
  'max-files',
  ...LOAD_BOUNDS,
  'max-prompt-chars',
] as const satisfies readonly FlagName[];

const RUN_FLAGS = [
  'model',
  'context',
  'context-file',
  'max-tokens',
  'max-concurrent',
  'max-retries',
  'retry-delay',
  'timeout',
  'max-cost-usd',
  'prices',
  'trust-prices',
  'allow-param',
  'output',
  'resume',
  'retry-failed',
  'overwrite',
  'explain',
  'trust-results',
  'emergency-dump',
  'output-format',
  'summary-file',
  'debug',
  'fail-fast',
  'only',
  'skip',
  'tag',
  'sample',
  'first',
  'include',
  'shard',
  'estimate',
  'yes',
  'quiet',
  'progress',
  'color',
  'grace',
  'no-learn',
  'allow-host',
  'allow-http',
  'allow-path',
  'keys-file',
  ...BOUND_FLAGS,
  'dry-run',
  'exact',
  'simulate',
  'seed',
  'latency',
  'error-rate',
  'json',
] as const satisfies readonly FlagName[];

export const COMMANDS = {
  run: {
    usage: 'run [manifest]',
    description: 'Run a manifest (default: volley.yaml); - reads it from stdin',
    flags: [...RUN_FLAGS, 'set'],
    examples: [
      'volley run review.yaml -o results.jsonl',
      'volley run review.yaml --set audience=managers | jq -r .output',
      'volley run review.yaml -j 8 --fail-fast --progress plain',
    ],
    maxArguments: 1,
  },
  plan: {
    usage: 'plan [manifest]',
    description: 'What a run would send, cost and take; nothing is sent, no key is needed',
    flags: [
      'json',
      'graph',
      'model',
      'context',
      'context-file',
      'max-tokens',
      'max-concurrent',
      'max-retries',
      'timeout',
      'max-cost-usd',
      'prices',
      'trust-prices',
      'allow-param',
      'output',
      'retry-failed',
      'overwrite',
      'only',
      'skip',
      'tag',
      'sample',
      'first',
      'shard',
      'seed',
      'set',
      'exact',
      'yes',
      'quiet',
      'progress',
      'no-learn',
      'allow-host',
      'allow-http',
      'allow-path',
      'keys-file',
      ...BOUND_FLAGS,
    ],
    examples: [
      'volley plan review.yaml',
      'volley plan review.yaml --sample 20 -o results.jsonl',
      'volley plan review.yaml --graph',
      'volley plan review.yaml -o results.jsonl   (what is left to do)',
      'volley plan review.yaml --json | jq .total.cost_usd.expected',
    ],
    maxArguments: 1,
  },
  validate: {
    usage: 'validate [manifest]',
    description: 'Check a manifest and the files it names; nothing is sent',
    flags: [
      'json',
      'permissions',
      'model',
      'set',
      'allow-host',
      'allow-http',
      'allow-path',
      'keys-file',
      ...BOUND_FLAGS,
      'color',
    ],
    examples: ['volley validate review.yaml', 'volley validate review.yaml --json | jq .findings'],
    maxArguments: 1,
  },
  ask: {
    usage: 'ask [...prompts]',
    description: 'Run prompts without a manifest; - reads them from stdin',
    flags: [...RUN_FLAGS, 'base-url', 'file'],
    examples: [
      'volley ask -m anthropic/claude-haiku-5-5 "What is 2+2?" "Name three rivers."',
      'git diff --name-only | volley ask -m ollama/qwen3 --context "Explain this file name." -',
      'volley ask -m openai/gpt-6.1-sol --file questions.json -o answers.jsonl',
    ],
    maxArguments: Infinity,
  },
  init: {
    usage: 'init [file]',
    description: 'Write a commented starter manifest (volley.yaml) and its schema',
    flags: ['overwrite'],
    examples: ['volley init', 'volley init prompts/review.yaml'],
    maxArguments: 1,
  },
  limits: {
    usage: 'limits [manifest]',
    description:
      'Show the limits of each model: declared, documented, announced and found; nothing is sent',
    flags: [
      'json',
      'model',
      'set',
      'allow-host',
      'allow-http',
      'allow-path',
      'keys-file',
      ...LOAD_BOUNDS,
    ],
    examples: [
      'volley limits',
      'volley limits review.yaml',
      'volley limits --json | jq .documented',
    ],
    maxArguments: 1,
  },
  prune: {
    usage: 'prune <results>',
    description:
      'Remove superseded answers and those of removed tasks from the file next to the results',
    flags: [],
    examples: ['volley prune results.jsonl'],
    maxArguments: 1,
  },
  schema: {
    usage: 'schema [name]',
    description: 'Print a JSON Schema: manifest, result, summary, plan, simulation or limits',
    flags: [],
    examples: ['volley schema > manifest.schema.json', 'volley schema result'],
    maxArguments: 1,
  },
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof COMMANDS;

export const COMMAND_NAMES = [
  'run',
  'plan',
  'validate',
  'ask',
  'init',
  'limits',
  'prune',
  'schema',
] as const satisfies readonly CommandName[];
