/**
 * Whether a file with this path usually holds credentials. The path is relative to the root, with
 * `/` or `\`. Case is ignored, because some file systems ignore it.
 */
export function isCredentialName(path: string): boolean {
  const parts = path.toLowerCase().replace(BACKUP_END, '').split(/[\\/]/);
  const name = parts.at(-1) ?? '';
  return (
    parts.some((part) => FOLDERS.has(part)) ||
    NAMES.has(name) ||
    NAME_ENDS.test(name) ||
    isEnvironmentFile(name) ||
    PATHS.some((known) => parts.join('/') === known || parts.join('/').endsWith(`/${known}`))
  );
}

/** Whether the bytes contain a private key in text form, in UTF-8 or UTF-16. */
export function holdsPrivateKey(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return KEY_MARKS.some((mark) => buffer.includes(mark));
}

/** Part of the first line of any private key in text form: `-----BEGIN PRIVATE KEY-----`. */
const KEY_MARK = 'PRIVATE KEY-----';
/** Without its last byte, the mark in UTF-16 is the same in either byte order. */
const WIDE_MARK = Buffer.from(KEY_MARK, 'utf16le').subarray(0, -1);
const KEY_MARKS = [Buffer.from(KEY_MARK), WIDE_MARK];

/**
 * Passes chunks on until a private key appears, even one split across chunks; then throws
 * `found()`.
 */
export async function* withoutPrivateKey(
  chunks: AsyncIterable<Uint8Array>,
  found: () => Error,
): AsyncGenerator<Uint8Array> {
  const most = WIDE_MARK.length - 1;
  let end: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    const seam = Buffer.concat([end, chunk.subarray(0, most)]);
    if (holdsPrivateKey(seam) || holdsPrivateKey(chunk)) throw found();
    // A copy, because the consumer may overwrite the chunk.
    end = Buffer.concat([end, chunk.subarray(-most)]).subarray(-most);
    yield chunk;
  }
}

/** What editors and people append to the name of a copy. */
const BACKUP_END = /(?:~|\.(?:bak|backup|old|orig|save|swp))$/;

/** Every file in these folders counts as credentials. */
const FOLDERS: ReadonlySet<string> = new Set([
  '.git',
  '.hg',
  '.svn',
  '.ssh',
  '.aws',
  '.azure',
  '.gnupg',
  '.kube',
  '.terraform.d',
  '.password-store',
]);

const NAMES: ReadonlySet<string> = new Set([
  '.npmrc',
  '.yarnrc',
  '.netrc',
  '_netrc',
  '.pypirc',
  '.git-credentials',
  '.envrc',
  '.pgpass',
  '.my.cnf',
  '.htpasswd',
  '.s3cfg',
  '.boto',
  '.dockercfg',
  '.dockerconfigjson',
  '.vault-token',
  '.terraformrc',
  'terraform.tfstate',
  'kubeconfig',
  '.databrickscfg',
  '.flyrc',
  '.bash_history',
  '.zsh_history',
  '.credentials',
  'id_rsa',
  'id_dsa',
  'id_ecdsa',
  'id_ecdsa_sk',
  'id_ed25519',
  'id_ed25519_sk',
]);

/** Keys and key stores. */
const NAME_ENDS = /\.(?:pem|p12|pfx|ppk|jks|keystore|kdbx)$/;

const PATHS: readonly string[] = [
  '.docker/config.json',
  '.cargo/credentials',
  '.cargo/credentials.toml',
  '.gem/credentials',
  '.m2/settings.xml',
  '.composer/auth.json',
  '.config/composer/auth.json',
  '.config/doctl/config.yaml',
  '.config/rclone/rclone.conf',
  '.pulumi/credentials.json',
  '.snowflake/connections.toml',
  '.huggingface/token',
  '.cache/huggingface/token',
  '.config/gh/hosts.yml',
  '.config/gcloud/credentials.db',
  '.config/gcloud/application_default_credentials.json',
];

/** `.env`, `.env.local` and `prod.env`, but not templates such as `.env.example`. */
function isEnvironmentFile(name: string): boolean {
  return /^\.env(?:\.|$)|\.env$/.test(name) && !EXAMPLE.test(name);
}

const EXAMPLE = /(?:^|\.)(?:example|sample|template|dist)(?:\.env)?$/;
