import { EXIT, VolleyError } from '../errors/volley-error.ts';

/** A file that no run has written: neither read nor replaced. */
export function notResults(path: string): VolleyError {
  return new VolleyError(`\`${path}\` is not a results file, and it is left alone`, {
    exitCode: EXIT.usage,
    hint: 'name a file that `volley run -o FILE` wrote; to write here, move this file away',
  });
}
