import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Peer {
  readonly packages: readonly string[];
}

/** The clients that are measured along with Volley. None of them is a dependency of the project. */
export const PEERS = {
  pQueue: { packages: ['p-queue@10.0.0'] },
  awsRetry: { packages: ['@smithy/util-retry@4.6.2'] },
  // Installed without its optional packages (browsers, models, clouds), except one that its
  // database needs.
  promptfoo: { packages: ['promptfoo@0.123.1', `@libsql/${process.platform}-${libc()}@0.5.29`] },
} as const satisfies Record<string, Peer>;

export type PeerName = keyof typeof PEERS;

/** The folder of each peer that is installed; the others could not be installed. */
export type Installed = Readonly<Partial<Record<PeerName, string>>>;

/**
 * Installs peers in the system's folder for temporary files, where later runs find them again. A
 * peer that cannot be installed is reported and left out.
 */
export async function install(
  names: readonly PeerName[],
  tell: (line: string) => void,
): Promise<Installed> {
  const installed: Partial<Record<PeerName, string>> = {};
  for (const name of names) {
    const { packages } = PEERS[name];
    const folder = join(tmpdir(), 'volley-bench', packages.join('+').replaceAll(/[@/]+/g, '-'));
    if (!existsSync(join(folder, 'installed'))) {
      tell(`installing ${packages.join(' ')} into ${folder}`);
      const problem = await npmInstall(folder, packages);
      if (problem !== undefined) {
        tell(`${packages[0]} cannot be installed here and is left out: ${problem}`);
        continue;
      }
      writeFileSync(join(folder, 'installed'), '');
    }
    installed[name] = folder;
  }
  return installed;
}

function npmInstall(folder: string, packages: readonly string[]): Promise<string | undefined> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  const options = ['--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund'];
  return new Promise((done) => {
    const npm = spawn('npm', ['install', ...options, ...packages], { cwd: folder });
    let said = '';
    npm.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    npm.once('error', (error) => done(error.message));
    npm.once('close', (code) => done(code === 0 ? undefined : lastLine(said)));
  });
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? 'npm failed';
}

/** `x64-gnu` on most Linux systems, `arm64` on others. */
function libc(): string {
  return process.platform === 'linux' ? `${process.arch}-gnu` : process.arch;
}

/** The name and version of each client that was measured. */
export function versionOf(name: PeerName): string {
  return PEERS[name].packages[0];
}

export function volleyVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'));
  return version;
}
