import type { OutputStream } from '../ports/output.ts';
import { systemOutput, type SystemOutput } from '../ports/system-output.ts';
import { SinkClosed, sinkError } from '../results/sinks/sink.ts';
import { secretsOf, createRedactor, type Redactor } from '../errors/redact.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { reasonOf, remedyOf } from '../results/write-problems.ts';

/** Writes to stdout what a command is there to give, without values of secret variables. */
export async function printResult(text: string): Promise<void> {
  await resultOutput().write(environmentRedactor()(text));
}

/** Stdout for results. If the reader has exited, that is not an error. */
export function resultOutput(): OutputStream & Pick<SystemOutput, 'columns'> {
  const stdout = systemOutput(process.stdout);
  return {
    columns: () => stdout.columns(),
    async write(text, kind) {
      try {
        await stdout.write(text, kind);
      } catch (cause) {
        if (sinkError(cause, 'stdout') instanceof SinkClosed) return;
        throw new VolleyError(`cannot write to stdout: ${reasonOf(cause)}`, {
          exitCode: EXIT.cannotWrite,
          hint: `${remedyOf(cause)}, or redirect the output to another place`,
          cause,
        });
      }
    },
  };
}

/** Takes the values of secret variables out of what is printed: those that sound like one, and passwords in URLs. */
export function environmentRedactor(): Redactor {
  return createRedactor(secretsOf(process.env));
}
