import type { OutputStream } from '../ports/output.ts';
import { systemOutput, type SystemOutput } from '../ports/system-output.ts';
import { SinkClosed, sinkError } from '../results/sinks/sink.ts';
import { secretsOf, createRedactor, type Redactor } from '../errors/redact.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { safeJson } from '../results/serialize.ts';
import { reasonOf, remedyOf } from '../results/write-problems.ts';
import type { Arguments } from './arguments.ts';
import { switchFlag } from './flag-values.ts';

/** Writes a command's output to stdout, without values of secret variables. */
export async function printResult(text: string): Promise<void> {
  await resultOutput().write(environmentRedactor()(text));
}

export function printJson(data: object): Promise<void> {
  return printResult(`${safeJson(data, { indent: 2 })}\n`);
}

/** With `--json`, the data, otherwise the text. */
export function printEither(args: Arguments, data: object, text: string): Promise<void> {
  return switchFlag(args, 'json') ? printJson(data) : printResult(text);
}

/** Stdout for results. It's not an error if the reader has exited. */
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

/** Removes values of variables that sound secret, and passwords in URLs, from output. */
export function environmentRedactor(): Redactor {
  return createRedactor(secretsOf(process.env));
}
