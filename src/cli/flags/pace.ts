import { RUN_MODES } from '../../manifest/manifest.ts';
import type { Flag } from './flag.ts';

/** Speed, duration and retries. */
export const PACE_FLAGS = {
  'max-concurrent': {
    default: '64',
    alias: 'j',
    value: 'N',
    description: 'Requests in flight across all providers',
  },
  'max-retries': { default: '3', value: 'N', description: 'Retries per task; 0 for none' },
  'retry-delay': {
    default: '1s',
    value: 'D',
    description: 'First wait before a retry; it doubles each time',
  },
  mode: {
    default: 'realtime',
    value: 'MODE',
    choices: RUN_MODES,
    description: 'How tasks are sent: realtime, flex, batch or auto; see docs/batch.md',
  },
  deadline: {
    value: 'D',
    description: 'With --mode auto: time until all answers must be ready, such as 6h',
  },
  detach: { description: 'With --mode batch: submit, and leave the batches running; exit 5' },
  resubmit: {
    description: 'With --resume: resend rows that may or may not have been received',
  },
  timeout: { default: '10m', value: 'D', description: 'Timeout per attempt, such as 90s' },
  'fail-fast': { description: 'Start no more tasks after the first failure' },
  grace: {
    default: '60s on a terminal, otherwise 7s',
    value: 'D',
    description: 'Time for requests in flight after Ctrl-C or TERM',
  },
  share: {
    value: 'URL',
    description:
      'Share limits with all runs that use the same key, through Redis at redis://HOST:PORT (or set VOLLEY_SHARE)',
  },
  'no-learn': { description: 'Neither load nor save learned rate limits' },
} as const satisfies Record<string, Flag>;
