import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { isCredentialName, withoutPrivateKey } from '../../src/ports/credential-file.ts';

describe('a name that usually means credentials', () => {
  test.each([
    '.git/config',
    '.git',
    'sub/.git/HEAD',
    '.GIT/config',
    '.ssh/config',
    'home/.aws/credentials',
    '.gnupg/secring.gpg',
    '.kube/config',
    '.docker/config.json',
    'a/b/.docker/config.json',
    '.npmrc',
    'packages/web/.npmrc',
    '.NPMRC',
    '.netrc',
    '_netrc',
    '.pypirc',
    '.git-credentials',
    '.env',
    '.env.local',
    '.env.production',
    '.Env',
    'deploy/.env.example.local',
    '.envrc',
    '.env~',
    'deploy/prod.env',
    '.npmrc.bak',
    'id_rsa.old',
    'infra/terraform.tfstate.backup',
    'kubeconfig',
    '.composer/auth.json',
    '.cache/huggingface/token',
    'id_rsa',
    'keys/id_ed25519',
    'server.pem',
    'certificates/tls.PEM',
    'store.p12',
    '.cargo/credentials.toml',
    '.m2/settings.xml',
    '.config/gcloud/application_default_credentials.json',
    String.raw`sub\.git\config`,
  ])('%s is refused', (name) => expect(isCredentialName(name)).toBe(true));

  test.each([
    'README.md',
    '.github/workflows/ci.yml',
    '.gitignore',
    '.gitattributes',
    '.env.example',
    '.env.sample',
    '.env.template',
    '.env.dist',
    'example.env',
    'docs/sample.env',
    'notes.bak',
    'auth.json',
    'src/env.ts',
    'environment',
    'id_rsa.pub',
    'docs/.docker/notes.md',
    'config.json',
    'src/git/config',
    'pem.ts',
    'settings.xml',
  ])('%s is not', (name) => expect(isCredentialName(name)).toBe(false));
});

async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function passes(bytes: Uint8Array, sizes: readonly number[]): Promise<boolean> {
  const chunks = withoutPrivateKey(inPieces(bytes, sizes), () => new Error('found'));
  try {
    for await (const _ of chunks);
    return true;
  } catch {
    return false;
  }
}

const ENCODERS = {
  'utf-8': (text) => Buffer.from(text),
  'utf-16le': (text) => Buffer.from(text, 'utf16le'),
  'utf-16be': (text) => Buffer.from(text, 'utf16le').swap16(),
} satisfies Record<string, (text: string) => Uint8Array>;

test('a private key is found in any encoding, however chunks split it, and nothing else is', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ maxLength: 40 }),
      fc.string({ maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }),
      fc.constantFrom(
        'PRIVATE KEY-----',
        'PRIVATE KEY----',
        'PUBLIC KEY-----',
        'PRIVATE  KEY-----',
      ),
      fc.constantFrom(...Object.values(ENCODERS)),
      async (before, after, sizes, mark, encoded) => {
        const text = `${before}-----BEGIN RSA ${mark}${after}`;
        expect(await passes(encoded(text), sizes)).toBe(!text.includes('PRIVATE KEY-----'));
      },
    ),
    { numRuns: 3_000 },
  );
});
