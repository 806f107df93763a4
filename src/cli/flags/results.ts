import type { Flag } from './flag.ts';

/** Where results go, and what they contain. */
export const RESULT_FLAGS = {
  output: {
    alias: 'o',
    value: 'FILE',
    description: 'Write the results to this file instead of stdout',
  },
  resume: { description: 'Continue an existing results file: send only what is not done' },
  'retry-failed': { description: 'Send again only what failed in an existing results file' },
  overwrite: { description: 'Replace an existing results file' },
  explain: { description: 'With --resume: print why each task is sent' },
  'output-format': {
    value: 'FORMAT',
    choices: ['jsonl', 'json', 'text'],
    default: 'jsonl; text on a terminal',
    description: 'jsonl, json or text',
  },
  json: { description: 'Print the result as JSON' },
  'response-cache': {
    value: 'DIR',
    isValueOptional: true,
    description:
      'Reuse answers from this folder, and add new ones (no DIR: your cache folder; off: no cache)',
  },
  frozen: { description: 'Send nothing: exit 6 if anything would have to be sent' },
  include: {
    value: 'PARTS',
    choices: ['item', 'prompt', 'item,prompt'],
    description: 'Add to each record: item (the row), prompt, or both: item,prompt',
  },
  'max-failures': {
    value: 'N|P%',
    description: 'Exit with 0 if at most this many tasks fail or have an unexpected answer',
  },
  junit: {
    value: 'FILE',
    description: 'Write one test case per task to this file, as JUnit XML',
  },
  html: {
    value: 'FILE',
    description: 'Write the report to this file as an HTML page that works offline',
  },
  markdown: { value: 'FILE', description: 'Write the report to this file as Markdown' },
  to: {
    value: 'FILE',
    description: 'File to write, ending in .csv, .tsv, .parquet, .sqlite or .jsonl',
  },
  columns: {
    value: 'A,B',
    repeatable: true,
    description: 'Write only these columns, in this order',
  },
  manifest: {
    value: 'FILE',
    description: 'Add the input rows from this manifest',
  },
  rows: { value: 'FILE', description: 'Add the rows from this file, joined by key' },
  key: { value: 'COLUMN', description: 'With --rows: the key column (default: id)' },
  delimiter: {
    value: 'C',
    choices: [',', ';'],
    default: ',',
    description: 'CSV delimiter: , or ;',
  },
  bom: { description: 'Start CSV with a byte order mark, which Excel needs for é or ß' },
  'summary-file': { value: 'FILE', description: 'Write the summary to this file as JSON' },
  'metrics-file': {
    value: 'FILE',
    description: 'Write metrics of the run to this file, in Prometheus text format',
  },
  debug: {
    value: 'FILE',
    description:
      'Write each request and response to this file, without keys, one JSON object per line',
  },
  'emergency-dump': {
    value: 'FILE',
    description: 'Fallback file if the results file cannot be written',
  },
  'trust-results': {
    description: 'Use answers in the results file that were not sealed with your key',
  },
} as const satisfies Record<string, Flag>;
