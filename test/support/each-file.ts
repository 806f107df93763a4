import * as fc from 'fast-check';
import { afterAll } from 'vitest';
import { endWarm } from './warm.ts';

// All runs draw the same random values, so that a result depends only on the change. For other
// values: `VOLLEY_TEST_SEED=$RANDOM npm run unit`.
fc.configureGlobal({ seed: Number(process.env['VOLLEY_TEST_SEED'] ?? 1) });

afterAll(endWarm);
