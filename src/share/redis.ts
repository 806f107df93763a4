import { messageOf } from '../errors/failure.ts';
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { Redis } from 'ioredis';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { sleep, type Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { createServerClock, type ServerClock } from './server-clock.ts';
import { PROBE } from './lane-scripts.ts';
import { readShareUrl, type ShareAddress } from './share-url.ts';
import { unusable } from './redis-errors.ts';

/**
 * Two connections to one Redis: one for commands, and one that waits for news. This is the only
 * module that imports ioredis.
 */
export interface RedisStore {
  /** Rejects immediately if there is no connection, and after a while if there is no answer. */
  run(
    script: string,
    keys: readonly string[],
    args: ReadonlyArray<string | number>,
  ): Promise<unknown>;
  /** The entries of a stream after this id. */
  range(key: string, afterId: string): Promise<unknown>;
  /** Calls `onNews` with the new entries of these streams, until closed. */
  follow(
    lastIds: () => ReadonlyMap<string, string>,
    onNews: (key: string, entries: unknown) => void,
  ): void;
  /**
   * The number of connections so far, because a failure of an earlier connection says nothing about
   * this one.
   */
  connections(): number;
  readonly clock: ServerClock;
  newId(): string;
  /** `redis://host:6379`, without user and password. */
  readonly shown: string;
  close(): Promise<void>;
}

export interface RedisOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** `onLost` is called when the connection is lost, `onBack` when it is back. */
  readonly onLost: () => void;
  readonly onBack: () => void;
}

const CONNECT_MS = 5_000;
/** A server that does not answer for this long counts as lost. */
const ANSWER_MS = 2_000;
const RECONNECT_MS = { first: 50, longest: 1_000 };
/** A new lane is followed after at most this time. */
const NEWS_MS = 250;
/**
 * News is read in batches this far apart. A claim does not wait for them: its reply contains what
 * the run missed.
 */
const NEWS_APART_MS = 10;
const MOST_NEWS = 1_000;

/** Throws a `VolleyError` if the server cannot be reached, or the package is missing. */
export async function connectRedis(url: string, options: RedisOptions): Promise<RedisStore> {
  const { clock, random, onLost, onBack } = options;
  const address = readShareUrl(url);
  const { shown } = address;
  const Client = await loadClient(shown);
  const commands = newClient(Client, address, { commandTimeout: ANSWER_MS });
  const news = newClient(Client, address, {});
  const shas = new Map<string, string>();
  const closing = new AbortController();
  let isReady = false;
  let connections = 1;

  /** More specific than the reason that the promise of a connection rejects with. */
  let latestError: unknown;
  for (const client of [commands, news]) {
    client.on('error', (error: unknown) => {
      latestError = error;
      // The client handles only a socket's first error; an encrypted socket may have another as it
      // closes.
      client.stream?.on('error', () => {});
    });
  }
  try {
    await Promise.all([commands.connect(), news.connect()]);
    // The client would continue with database 0.
    if (address.database > 0) await commands.select(address.database);
    await commands.eval(PROBE, 1, 'volley:1:{probe}');
  } catch (error) {
    commands.disconnect();
    news.disconnect();
    throw unusable(address, latestError ?? error);
  }
  isReady = true;
  commands.on('ready', () => {
    isReady = true;
    connections += 1;
    onBack();
  });
  commands.on('close', () => {
    if (isReady && !closing.signal.aborted) onLost();
    isReady = false;
  });

  function shaOf(script: string): string {
    const known = shas.get(script);
    if (known !== undefined) return known;
    const sha = createHash('sha1').update(script).digest('hex');
    shas.set(script, sha);
    return sha;
  }

  /** Opens new connections, because a server that hangs keeps the old ones open. */
  function giveUp(error: unknown): never {
    if (messageOf(error) === TIMED_OUT && isReady) {
      commands.disconnect(true);
      news.disconnect(true);
    }
    throw error;
  }

  return {
    shown,
    connections: () => connections,
    clock: createServerClock(() => clock.now()),
    newId: () =>
      `${Math.floor(random() * 2 ** 52).toString(36)}${Math.floor(random() * 2 ** 52).toString(36)}`,
    async run(script, keys, args) {
      try {
        return await commands.evalsha(shaOf(script), keys.length, ...keys, ...args);
      } catch (error) {
        if (!messageOf(error).startsWith('NOSCRIPT')) return giveUp(error);
        return await commands.eval(script, keys.length, ...keys, ...args).catch(giveUp);
      }
    },
    range: (key, afterId) => commands.xrange(key, `(${afterId}`, '+').catch(giveUp),
    follow(lastIds, onNews) {
      void (async () => {
        while (!closing.signal.aborted) {
          const ids = lastIds();
          if (ids.size === 0) {
            await sleep(clock, RECONNECT_MS.first);
            continue;
          }
          try {
            const reply: unknown = await news.xread(
              'COUNT',
              MOST_NEWS,
              'BLOCK',
              NEWS_MS,
              'STREAMS',
              ...ids.keys(),
              ...ids.values(),
            );
            if (!Array.isArray(reply)) continue;
            for (const [key, entries] of reply) onNews(String(key), entries);
            // News is read in batches, because each read costs as much as what it reads.
            await sleep(clock, NEWS_APART_MS);
          } catch {
            if (!closing.signal.aborted) await sleep(clock, RECONNECT_MS.first);
          }
        }
      })();
    },
    async close() {
      closing.abort();
      news.disconnect();
      await commands.quit().catch(() => {});
      commands.disconnect();
    },
  };
}

const TIMED_OUT = 'Command timed out';

type ClientClass = typeof Redis;

/** Loaded only if runs share limits. */
async function loadClient(shown: string): Promise<ClientClass> {
  try {
    return (await import('ioredis')).Redis;
  } catch (error) {
    throw new VolleyError(
      `\`--share ${shown}\` needs the package \`ioredis\`, which is not installed`,
      {
        exitCode: EXIT.usage,
        hint: 'install it next to Volley: `npm install ioredis` (with `--global` if Volley is installed globally)',
        cause: error,
      },
    );
  }
}

function newClient(
  Client: ClientClass,
  { host, port, username, password, database, isEncrypted }: ShareAddress,
  own: { readonly commandTimeout?: number },
): Redis {
  return new Client({
    host,
    port,
    db: database,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(isEncrypted && { tls: isIP(host) === 0 ? { servername: host } : {} }),
    ...own,
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    enableOfflineQueue: false,
    // The ready check needs a permission of its own, and prints a warning without it.
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) =>
      Math.min(RECONNECT_MS.first * 2 ** Math.min(times, 6), RECONNECT_MS.longest),
    reconnectOnError: null,
  });
}
