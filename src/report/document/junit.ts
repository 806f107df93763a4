import { wordSet } from '../../manifest/word-set.ts';
import { wellFormed } from '../../ports/well-formed.ts';
import { endedWell, type ResultRecord } from '../../results/record.ts';

/**
 * JUnit XML for GitLab, Jenkins and GitHub's test reporters: a suite per entry of the manifest, a
 * case per task. Totals come before the cases, so they are counted first.
 */
export interface JunitTotals {
  add(record: ResultRecord): void;
  /** The start of the document. */
  opening(name: string): string;
  suiteOpening(task: string): string;
}

export const JUNIT_SUITE_END = '  </testsuite>\n';
export const JUNIT_END = '</testsuites>\n';

interface Counts {
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
  ms: number;
}

export function createJunitTotals(): JunitTotals {
  const total = newCounts();
  const suites = new Map<string, Counts>();
  return {
    add(record) {
      const suite = suites.get(record.task) ?? newCounts();
      suites.set(record.task, suite);
      for (const counts of [total, suite]) {
        counts.tests += 1;
        counts.ms += record.duration_ms;
        const kind = kindOf(record);
        if (kind === 'failure') counts.failures += 1;
        if (kind === 'error') counts.errors += 1;
        if (kind === 'skipped') counts.skipped += 1;
      }
    },
    opening: (name) =>
      `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${attribute(name)}" ${countsText(total)}>\n`,
    suiteOpening: (task) =>
      `  <testsuite name="${attribute(task)}" ${countsText(suites.get(task) ?? newCounts(), { hasSkipped: true })}>\n`,
  };
}

function newCounts(): Counts {
  return { tests: 0, failures: 0, errors: 0, skipped: 0, ms: 0 };
}

function countsText(counts: Counts, { hasSkipped = false } = {}): string {
  const { tests, failures, errors, skipped, ms } = counts;
  const parts = [
    `tests="${tests}"`,
    `failures="${failures}"`,
    `errors="${errors}"`,
    ...(hasSkipped ? [`skipped="${skipped}"`] : []),
    `time="${seconds(ms)}"`,
  ];
  return parts.join(' ');
}

/** `failure`: a wrong answer. `error`: no answer, for a reason outside the task. */
function kindOf(record: ResultRecord): 'passed' | 'failure' | 'error' | 'skipped' {
  if (record.status === 'skipped') return 'skipped';
  if (record.expected === false) return 'failure';
  if (endedWell(record)) return 'passed';
  return ANSWER_CODES.has(record.error?.code ?? '') ? 'failure' : 'error';
}

const ANSWER_CODES = wordSet('EMPTY_OUTPUT REFUSED CONTENT_FILTERED TRUNCATED SCHEMA_MISMATCH');

export function junitCase(record: ResultRecord): string {
  const { id, task, provider, model, duration_ms: ms } = record;
  const start = `    <testcase name="${attribute(id)}" classname="${attribute(`${task}.${provider}/${model}`)}" time="${seconds(ms)}"`;
  const kind = kindOf(record);
  if (kind === 'passed') return `${start}/>\n`;
  return `${start}>\n      ${detail(record, kind)}\n    </testcase>\n`;
}

function detail(record: ResultRecord, kind: 'failure' | 'error' | 'skipped'): string {
  const { error } = record;
  if (kind === 'skipped') return `<skipped message="${attribute(error?.message ?? '')}"/>`;
  const [type, message] =
    record.expected === false
      ? ['UNEXPECTED', record.unexpected_reason ?? 'the answer is not as expected']
      : [error?.code ?? 'FAILED', error?.message ?? ''];
  const text = [message, error?.hint ?? ''].filter((part) => part !== '').join('\n');
  return `<${kind} message="${attribute(message)}" type="${attribute(type)}">${content(text)}</${kind}>`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function content(text: string): string {
  return xmlCharacters(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(LOG_COMMAND, (mark) => mark[0] + `&#${mark.charCodeAt(1)};`);
}

/**
 * These characters start commands to CI systems. The second one is written as an entity, which XML
 * readers still read as that character.
 */
const LOG_COMMAND = /##|::/g;

function attribute(text: string): string {
  return content(text)
    .replaceAll('"', '&quot;')
    .replaceAll(/\s/g, (blank) => BLANKS[blank] ?? ' ');
}

/** White space that XML readers preserve only in this form. */
const BLANKS: Readonly<Record<string, string>> = { '\n': '&#10;', '\r': '&#13;', '\t': '&#9;' };

/** Replaces the characters that XML cannot represent. */
function xmlCharacters(text: string): string {
  return wellFormed(text).replaceAll(NOT_XML, '\ufffd');
}

const NOT_XML =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
