import { messageOf } from '../errors/failure.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { isCertificate } from '../providers/connection-problem.ts';
import { certificateWords } from '../providers/connection-problem.ts';
import type { ShareAddress } from './share-url.ts';

/** Errors from a Redis that cannot be used, and what to do about each. */
const ANSWERS: ReadonlyArray<{
  readonly test: RegExp;
  readonly message: string;
  readonly hint: string;
}> = [
  {
    test: /NOPERM/,
    message: 'the user is not allowed to write keys that begin with `volley:`',
    hint: 'give it the rights that docs/share.md lists',
  },
  {
    test: /WRONGPASS|NOAUTH|invalid (?:username|password)/i,
    message: 'the server rejected the user or the password',
    hint: 'check both in the URL: `redis://USER:PASSWORD@HOST:PORT`',
  },
  {
    test: /DB index|SELECT is not allowed/i,
    message: 'there is no such database',
    hint: 'check the number at the end of the URL',
  },
  {
    test: /READONLY/,
    message: 'the server is a replica, which does not accept writes',
    hint: 'use the address of the primary',
  },
  {
    test: /MOVED|CLUSTERDOWN|CROSSSLOT/,
    message: 'the server is part of a Redis Cluster, which is not supported',
    hint: 'use a Redis or Valkey that is not a cluster',
  },
  {
    test: /syntax error|unknown (?:redis )?command/i,
    message: 'the server is too old, or lacks streams or scripts',
    hint: 'use Redis 6.2 or later, or Valkey',
  },
];

/**
 * Reports only the kind of failure, because the client's error may contain what the client sent.
 */
export function unusable({ shown, isEncrypted }: ShareAddress, error: unknown): VolleyError {
  const answer = ANSWERS.find(({ test }) => test.test(messageOf(error)));
  if (answer) return refused(`\`--share ${shown}\`: ${answer.message}`, answer.hint);
  const found =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  const code = typeof found === 'string' ? found : '';
  if (isCertificate(code)) {
    const message = `\`--share ${shown}\`: the certificate is not trusted: ${certificateWords(code)}`;
    return refused(message, 'set `NODE_EXTRA_CA_CERTS` to the file with its CA certificate');
  }
  const why = code === '' ? '' : ` (${code})`;
  const other = isEncrypted ? '`redis://` (not encrypted)' : '`rediss://` (encrypted)';
  return refused(
    `\`--share ${shown}\` cannot be reached${why}`,
    `check the address, and whether it should begin with ${other}`,
  );
}

function refused(message: string, hint: string): VolleyError {
  return new VolleyError(message, { exitCode: EXIT.provider, hint });
}
