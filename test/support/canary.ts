import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

/**
 * Secrets in the environment of every command that the tests run, under one name that sounds like a
 * secret and one that does not. Nothing that a command prints or writes to a file may contain one.
 */
export const CANARIES: Readonly<Record<string, string>> = {
  CANARY_DEPLOY_TOKEN: 'canary-tok-8Vw2nQx5Zr7LkT3p',
  CANARY_HOME_PAGE: 'https://me:canary-pass-4Hd9sYb6@canary.example/?q=canary-plain-1Jf7mGc3',
};

/** The key that most tests send to their own server. */
const SENT_KEY = 'test-key-0123456789abcdef';

const SECRETS = [
  'canary-tok-8Vw2nQx5Zr7LkT3p',
  'canary-pass-4Hd9sYb6',
  'canary-plain-1Jf7mGc3',
  SENT_KEY,
];

/** How each secret may be written, in lower case. */
const SPELLINGS: ReadonlyMap<string, string> = new Map(
  SECRETS.flatMap((secret) => {
    const base64 = [0, 1, 2].map((before) =>
      Buffer.from(`${'x'.repeat(before)}${secret}`)
        .toString('base64')
        .slice(4, -4),
    );
    const hex = Buffer.from(secret).toString('hex');
    return [secret, encodeURIComponent(secret), hex, ...base64].map((spelling) => [
      spelling.toLowerCase(),
      secret,
    ]);
  }),
);

/** The secrets in text, in any spelling. */
export function leaksIn(text: string): readonly string[] {
  const folded = text.toLowerCase();
  const found = [...SPELLINGS].filter(([spelling]) => folded.includes(spelling));
  return [...new Set(found.map(([, secret]) => secret))];
}

/** Where a secret leaked, and which ones. */
export interface Leak {
  readonly where: string;
  readonly secrets: readonly string[];
}

/** Everything below a folder that contains a secret. Pipes and links are skipped. */
export function leaksBelow(folder: string): readonly Leak[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.flatMap((name) => {
    const path = join(folder, name);
    if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) return [];
    const secrets = leaksIn(readFileSync(path, 'latin1'));
    return secrets.length === 0 ? [] : [{ where: path, secrets }];
  });
}

/**
 * Records what arrives on a stream, whether or not anyone reads it, and looks for secrets in it.
 */
export function watchedStream(stream: Readable, where: string): () => readonly Leak[] {
  const chunks: Buffer[] = [];
  const push = stream.push.bind(stream);
  stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    return push(chunk, encoding);
  };
  return () => {
    const secrets = leaksIn(Buffer.concat(chunks).toString('latin1'));
    return secrets.length === 0 ? [] : [{ where, secrets }];
  };
}
