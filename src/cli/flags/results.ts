import type { Flag } from './flag.ts';

/** Where results go, and what they hold. */
export const RESULT_FLAGS = {
  output: { alias: 'o', value: 'FILE', description: 'Write the results there instead of stdout' },
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
      'Take answers that any run has left there, and leave those of this one (default: your cache folder; off)',
  },
  frozen: { description: 'Send nothing: exit 6 if anything would have to be sent' },
  include: {
    value: 'PARTS',
    choices: ['item', 'prompt', 'item,prompt'],
    description: 'Add to each record: item (the row), prompt, or both: item,prompt',
  },
  'max-failures': {
    value: 'N|P%',
    description:
      'Exit with 0 if at most so many tasks fail or have an answer that is not as expected',
  },
  junit: {
    value: 'FILE',
    description: 'Write one test case per task there, as JUnit XML',
  },
  html: {
    value: 'FILE',
    description: 'Write the report there as a page that needs no network',
  },
  markdown: { value: 'FILE', description: 'Write the report there as Markdown' },
  to: {
    value: 'FILE',
    description: 'What to write: a name that ends in .csv, .tsv, .parquet, .sqlite or .jsonl',
  },
  columns: {
    value: 'A,B',
    repeatable: true,
    description: 'Only these columns, in this order',
  },
  manifest: {
    value: 'FILE',
    description: 'Add the input rows that this manifest names',
  },
  rows: { value: 'FILE', description: 'Add the rows of this file, joined by key' },
  key: { value: 'COLUMN', description: 'With --rows: the column that is the key (default: id)' },
  delimiter: {
    value: 'C',
    choices: [',', ';'],
    default: ',',
    description: 'Between the values of CSV: , or ;',
  },
  bom: { description: 'Begin CSV with a byte order mark, which Excel needs for é or ß' },
  'summary-file': { value: 'FILE', description: 'Write the summary there as JSON' },
  'metrics-file': {
    value: 'FILE',
    description: 'Keep the numbers of the run there, in the text format of Prometheus',
  },
  debug: {
    value: 'FILE',
    description: 'Write each request and response there, without keys, one JSON object per line',
  },
  'emergency-dump': {
    value: 'FILE',
    description: 'Fallback file if the results file cannot be written',
  },
  'trust-results': {
    description: 'Use answers in the results file that were not sealed with your key',
  },
} as const satisfies Record<string, Flag>;
