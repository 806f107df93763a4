import type { Flag } from './flag.ts';

/** Limits on the work that a manifest can cause. */
export const BOUND_FLAGS = {
  'max-tasks': { default: '1M', value: 'N', description: 'Maximum tasks per manifest' },
  'max-files': { default: '100k', value: 'N', description: 'Maximum files that globs match' },
  'max-matrix': {
    default: '100k',
    value: 'N',
    description: 'Maximum combinations of a matrix, including samples',
  },
  'max-prompt-chars': { default: '16M', value: 'N', description: 'Maximum characters per prompt' },
  'older-than': { default: '90d', value: 'D', description: 'Remove answers older than this' },
  'max-bytes': {
    default: '1 GiB',
    value: 'N',
    description: 'Remove the oldest answers until at most N bytes are left',
  },
  'max-work': {
    default: '5s',
    value: 'D',
    description: 'CPU time for templates, schemas and globs; each task adds 10ms',
  },
} as const satisfies Record<string, Flag>;
