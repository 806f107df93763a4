// Prints the outputs of a step, for $GITHUB_OUTPUT: `outputs.mjs plan|run FILE`.
import { readFileSync } from 'node:fs';

const [, , step, file] = process.argv;
const report = JSON.parse(readFileSync(file, 'utf8'));
const outputs =
  step === 'plan'
    ? { changed: report.counts ? report.counts.new + report.counts.changed : report.total.tasks }
    : { cost: report.cost_usd ?? '', succeeded: report.succeeded, failed: report.failed };
for (const [name, value] of Object.entries(outputs)) process.stdout.write(`${name}=${value}\n`);
