import * as fc from 'fast-check';
import { afterAll } from 'vitest';
import { endWarm } from './warm.ts';

// A change is judged by what it changes: every run of the check draws the same values. Others: `VOLLEY_TEST_SEED=$RANDOM npm run unit`.
fc.configureGlobal({ seed: Number(process.env['VOLLEY_TEST_SEED'] ?? 1) });

afterAll(endWarm);
