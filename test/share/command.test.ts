import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openShare } from '../../src/index.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import { ended, folder, recordsIn, startVolley, volley } from '../support/cli.ts';
import { NO_REDIS, startRedis, type TestRedis } from '../support/redis.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'canary-of-the-store-0123456789';

/** The rights that docs/share.md calls sufficient, and two sets of rights that are not. */
const RIGHTS: Readonly<Record<string, string>> = {
  least: /^~volley:.*$/m.exec(readFileSync('docs/share.md', 'utf8'))?.[0] ?? '',
  narrow: '~other:* +@all',
  reader: '~* +@read +@connection',
};

describe('--share', () => {
  test.each([
    ['redis:/x', 'the URL of `--share` has no host'],
    ['not a url', 'the URL of `--share` is not a URL'],
    [`http://:${PASSWORD}@localhost`, 'the URL of `--share` begins with `http://`'],
    [`redis://:${PASSWORD}@localhost/name`, 'the URL of `--share` has a path that is not a number'],
    [`redis://:${PASSWORD}@localhost?a=b`, 'the URL of `--share` has a query or a fragment'],
    [
      `redis://:${PASSWORD}@127.0.0.1:1`,
      '`--share redis://127.0.0.1:1` cannot be reached (ECONNREFUSED)',
    ],
  ])('refuses %s, and prints no password', async (url, message) => {
    const error = await openShare(url).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'VolleyError', message });
    expect(JSON.stringify(error)).not.toContain(PASSWORD);
  });

  test('names the package if it is missing', async () => {
    const hook = `import{registerHooks}from'node:module';registerHooks({resolve(name,context,next){if(name==='ioredis')throw Object.assign(new Error('no'),{code:'ERR_MODULE_NOT_FOUND'});return next(name,context)}})`;
    const { code, stderr } = await volley(
      ['ask', '-m', 'mock/small', 'hi', '--share', 'redis://localhost'],
      {
        env: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(hook)}` },
      },
    );
    expect(stderr).toContain('needs the package `ioredis`, which is not installed');
    expect(stderr).toContain('npm install ioredis');
    expect(code).toBe(2);
  });

  test.each([
    [['--share-budget', 'x'], '`--share-budget` needs `--share`'],
    [
      ['--share', 'redis://localhost', '--share-budget', 'a b'],
      '`--share-budget` must be a name of letters',
    ],
    [['--share', 'redis://localhost', '--share-budget', 'x'], '`--share-budget` needs a budget'],
  ])('with %j is a usage error', async (flags, message) => {
    const { code, stderr } = await volley(['ask', '-m', 'mock/small', 'hi', ...flags]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  test('is planned without Redis, and --shard does not divide what runs share', async () => {
    const cwd = folder({
      'volley.yaml': JSON.stringify({
        defaults: { model: 'local/small', max_tokens: 100 },
        prices: { 'local/small': { input: 1, output: 10 } },
        providers: {
          local: { type: 'openai', base_url: 'http://127.0.0.1:1', limits: { rpm: 4 } },
        },
        budget: { max_cost_usd: 0.0045 },
        tasks: [{ id: 'n', matrix: { n: [1, 2, 3, 4, 5, 6, 7, 8, 9] }, prompt: '{{ matrix.n }}' }],
      }),
    });
    const planned = async (...flags: readonly string[]): Promise<readonly string[]> => {
      const { stdout } = await volley(['plan', '--trust-prices', '--shard', '1/5', ...flags], {
        cwd,
      });
      return stdout.match(/rpm$|above the budget|no other run uses/gm) ?? [];
    };
    const share = ['--share', `redis://:${PASSWORD}@127.0.0.1:1`];
    expect(await planned()).toEqual(['rpm', 'above the budget']);
    expect(await planned(...share)).toEqual(['above the budget', 'no other run uses']);
    expect(await planned(...share, '--share-budget', 'x')).toEqual(['no other run uses']);
  });

  describe.skipIf(NO_REDIS !== '')(`checks its server before anything is sent${NO_REDIS}`, () => {
    let redis: TestRedis;
    beforeAll(async () => {
      const users = ['least', 'narrow', 'reader'].map(
        (name) => `user ${name} on >${PASSWORD} ${RIGHTS[name]}`,
      );
      redis = await startRedis([`requirepass ${PASSWORD}`, ...users]);
    });
    afterAll(() => redis.close());

    test.each([
      ['redis://:wrong@127.0.0.1:PORT', 'the server rejected the user or the password'],
      ['redis://127.0.0.1:PORT', 'the server rejected the user or the password'],
      ['redis://nobody:SECRET@127.0.0.1:PORT', 'the server rejected the user or the password'],
      ['redis://:SECRET@127.0.0.1:PORT/99', 'there is no such database'],
      [
        'redis://narrow:SECRET@127.0.0.1:PORT',
        'the user is not allowed to write keys that begin with',
      ],
      [
        'redis://reader:SECRET@127.0.0.1:PORT',
        'the user is not allowed to write keys that begin with',
      ],
      ['redis://:SECRET@127.0.0.1:TLS', 'cannot be reached'],
      [
        'rediss://:SECRET@127.0.0.1:TLS',
        'the certificate is not trusted: it was issued by an unknown certificate authority',
      ],
    ])('%s', async (url, message) => {
      const error = await openShare(filled(url)).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'VolleyError', exitCode: 4 });
      expect(JSON.stringify([error, String(error)])).toContain(message);
      expect(JSON.stringify([error, String(error)])).not.toContain(PASSWORD);
    });

    test.each([
      [
        'with a user who has few rights, in another database',
        'redis://least:SECRET@127.0.0.1:PORT/3',
      ],
      ['with encryption', 'rediss://:SECRET@llm.example.com:TLS'],
    ])('and runs: %s', async (_, url) => {
      const env = {
        VOLLEY_SHARE: filled(url),
        NODE_EXTRA_CA_CERTS: resolve('test/fixtures/tls/ca.pem'),
        NODE_OPTIONS: `--import ${resolve('test/support/preload-resolver.mjs')}`,
        RESOLVES: 'llm.example.com=127.0.0.1',
      };
      const server = await startServer({ latencyMs: 1_300 });
      onTestFinished(() => server.close());
      const cwd = folder({
        'volley.yaml': JSON.stringify({
          providers: { local: { type: 'openai', api: 'chat', base_url: server.openaiUrl } },
          prices: { 'local/small': { input: 1, output: 10 } },
          tasks: [{ model: 'local/small', prompt: 'hi', max_tokens: 10 }],
        }),
      });
      const flags = ['--trust-prices', '--max-cost-usd', '1', '--share-budget', 'b'];
      const { code, stderr } = await volley(['run', ...flags], { cwd, env });
      expect({ code, notes: stderr.match(/unavailable|Warning.*/g) }).toEqual({
        code: 0,
        notes: null,
      });
      const { Redis } = await import('ioredis');
      const client = new Redis({ port: redis.port, password: PASSWORD });
      onTestFinished(() => client.disconnect());
      await client.select(Number(/\/(\d)$/.exec(url)?.[1] ?? 0));
      expect((await client.keys('volley:1:{*')).length).toBeGreaterThan(3);
    });

    function filled(url: string): string {
      const { port, tlsPort } = redis;
      return url
        .replace('SECRET', PASSWORD)
        .replace('PORT', `${port}`)
        .replace('TLS', `${tlsPort}`);
    }
  });

  test.skipIf(NO_REDIS !== '')(
    `gives a matrix of four shards the records and the cost of one machine${NO_REDIS}`,
    async () => {
      const redis = await startRedis();
      const server = await startServer({ latencyMs: 20 });
      onTestFinished(async () => {
        await server.close();
        await redis.close();
      });
      const cwd = folder({
        'volley.yaml': JSON.stringify({
          defaults: { model: 'local/small', max_tokens: 100 },
          prices: { 'local/small': { input: 1, output: 10 } },
          providers: {
            local: {
              type: 'openai',
              api: 'chat',
              base_url: server.openaiUrl,
              limits: { concurrency: 4 },
            },
          },
          budget: { max_cost_usd: 0.2 },
          tasks: [
            { id: 'n', for_each: Array.from({ length: 40 }, (_, at) => at), prompt: '{{ item }}' },
          ],
        }),
      });
      const flags = ['--trust-prices', '-q'];
      const shards = [1, 2, 3, 4].map((part) => {
        const own = ['--shard', `${part}/4`, '-o', `part-${part}.jsonl`];
        const shared = ['--share', redis.url, '--share-budget', 'nightly'];
        return volley(['run', ...flags, ...own, ...shared], { cwd });
      });
      for (const { code, stderr } of await Promise.all(shards)) expect(code, stderr).toBe(0);
      expect(server.highestConcurrency()).toBeLessThanOrEqual(4);
      expect((await volley(['run', ...flags, '-o', 'one.jsonl'], { cwd })).code).toBe(0);
      const parts = [1, 2, 3, 4].map((part) => `part-${part}.jsonl`);
      expect((await volley(['merge', ...parts, '-o', 'all.jsonl'], { cwd })).code).toBe(0);
      const [all, one] = ['all.jsonl', 'one.jsonl'].map((name) =>
        recordsIn(readFileSync(join(cwd, name), 'utf8')).map(timeless),
      );
      expect(one).toHaveLength(40);
      expect(all).toEqual(one);
    },
  );

  test.skipIf(NO_REDIS !== '')(
    `lets the other runs continue when one is killed, and when Redis is lost and comes back${NO_REDIS}`,
    async () => {
      const redis = await startRedis([`requirepass ${PASSWORD}`]);
      const server = await startServer({ latencyMs: 20 });
      onTestFinished(async () => {
        await server.close();
        await redis.close();
      });
      const cwd = folder({
        'volley.yaml': JSON.stringify({
          providers: {
            local: { type: 'openai', api: 'chat', base_url: server.openaiUrl, limits: { rps: 20 } },
          },
          tasks: [
            {
              id: 'n',
              model: 'local/small',
              for_each: Array.from({ length: 300 }, (_, at) => at),
              prompt: '{{ item }}',
            },
          ],
        }),
      });
      const share = `redis://:${PASSWORD}@127.0.0.1:${redis.port}`;
      const runs = [1, 2, 3].map((part) =>
        startVolley(
          [
            'run',
            '--share',
            share,
            '--shard',
            `${part}/3`,
            '-o',
            `${part}.jsonl`,
            '--max-work',
            '10m',
          ],
          { cwd },
        ),
      );
      const all = Promise.all(runs.map((child) => ended(child)));
      await until(() => server.requests.length >= 60);
      runs[2]?.kill('SIGKILL');
      await until(() => server.requests.length >= 90);
      await redis.kill();
      await until(() => server.requests.length >= 120);
      await redis.start();
      const [first, second] = await all;
      for (const { code, stderr } of [first, second].flatMap((each) => each ?? [])) {
        expect(code, stderr).toBe(0);
        expect(
          stderr.match(/is unavailable: until it is back, this run uses one of \d equal parts/g),
        ).toHaveLength(1);
        expect(stderr.match(/is back: limits are shared again/g)).toHaveLength(1);
        expect(stderr).not.toContain(PASSWORD);
      }
    },
  );
});

/** What two runs of the same work have in common. */
function timeless(record: ResultRecord): Partial<ResultRecord> {
  const {
    queued_ms: _q,
    duration_ms: _d,
    started_at: _s,
    finished_at: _f,
    waited: _w,
    ...rest
  } = record;
  const { request_id: _r, seal: _seal, ...same } = rest;
  return same;
}
