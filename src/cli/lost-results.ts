import { appendFile } from 'node:fs/promises';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { counted } from '../report/format.ts';
import type { ResultRecord } from '../results/record.ts';
import { recordLine } from '../results/serialize.ts';
import { reasonOf, remedyOf } from '../results/write-problems.ts';
import { shellWord } from '../errors/shell-word.ts';

export interface Lost {
  readonly records: readonly ResultRecord[];
  /** The system's error. */
  readonly cause: unknown;
  /** The file as the user named it, or `stdout`. */
  readonly target: string;
  /** A later run can continue with `target`. */
  readonly canResume: boolean;
}

/** Saves what can be saved in the emergency dump, and gives the error (exit 74) that says how many were not written. */
export async function lostResults(lost: Lost, dump: string | undefined): Promise<VolleyError> {
  const { records, cause, target, canResume } = lost;
  const count = counted(records.length, 'result');
  const problem = `${count} could not be written to \`${target}\`: ${reasonOf(cause)}`;
  const failure = (rest: string, hint: string): VolleyError =>
    new VolleyError(`${problem}; ${rest}`, { exitCode: EXIT.cannotWrite, hint, cause });
  const them = records.length === 1 ? 'it is' : 'they are';
  const again = canResume ? 'run again with --resume' : 'run again with --output and another file';
  if (dump === undefined) {
    return failure(
      `${them} lost`,
      `${remedyOf(cause)} and ${again}; \`--emergency-dump FILE\` on another disk would have kept them`,
    );
  }
  try {
    // Appended: an earlier run may have left paid answers there.
    await appendFile(dump, records.map(recordLine).join(''), { mode: 0o600 });
  } catch (error) {
    return failure(
      `nor to \`${dump}\`: ${reasonOf(error)}; ${them} lost`,
      `${remedyOf(cause)} and ${again}`,
    );
  }
  return failure(
    `${them} in \`${dump}\``,
    canResume
      ? `${remedyOf(cause)}, append them with \`cat ${shellWord(dump)} >> ${shellWord(target)}\`, then ${again}`
      : 'each is a line there, as `--output-format jsonl` writes it',
  );
}
