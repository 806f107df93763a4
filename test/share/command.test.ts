import { describe, expect, onTestFinished, test } from 'vitest';
import { openShare } from '../../src/index.ts';
import { ended, folder, startVolley, volley } from '../support/cli.ts';
import { NO_REDIS, startRedis } from '../support/redis.ts';
import { startServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'canary-of-the-store-0123456789';

describe('--share', () => {
  test.each([
    ['redis:/x', 'the URL of `--share` names no host'],
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

  test('names the package where it is missing', async () => {
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
      '`--share-budget` takes a name of letters',
    ],
    [['--share', 'redis://localhost', '--share-budget', 'x'], '`--share-budget` needs a budget'],
  ])('with %j is a usage error', async (flags, message) => {
    const { code, stderr } = await volley(['ask', '-m', 'mock/small', 'hi', ...flags]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  test.skipIf(NO_REDIS !== '')(
    `lets the others continue when one is killed, and when Redis goes away and comes back${NO_REDIS}`,
    async () => {
      const redis = await startRedis({ password: PASSWORD });
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
