/** One command, for the parser, help, completion and docs. Its flags are in `flags.ts`. */
export interface CommandSpec {
  /** Words in brackets are arguments. `...` allows any number of them. */
  readonly usage: string;
  readonly description: string;
  readonly examples: readonly string[];
  /** Possible arguments, for completion: fixed words, or files with these endings. */
  readonly argument?: { readonly words: readonly string[] } | { readonly files: readonly string[] };
}

const MANIFEST_FILES = { files: ['yaml', 'yml', 'json'] } as const;
const RESULT_FILES = { files: ['jsonl'] } as const;
export const CACHE_ACTIONS = ['stats', 'prune'] as const;
export const BATCH_ACTIONS = ['status', 'cancel'] as const;
/** Shells with completion. */
export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export const SCHEMA_NAMES = [
  'manifest',
  'result',
  'summary',
  'plan',
  'against',
  'simulation',
  'limits',
  'doctor',
  'progress',
] as const;

/** Commands that send prompts. */
const RUNNING_COMMANDS = {
  run: {
    usage: 'run [manifest]',
    description: 'Run a manifest (default: volley.yaml); - reads it from stdin',
    examples: [
      'volley run review.yaml -o results.jsonl',
      'volley run review.yaml --set audience=managers | jq -r .output',
      'volley run review.yaml -j 8 --fail-fast --progress plain',
    ],
    argument: MANIFEST_FILES,
  },
  ask: {
    usage: 'ask [...prompts]',
    description: 'Run prompts without a manifest; - reads them from stdin',
    examples: [
      'volley ask -m anthropic/claude-haiku-5-5 "What is 2+2?" "Name three rivers."',
      'git diff --name-only | volley ask -m ollama/qwen3 --context "Explain this file name." -',
      'volley ask -m openai/gpt-6.1-sol --file questions.json -o answers.jsonl',
    ],
  },
} as const satisfies Record<string, CommandSpec>;

/** Commands that send nothing. */
const CHECKING_COMMANDS = {
  plan: {
    usage: 'plan [manifest]',
    description: 'Estimate tokens, cost and duration; nothing is sent, no key is needed',
    examples: [
      'volley plan review.yaml',
      'volley plan review.yaml --graph',
      'volley plan review.yaml -o results.jsonl   (what is left, estimated from the answers so far)',
      'volley plan review.yaml --sample 20        (what a sample costs, and how to estimate from it)',
      'volley plan review.yaml --against main --format markdown',
      'volley plan review.yaml --against main     (what this branch changes)',
      'volley plan review.yaml --json | jq .total.cost_usd.expected',
    ],
    argument: MANIFEST_FILES,
  },
  validate: {
    usage: 'validate [manifest]',
    description: 'Check a manifest and the files it uses; nothing is sent',
    examples: ['volley validate review.yaml', 'volley validate review.yaml --json | jq .findings'],
    argument: MANIFEST_FILES,
  },
  doctor: {
    usage: 'doctor [manifest]',
    description: 'Check Node, keys, hosts, folders and the manifest before a run',
    examples: ['volley doctor', 'volley doctor review.yaml --online'],
    argument: MANIFEST_FILES,
  },
  limits: {
    usage: 'limits [manifest]',
    description:
      'Show the limits of each model: declared, documented, announced and found; nothing is sent',
    examples: [
      'volley limits',
      'volley limits review.yaml',
      'volley limits --json | jq .documented',
    ],
    argument: MANIFEST_FILES,
  },
} as const satisfies Record<string, CommandSpec>;

/** Commands that work on a results file or a cache. */
const RESULT_COMMANDS = {
  show: {
    usage: 'show [file] [task]',
    description: 'Show one task in full: its request and price; after a run, the answer too',
    examples: [
      'volley show review.yaml review@src/a.ts',
      'volley show review.yaml --first 3',
      'volley show results.jsonl review@src/a.ts',
    ],
    argument: { files: [...MANIFEST_FILES.files, ...RESULT_FILES.files] },
  },
  report: {
    usage: 'report <results>',
    description: 'Summarize a results file: totals, cost, failures, outliers, model agreement',
    examples: [
      'volley report results.jsonl',
      'volley report results.jsonl --html results.html',
      'volley report results.jsonl --format markdown >> "$GITHUB_STEP_SUMMARY"',
      'volley report results.jsonl --junit results.xml',
    ],
    argument: RESULT_FILES,
  },
  export: {
    usage: 'export <results>',
    description:
      'Convert results to a table with the input columns: CSV, TSV, Parquet, SQLite or JSONL',
    examples: [
      'volley export results.jsonl --to results.csv',
      'volley export results.jsonl --to results.csv --manifest classify.yaml --bom',
      'volley export results.jsonl --to results.parquet --columns id,output.label,cost_usd',
    ],
    argument: RESULT_FILES,
  },
  diff: {
    usage: 'diff <results|manifest> [results|ref]',
    description:
      'Compare the answers in two results files or from two models, or a manifest with a git ref',
    examples: [
      'volley diff before.jsonl after.jsonl',
      'volley diff results.jsonl --models anthropic/claude-haiku-5-5,openai/gpt-6.1-sol',
      'volley diff before.jsonl after.jsonl --json | jq .agreement',
      'volley diff volley.yaml main',
    ],
    argument: RESULT_FILES,
  },
  cache: {
    usage: 'cache <stats|prune> [folder]',
    description: 'Show or prune a response cache (default: the one in your cache folder)',
    examples: [
      'volley cache stats .cache/volley',
      'volley cache prune .cache/volley --older-than 7d --max-bytes 100M',
    ],
    argument: { words: CACHE_ACTIONS },
  },
  merge: {
    usage: 'merge <...results>',
    description: 'Combine several results files, such as those of shards',
    examples: ['volley merge shard-1.jsonl shard-2.jsonl -o all.jsonl'],
    argument: RESULT_FILES,
  },
  batch: {
    usage: 'batch <status|cancel> <results>',
    description: 'Show or cancel the batches in a results file that have not been collected yet',
    examples: ['volley batch status results.jsonl', 'volley batch cancel results.jsonl'],
    argument: { words: BATCH_ACTIONS },
  },
  prune: {
    usage: 'prune <results>',
    description:
      'Remove superseded answers, and answers to removed tasks, from the file next to the results',
    examples: ['volley prune results.jsonl'],
    argument: RESULT_FILES,
  },
} as const satisfies Record<string, CommandSpec>;

/** Commands that set something up. */
const SETUP_COMMANDS = {
  init: {
    usage: 'init [file]',
    description: 'Write a commented starter manifest (volley.yaml) and its schema',
    examples: ['volley init', 'volley init prompts/review.yaml'],
  },
  completion: {
    usage: 'completion <shell>',
    description: `Print a completion script for your shell: ${SHELLS.join(', ')}`,
    examples: [
      'echo "source <(volley completion bash)" >> ~/.bashrc',
      'volley completion zsh > "${fpath[1]}/_volley"',
      'volley completion fish > ~/.config/fish/completions/volley.fish',
      'volley completion powershell | Out-String | Invoke-Expression',
    ],
    argument: { words: SHELLS },
  },
  schema: {
    usage: 'schema [name]',
    description: `Print a JSON Schema: ${SCHEMA_NAMES.join(', ')}`,
    examples: ['volley schema > manifest.schema.json', 'volley schema result'],
    argument: { words: SCHEMA_NAMES },
  },
} as const satisfies Record<string, CommandSpec>;

/** All commands. `main.ts` loads their implementations. */
export const COMMANDS = {
  ...RUNNING_COMMANDS,
  ...CHECKING_COMMANDS,
  ...RESULT_COMMANDS,
  ...SETUP_COMMANDS,
} as const;

export type CommandName = keyof typeof COMMANDS;

/** In the order of the help text and the docs. */
export const COMMAND_GROUPS: ReadonlyArray<{
  readonly title: string;
  readonly commands: Readonly<Partial<Record<CommandName, CommandSpec>>>;
}> = [
  { title: 'Run', commands: RUNNING_COMMANDS },
  { title: 'Check first', commands: CHECKING_COMMANDS },
  { title: 'Use the results', commands: RESULT_COMMANDS },
  { title: 'Set up', commands: SETUP_COMMANDS },
];

export const COMMAND_NAMES: readonly CommandName[] = Object.keys(COMMANDS).filter(isCommandName);

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}
