/**
 * The AWS SDK's adaptive retry mode around an SDK call, from its own package with its own rate
 * limiter.
 */
import { createRequire } from 'node:module';
import { pause } from '../pause.ts';
import { MAX_AT_ONCE } from './client.ts';
import { openSdkJob, retryAfterMs, workOff } from './sdk-job.ts';

interface RetryToken {
  getRetryDelay(): number;
}

interface Strategy {
  acquireInitialRetryToken(scope: string): Promise<RetryToken>;
  /** Throws if there are no attempts left. */
  refreshRetryTokenForRetry(
    token: RetryToken,
    error: { readonly errorType: string; readonly error: unknown; readonly retryAfterHint?: Date },
  ): Promise<RetryToken>;
  recordSuccess(token: RetryToken): void;
}

interface Module {
  readonly AdaptiveRetryStrategy: new (maxAttempts: () => Promise<number>) => Strategy;
}

const { job, rows, call, record } = openSdkJob();
const require = createRequire(`${job.packages}/package.json`);
const { AdaptiveRetryStrategy }: Module = require('@smithy/util-retry');
const strategy = new AdaptiveRetryStrategy(async () => 10);

await workOff(rows(), MAX_AT_ONCE, async (row) => {
  let token = await strategy.acquireInitialRetryToken('bench');
  for (;;) {
    try {
      record(row, await call(row));
      strategy.recordSuccess(token);
      return;
    } catch (error) {
      const askedMs = retryAfterMs(error);
      token = await strategy.refreshRetryTokenForRetry(token, {
        errorType: 'THROTTLING',
        error,
        ...(askedMs === undefined ? {} : { retryAfterHint: new Date(Date.now() + askedMs) }),
      });
      await pause(token.getRetryDelay());
    }
  }
});
