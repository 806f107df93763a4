import type { Flag } from './flag.ts';

/** Which tasks of a manifest to run. */
export const SELECTION_FLAGS = {
  only: {
    value: 'PATTERN',
    repeatable: true,
    description:
      'Run only tasks whose id (key:VALUE: whose row key) matches, and what they need; * matches anything',
  },
  skip: { value: 'PATTERN', repeatable: true, description: 'Leave out tasks whose id matches' },
  tag: { value: 'TAG', repeatable: true, description: 'Run only tasks with this tag' },
  first: { value: 'N', description: 'Run only the first N tasks, in manifest order' },
  sample: { value: 'N', description: 'Run only N random tasks' },
  models: {
    value: 'A,B',
    description: 'With one results file: compare these two models in it',
  },
  against: {
    value: 'BASE',
    description:
      'Only what is new or changed since BASE: a git branch, tag or commit, or a results file (.jsonl)',
  },
  show: { description: 'With --against: show the words that changed in the first 20 tasks' },
  'against-tip': {
    description: 'With --against: compare with BASE itself, not with the merge base',
  },
  shard: {
    value: 'I/N',
    description:
      'Run the I-th of N parts, each with its share of the budget and, without --share, of the limits',
  },
} as const satisfies Record<string, Flag>;
