import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { AgainstReport } from '../../src/against/against-report.ts';
import type { SimulationReport } from '../../src/cli/print-rehearsal.ts';
import type { PlanReport } from '../../src/forecast/plan-report.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import type { Summary } from '../../src/results/summary.ts';
import type { LimitsReport } from '../../src/run/limits-report.ts';

/** What each published schema describes. */
interface Outputs {
  readonly plan: PlanReport;
  readonly simulation: SimulationReport;
  readonly against: AgainstReport;
  readonly limits: LimitsReport;
  readonly result: ResultRecord;
  readonly summary: Summary;
}

/**
 * Each function returns the value of a JSON text, or throws if its schema does not allow the value.
 */
export const planIn = reader('plan');
export const simulationIn = reader('simulation');
export const comparisonIn = reader('against');
export const limitsReportIn = reader('limits');
const recordIn = reader('result');
const summaryIn = reader('summary');

/** The record on one line of JSONL. */
export function checkRecordLine(line: string): ResultRecord {
  if (!/^[^\n]+\n?$/.test(line)) throw new Error(`not exactly one line: ${JSON.stringify(line)}`);
  return recordIn(line);
}

/** The value, if it is a summary whose counts add up. Throws otherwise. */
export function checkSummary(value: unknown): Summary {
  const summary = summaryIn(JSON.stringify(value));
  const { tasks, succeeded, failed, canceled, skipped, not_started: notStarted } = summary;
  const sum = succeeded + failed + canceled + skipped + notStarted;
  if ((summary.left_out ?? 0) > notStarted)
    throw new Error(`more left out than not started: ${JSON.stringify(value)}`);
  if (sum !== tasks) throw new Error(`${sum} of ${tasks} tasks: ${JSON.stringify(value)}`);
  return summary;
}

function reader<Name extends keyof Outputs>(name: Name): (json: string) => Outputs[Name] {
  let validate: ValidateFunction<Outputs[Name]> | undefined;
  return (json) => {
    validate ??= ajv().compile<Outputs[Name]>(schema(name));
    const value: unknown = JSON.parse(json);
    if (validate(value)) return value;
    throw new Error(`${ajv().errorsText(validate.errors)}\n${json}`);
  };
}

let compiler: Ajv2020 | undefined;

function ajv(): Ajv2020 {
  compiler ??= new Ajv2020({
    allErrors: true,
    allowUnionTypes: true,
    strict: false,
    formats: {
      uri: (text: string) => URL.canParse(text),
      date: /^\d{4}-\d{2}-\d{2}$/,
      'date-time': (text: string) => new Date(text).toISOString() === text,
    },
  });
  return compiler;
}

function schema(name: string): Record<string, unknown> {
  const url = new URL(`../../schemas/${name}.schema.json`, import.meta.url);
  const found: Record<string, unknown> = JSON.parse(readFileSync(url, 'utf8'));
  return found;
}
