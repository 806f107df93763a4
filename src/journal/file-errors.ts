import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import { reasonOf, remedyOf } from '../results/write-problems.ts';

/** The errors of results files, so that each has its wording in one place. */

export function existsAlready(path: string): VolleyError {
  return new VolleyError(`\`${path}\` already exists`, {
    exitCode: EXIT.usage,
    hint: '`--resume` continues it, `--retry-failed` runs only its failed tasks again, `--overwrite` discards it',
  });
}

export function nothingToRetry(path: string): VolleyError {
  return new VolleyError(`\`${path}\` does not exist: there is nothing to retry`, {
    exitCode: EXIT.usage,
    hint: 'leave `--retry-failed` out to run all tasks',
  });
}

export function missingResults(path: string, companion: string): VolleyError {
  return new VolleyError(`\`${path}\` is missing, but its companion \`${companion}\` is there`, {
    exitCode: EXIT.usage,
    hint: `restore \`${path}\`; to start over, remove \`${companion}\`, which contains earlier answers and costs`,
  });
}

/**
 * Returns a bug, or an error that already has its message, unchanged; `word` creates the message of
 * any other error.
 */
export function worded(error: unknown, word: (cause: unknown) => VolleyError): unknown {
  const isBug = systemErrorCode(error) === 'UNKNOWN';
  return error instanceof VolleyError || isBug ? error : word(error);
}

/** The error of commands that only read results. */
export function cannotRead(path: string, why: unknown): VolleyError {
  const reason = typeof why === 'string' ? why : reasonOf(why);
  return new VolleyError(`cannot read \`${path}\`: ${reason}`, {
    exitCode: EXIT.usage,
    hint: /[*?]/.test(path)
      ? 'write a pattern without quotes, and check that a file matches it'
      : /^E(?:ACCES|PERM)$/.test(systemErrorCode(why))
        ? 'read it as the user who wrote it: results are private to them'
        : 'pass a file that `volley run -o FILE` wrote',
    ...(typeof why !== 'string' && { cause: why }),
  });
}

export function notAFile(path: string): VolleyError {
  return new VolleyError(`\`${path}\` is not a regular file: a run could not resume from it`, {
    exitCode: EXIT.usage,
    hint: 'choose a file, or leave `--output` out and redirect stdout',
  });
}

export function leadsNowhere(path: string): VolleyError {
  return new VolleyError(`\`${path}\` is a symlink to a file that does not exist`, {
    exitCode: EXIT.usage,
    hint: 'remove it, or pass the file itself with `--output`',
  });
}

export function damaged(
  path: string,
  line: { readonly number: number; readonly offset: number },
  problem: string,
): VolleyError {
  if (line.number === 1 && problem.includes('`v` is missing')) {
    return new VolleyError(`\`${path}\` is not a results file: its first line ${problem}`, {
      exitCode: EXIT.usage,
      hint: 'pass a file that `volley run -o FILE` wrote',
    });
  }
  return new VolleyError(
    `\`${path}\` is damaged: line ${line.number} (byte ${line.offset}) ${problem}`,
    {
      exitCode: EXIT.usage,
      hint: `fix the line or remove it, keeping a copy, then run with \`--resume\`: only the task of a removed line is sent again`,
    },
  );
}

export function cannotOpen(path: string, cause: unknown): VolleyError {
  return new VolleyError(`cannot use \`${path}\` for results: ${reasonOf(cause)}`, {
    exitCode: EXIT.cannotWrite,
    hint:
      systemErrorCode(cause) === 'EEXIST'
        ? 'move it away if no run is using it, or choose another file with `--output`'
        : 'choose a file in a writable folder with `--output`',
    cause,
  });
}

export function cannotWrite(path: string, cause: unknown, unsaved: number): VolleyError {
  const count = unsaved === 1 ? '1 result is' : `${unsaved} results are`;
  return new VolleyError(`cannot write \`${path}\`: ${reasonOf(cause)}; ${count} not saved`, {
    exitCode: EXIT.cannotWrite,
    hint: `${remedyOf(cause)}, then run again with \`--resume\`: what is saved is not sent again`,
    cause,
  });
}
