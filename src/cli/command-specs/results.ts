import { MANIFEST_BOUNDS, MANIFEST_FILES, RESULT_FILES, type CommandSpec } from './command-spec.ts';

const ANY_SEAL = 'Do not report answers that were not sealed with your key';

export const CACHE_ACTIONS = ['stats', 'prune'] as const;

export const BATCH_ACTIONS = ['status', 'cancel'] as const;

/** Commands that work on a results file or a cache. */
export const RESULT_COMMANDS = {
  show: {
    usage: 'show [file] [task]',
    description: 'Show one task in full: its request and price; after a run, the answer too',
    flags: [
      'first',
      'output',
      'format',
      'json',
      'model',
      'context',
      'context-file',
      'max-tokens',
      'prices',
      'set',
      'allow-host',
      'allow-http',
      'allow-path',
      'trust-results',
      ...MANIFEST_BOUNDS,
    ],
    flagTexts: {
      first: 'Show the first N tasks',
      output: 'Show the records in this results file next to the tasks',
      'trust-results': ANY_SEAL,
    },
    examples: [
      'volley show review.yaml review@src/a.ts',
      'volley show review.yaml --first 3',
      'volley show results.jsonl review@src/a.ts',
    ],
    maxArguments: 2,
    argument: { files: [...MANIFEST_FILES.files, ...RESULT_FILES.files] },
  },
  report: {
    usage: 'report <results>',
    description: 'Summarize a results file: totals, cost, failures, outliers, model agreement',
    flags: ['format', 'json', 'html', 'markdown', 'junit', 'trust-results'],
    flagTexts: { 'trust-results': ANY_SEAL },
    examples: [
      'volley report results.jsonl',
      'volley report results.jsonl --html results.html',
      'volley report results.jsonl --format markdown >> "$GITHUB_STEP_SUMMARY"',
      'volley report results.jsonl --junit results.xml',
    ],
    maxArguments: 1,
    argument: RESULT_FILES,
  },
  export: {
    usage: 'export <results>',
    description:
      'Convert results to a table with the input columns: CSV, TSV, Parquet, SQLite or JSONL',
    flags: [
      'to',
      'columns',
      'manifest',
      'set',
      'allow-path',
      'rows',
      'key',
      'delimiter',
      'bom',
      'overwrite',
      'trust-results',
    ],
    flagTexts: {
      'trust-results': ANY_SEAL,
      overwrite: 'Replace an existing file',
      set: 'With --manifest: give {{ vars.K }} a value',
      'allow-path': 'With --manifest: let it read files below this folder, or this file',
    },
    examples: [
      'volley export results.jsonl --to results.csv',
      'volley export results.jsonl --to results.csv --manifest classify.yaml --bom',
      'volley export results.jsonl --to results.parquet --columns id,output.label,cost_usd',
    ],
    maxArguments: 1,
    argument: RESULT_FILES,
  },
  diff: {
    usage: 'diff <results|manifest> [results|ref]',
    description:
      'Compare the answers of two results files or two models, or a manifest with a git ref',
    flags: ['format', 'json', 'models', 'all', 'trust-results'],
    flagTexts: { 'trust-results': ANY_SEAL },
    examples: [
      'volley diff before.jsonl after.jsonl',
      'volley diff results.jsonl --models anthropic/claude-haiku-5-5,openai/gpt-6.1-sol',
      'volley diff before.jsonl after.jsonl --json | jq .agreement',
      'volley diff volley.yaml main',
    ],
    maxArguments: 2,
    argument: RESULT_FILES,
  },
  cache: {
    usage: 'cache <stats|prune> [folder]',
    description: 'Show or prune a response cache (default: the one in your cache folder)',
    flags: ['older-than', 'max-bytes', 'json'],
    examples: [
      'volley cache stats .cache/volley',
      'volley cache prune .cache/volley --older-than 7d --max-bytes 100M',
    ],
    maxArguments: 2,
    argument: { words: CACHE_ACTIONS },
  },
  merge: {
    usage: 'merge <...results>',
    description: 'Combine several results files, such as those of shards',
    flags: ['output', 'overwrite', 'format', 'json', 'trust-results'],
    flagTexts: {
      output: 'File to write',
      'trust-results': 'Seal answers even if they were not sealed with your key',
    },
    examples: ['volley merge shard-1.jsonl shard-2.jsonl -o all.jsonl'],
    maxArguments: Infinity,
    argument: RESULT_FILES,
  },
  batch: {
    usage: 'batch <status|cancel> <results>',
    description: 'Show or cancel the batches of a results file that are not collected yet',
    flags: ['json', 'trust-results', 'allow-host', 'allow-http', 'keys-file'],
    flagTexts: { 'trust-results': 'Include batches that were not submitted with your key' },
    examples: ['volley batch status results.jsonl', 'volley batch cancel results.jsonl'],
    maxArguments: 2,
    argument: { words: BATCH_ACTIONS },
  },
  prune: {
    usage: 'prune <results>',
    description:
      'Remove superseded answers, and answers to removed tasks, from the file next to the results',
    flags: [],
    examples: ['volley prune results.jsonl'],
    maxArguments: 1,
    argument: RESULT_FILES,
  },
} as const satisfies Record<string, CommandSpec>;
