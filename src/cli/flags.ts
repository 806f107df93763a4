import type { CommandName } from './command-specs.ts';

/**
 * All flags, grouped by theme and then by the commands that accept them, in the order of the help
 * text and the docs. The parser, help, completion and docs/cli.md read this table.
 *
 * `<X>` needs a value and `[X]` may have one. `<a|b>` lists all values. A flag with `...` may be
 * repeated, `--[no-]x` has a negative form, and `--x[=y]` turns on `--y` too.
 */
const TABLE = {
  'Prompts and models': {
    'run ask plan validate doctor limits show': {
      '-m, --model <PROVIDER/MODEL>': 'Model for every task',
    },
    ask: {
      '--base-url <URL>': 'Send the prompts to this server; --allow-host HOST=VAR sets its key',
      '-f, --file <FILE>':
        'Read tasks: one per line (text or a JSON object), a JSON list, or a manifest as JSON',
    },
    'run plan validate doctor limits show': { '--set <K=V>...': 'Set {{ vars.K }} to V' },
    export: { '--set <K=V>...': 'With --manifest: set {{ vars.K }} to V' },
    'run ask plan show': {
      '--context <TEXT>...': 'Shared text before every prompt, after the manifest’s own',
      '--context-file <FILE>...': 'Like --context, read from a file',
      '--max-tokens <N>': 'Maximum output tokens per task',
    },
  },
  'Which tasks': {
    'run ask plan': {
      '--only <PATTERN>...':
        'Run only tasks whose id matches (key:VALUE: whose row key matches), and what they need; * matches anything',
      '--skip <PATTERN>...': 'Leave out tasks whose id matches',
      '--tag <TAG>...': 'Run only tasks with this tag',
      '--first <N>': 'Run only the first N tasks, in manifest order',
      '--shard <I/N>':
        'Run the I-th of N parts, each with its share of the budget and, without --share, of the limits',
    },
    show: { '--first <N>': 'Show the first N tasks' },
    'run ask': { '--sample <N>': 'Run only N random tasks' },
    'run plan': {
      '--against <BASE>':
        'Only tasks that are new or changed since BASE: a git branch, tag or commit, or a results file (.jsonl)',
      '--against-tip': 'With --against: compare with BASE itself, not with the merge base',
    },
    plan: {
      '--show': 'With --against: show the words that changed in the first 20 tasks',
      '--sample <N>': 'Plan only N random tasks, and print how to estimate from their answers',
    },
    diff: { '--models <A,B>': 'With one results file: compare these two models in it' },
  },
  Results: {
    'run ask plan': {
      '-o, --output <FILE>': 'Write the results to this file instead of stdout',
      '--retry-failed': 'Resend only the failed tasks of an existing results file',
    },
    'run ask': {
      '--resume': 'Continue an existing results file: send only unfinished tasks',
      '--explain': 'With --resume: print why each task is sent',
      '--output-format <jsonl|json|text>':
        'Format of the results on stdout (default: jsonl; text on a terminal)',
      '--response-cache [DIR]':
        'Reuse answers from this folder, and add new ones (no DIR: your cache folder; off: no cache)',
      '--frozen': 'Send nothing: exit 6 if anything would have to be sent',
      '--include <item|prompt|item,prompt>': 'Add the row and the prompt to each record',
      '--max-failures <N|P%>':
        'Exit with 0 if at most this many tasks fail or have an unexpected answer',
      '--summary-file <FILE>': 'Write the summary to this file as JSON',
      '--metrics-file <FILE>': 'Write metrics of the run to this file, in Prometheus text format',
      '--debug <FILE>':
        'Write each request and response to this file, without keys, one JSON object per line',
      '--emergency-dump <FILE>': 'Fallback file if the results file cannot be written',
      '--trust-results': 'Use answers in the results file that were not sealed with your key',
    },
    plan: {
      '--response-cache [DIR]':
        'Leave out tasks with an answer in this folder (no DIR: your cache folder; off: no cache)',
      '--markdown <FILE>': 'Write the plan to this file as Markdown',
    },
    show: { '-o, --output <FILE>': 'Show the records in this results file next to the tasks' },
    merge: {
      '-o, --output <FILE>': 'File to write',
      '--trust-results': 'Seal answers even if they were not sealed with your key',
    },
    export: {
      '--to <FILE>': 'File to write, ending in .csv, .tsv, .parquet, .sqlite or .jsonl',
      '--columns <A,B>...': 'Write only these columns, in this order',
      '--manifest <FILE>': 'Add the input rows from this manifest',
      '--rows <FILE>': 'Add the rows from this file, joined by key',
      '--key <COLUMN>': 'With --rows: the key column (default: id)',
      '--delimiter <,|;>': 'CSV delimiter (default: ,)',
      '--bom': 'Start CSV with a byte order mark, which Excel needs for letters such as é',
    },
    'run ask plan merge': { '--overwrite': 'Replace an existing results file' },
    'export init': { '--overwrite': 'Replace an existing file' },
    report: {
      '--html <FILE>': 'Write the report to this file as an HTML page that works offline',
      '--markdown <FILE>': 'Write the report to this file as Markdown',
    },
    'run ask report': {
      '--junit <FILE>': 'Write one test case per task to this file, as JUnit XML',
    },
    'run ask plan validate doctor limits show report diff cache merge batch': {
      '--json': 'Print the result as JSON',
    },
    'show report export diff': {
      '--trust-results': 'Do not warn about answers that were not sealed with your key',
    },
    batch: { '--trust-results': 'Include batches that were not submitted with your key' },
  },
  Cost: {
    'run ask plan': {
      '--max-cost-usd <N>': 'Budget in US dollars; every model then needs a price and max_tokens',
      '--trust-prices': 'With --max-cost-usd: accept prices that are given only in the manifest',
      '--allow-param <NAME>...':
        'With --max-cost-usd: allow this name in params although it may change the price',
    },
    'run ask plan show': {
      '--prices <FILE>':
        'Prices in US dollars per million tokens; they override the manifest’s and the built-in ones',
    },
    'run ask': {
      '--share-budget <NAME>': 'With --share: use one budget for all runs with this name',
      '--[no-]estimate':
        'Show the plan, then run (--no-estimate: ask for confirmation without showing it)',
      '-y, --yes': 'Do not ask before a large run',
    },
    plan: { '--share-budget <NAME>': 'With --share: do not divide the budget by --shard' },
  },
  'Pace and retries': {
    'run ask plan': {
      '-j, --max-concurrent <N>': 'Maximum requests in flight across all providers (default: 64)',
      '--max-retries <N>': 'Retries per task; 0 for none (default: 3)',
      '--timeout <D>': 'Timeout per attempt, such as 90s (default: 10m)',
      '--mode <realtime|flex|batch|auto>':
        'How to send tasks; see docs/batch.md (default: realtime)',
      '--deadline <D>': 'With --mode auto: time until all answers must be ready, such as 6h',
    },
    'run ask': {
      '--retry-delay <D>': 'First wait before a retry; it doubles each time (default: 1s)',
      '--detach': 'With --mode batch: submit, and leave the batches running; exit 5',
      '--resubmit': 'With --resume: resend rows of batches that cannot be found',
      '--fail-fast': 'Start no more tasks after the first failure',
      '--grace <D>':
        'Time for requests in flight after Ctrl-C or TERM (default: 60s on a terminal, otherwise 7s)',
      '--share <URL>':
        'Share limits with all runs that use the same key, through Redis at redis://HOST:PORT (or set VOLLEY_SHARE)',
      '--no-learn': 'Neither load nor save learned rate limits',
    },
    plan: {
      '--share <URL>':
        'Do not divide limits by --shard, like a run with --share; does not connect to Redis',
    },
  },
  'Without sending anything': {
    'run ask': {
      '--dry-run[=exact]':
        'Estimate tokens, cost and duration, like `volley plan` (=exact: see --exact)',
      '--simulate': 'Simulate the whole run on a virtual clock; no requests, no keys',
      '--exact': 'With --dry-run: let the providers count the input tokens; free, but needs keys',
    },
    plan: {
      '--exact': 'Let the providers count the input tokens; free, but needs keys',
      '--graph': 'Print the dependencies between tasks, as a tree and as Mermaid',
    },
    'run ask plan': {
      '--seed <N>':
        'With --simulate or --sample: the same seed makes the same choices (default: 1)',
    },
    validate: {
      '--permissions':
        'List the files the manifest reads and writes, the hosts it contacts and the variables it uses',
    },
    doctor: {
      '--online':
        'Also ask each provider for its models; free, and checks hosts, keys and model names',
    },
  },
  Display: {
    'run ask plan': {
      '-q, --quiet': 'Print only failures on stderr',
      '--progress <auto|tty|plain|json|none>': 'How to show progress (default: auto)',
    },
    'run ask': {
      '--otel': 'Report the run to the OpenTelemetry collector at OTEL_EXPORTER_OTLP_ENDPOINT',
    },
    'plan show report diff merge': {
      '--format <text|markdown|json>': 'Format of the output (default: text)',
    },
    plan: { '--all': 'With --against: list unchanged tasks too' },
    diff: { '--all': 'Show every difference, not just the first 20' },
    'run ask validate doctor': {
      '--[no-]color': 'Use color even if stderr is not a terminal (--no-color: never)',
    },
  },
  'Hosts, keys and files': {
    'run ask plan validate doctor limits show batch': {
      '--allow-host <HOST[:PORT][=VAR]>...':
        'Let the manifest send requests to this host, with the key in VAR',
      '--allow-http <HOST[:PORT][=VAR]>...': 'Like --allow-host, for a host without encryption',
    },
    'run ask plan validate doctor limits show': {
      '--allow-path <PATH>...': 'Let the manifest read this file, or files below this folder',
    },
    export: {
      '--allow-path <PATH>...':
        'With --manifest: let it read this file, or files below this folder',
    },
    'run ask plan validate doctor limits batch': {
      '--keys-file <FILE>':
        'Read keys from this file, one NAME=value per line; variables that are already set take precedence',
    },
  },
  Bounds: {
    'run ask plan validate doctor show': {
      '--max-tasks <N>': 'Maximum tasks per manifest (default: 1M)',
      '--max-files <N>': 'Maximum files that globs match (default: 100k)',
      '--max-prompt-chars <N>': 'Maximum characters per prompt (default: 16M)',
    },
    'run ask plan validate doctor limits show': {
      '--max-matrix <N>': 'Maximum combinations of a matrix, including samples (default: 100k)',
      '--max-work <D>':
        'CPU time for templates, schemas and globs; each task adds 10ms (default: 5s)',
    },
    cache: {
      '--older-than <D>': 'Remove answers older than this (default: 90d)',
      '--max-bytes <N>':
        'Remove the oldest answers until at most N bytes are left (default: 1 GiB)',
    },
  },
} as const;

type Values<Type> = Type[keyof Type];
type Table = typeof TABLE;
type Written = Values<{
  [Theme in keyof Table]: Values<{
    [Commands in keyof Table[Theme]]: keyof Table[Theme][Commands];
  }>;
}>;
type NameIn<Text> = Text extends `${string}--[no-]${infer Name}`
  ? Name
  : Text extends `${string}--${infer Name} ${string}`
    ? Name
    : Text extends `${string}--${infer Name}[${string}` | `${string}--${infer Name}`
      ? Name
      : never;

export type FlagName = NameIn<Written>;

/** One flag of a command. */
export interface Flag {
  readonly name: string;
  readonly theme: string;
  /** As in the table: `-o, --output <FILE>`. */
  readonly written: string;
  readonly description: string;
  readonly alias: string | undefined;
  /** Name of the value. A flag without one is a switch. */
  readonly value: string | undefined;
  /** All possible values, if they are fixed. */
  readonly choices: readonly string[];
  /** The value may be left out. A word with a manifest's ending is not taken as the value. */
  readonly isValueOptional: boolean;
  readonly isRepeatable: boolean;
  readonly isNegatable: boolean;
  /** The name of another switch. `--this=word` turns on both. */
  readonly word: string | undefined;
}

export function flagsOf(command: CommandName): readonly Flag[] {
  const themes: Readonly<Record<string, Record<string, Record<string, string>>>> = TABLE;
  return Object.entries(themes).flatMap(([theme, groups]) =>
    Object.entries(groups).flatMap(([commands, flags]) =>
      commands.split(' ').includes(command)
        ? Object.entries(flags).map(([written, description]) => ({
            theme,
            written,
            description,
            ...partsOf(written),
          }))
        : [],
    ),
  );
}

const FLAG =
  /^(?:-(?<alias>\w), )?--(?<negatable>\[no-\])?(?<name>[\w-]+)(?: (?<open>[<[])(?<value>.+)[>\]](?<more>\.{3})?|\[=(?<word>\w+)\])?$/;

function partsOf(written: string): Omit<Flag, 'theme' | 'written' | 'description'> {
  const { name = '', alias, value, word, ...parts } = FLAG.exec(written)?.groups ?? {};
  return {
    name,
    alias,
    value,
    word,
    choices: value !== undefined && /^[^A-Z]+\|/.test(value) ? value.split('|') : [],
    isValueOptional: parts['open'] === '[',
    isRepeatable: parts['more'] !== undefined,
    isNegatable: parts['negatable'] !== undefined,
  };
}
