import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isDeep } from './scale.ts';

/** Why tests that need Redis are skipped, for their titles; empty where they run. */
export const NO_REDIS = whySkipped();

function whySkipped(): string {
  if (!isDeep) return ' [skipped: part of npm run test:deep]';
  return hasRedis() ? '' : ' [skipped: no redis-server on the PATH]';
}

const TLS_FILES = resolve(import.meta.dirname, '../fixtures/tls');

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** The port for TLS. The certificate is for `llm.example.com`. */
  readonly tlsPort: number;
  /** Kills the server as kill -9 does; nothing is kept. */
  kill(): Promise<void>;
  /** Starts an empty server on the same port. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A Redis server on a free loopback port that keeps nothing on disk. `settings` are additional
 * lines of its configuration.
 */
export async function startRedis(settings: readonly string[] = []): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'volley-redis-'));
  const [port, tlsPort] = [await freePort(), await freePort()];
  const configuration = join(folder, 'redis.conf');
  writeFileSync(
    configuration,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      'save ""',
      `dir ${folder}`,
      ...settings,
      `tls-port ${tlsPort}`,
      'tls-auth-clients no',
      ...['cert-file good.pem', 'key-file good.key', 'ca-cert-file ca.pem'].map(
        (line) => `tls-${line.replace(' ', ` ${TLS_FILES}/`)}`,
      ),
    ].join('\n'),
  );
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    child = spawn('redis-server', [configuration], { stdio: 'ignore' });
    for (let tries = 0; !(await answers(port)); tries += 1) {
      if (tries > 200) throw new Error('redis-server does not start');
    }
  }

  async function kill(): Promise<void> {
    if (!child) return;
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
    child = undefined;
  }

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    tlsPort,
    kill,
    start,
    async close() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function hasRedis(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.end();
      resolve(true);
    });
    socket.once('error', () => setTimeout(() => resolve(false), 25));
  });
}
