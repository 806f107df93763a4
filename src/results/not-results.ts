import { EXIT, VolleyError } from '../errors/volley-error.ts';

/** A file that no run has written: neither read nor replaced. */
export function notResults(path: string): VolleyError {
  return new VolleyError(`\`${path}\` is not a results file, and it is left alone`, {
    exitCode: EXIT.usage,
    hint: 'name another file with `--output`, or move this one away',
  });
}
