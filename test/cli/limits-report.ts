import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { LimitsReport } from '../../src/run/limits-report.ts';

const schema: Record<string, unknown> = JSON.parse(
  readFileSync('schemas/limits.schema.json', 'utf8'),
);
const validReport = new Ajv2020({
  allErrors: true,
  allowUnionTypes: true,
  formats: {
    uri: (text: string) => URL.canParse(text),
    date: /^\d{4}-\d{2}-\d{2}$/,
    'date-time': (text: string) => new Date(text).toISOString() === text,
  },
}).compile<LimitsReport>(schema);

/** What `volley limits --json` printed; throws when it is not what its schema promises. */
export function limitsReportIn(stdout: string): LimitsReport {
  const report: unknown = JSON.parse(stdout);
  if (!validReport(report)) throw new Error(JSON.stringify(validReport.errors));
  return report;
}
