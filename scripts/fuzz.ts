/**
 * Loads manifests that nobody would write: `npm run fuzz [-- --cases 100000] [--from 0]`. Each case
 * has a number and is the same every time. `--show N` prints one.
 */
import { parseArgs } from 'node:util';
import { caseOf } from '../test/fuzz/cases.ts';
import { checkCase } from '../test/fuzz/check-case.ts';
import { fuzz } from '../test/fuzz/fuzz.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100000' },
    from: { type: 'string', default: '0' },
    show: { type: 'string' },
  },
});

if (values.show === undefined) {
  const figures = await fuzz({
    from: Number(values.from),
    cases: Number(values.cases),
    say: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
  process.exitCode = figures.problems.length === 0 ? 0 : 1;
} else {
  process.stdout.write(`${caseOf(Number(values.show)).text}\n`);
  const { problems, cpuMs } = await checkCase(Number(values.show));
  process.stderr.write(`${cpuMs} ms; ${problems.join('\n') || 'no problem'}\n`);
}
