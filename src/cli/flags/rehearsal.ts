import type { Flag } from './flag.ts';

/** Ways to learn about a run without sending anything. */
export const REHEARSAL_FLAGS = {
  'dry-run': {
    withWord: { exact: 'exact' },
    description: 'Estimate tokens, cost and duration, like `volley plan` (=exact: see --exact)',
  },
  exact: { description: 'Let the providers count the input tokens; free, but needs keys' },
  online: {
    description:
      'Also ask each provider for its models; free, and checks hosts, keys and model names',
  },
  graph: { description: 'Print the dependencies between tasks, as a tree and as Mermaid' },
  permissions: {
    description:
      'List the files the manifest reads and writes, the hosts it contacts and the variables it uses',
  },
  simulate: { description: 'Simulate the whole run on a virtual clock; no requests, no keys' },
  latency: {
    value: 'D',
    description: 'With --simulate: how long each answer takes, such as 2s or 500ms..3s',
  },
  'error-rate': {
    value: 'SHARE',
    description: 'With --simulate: share of attempts that fail, such as 5%',
  },
  seed: {
    default: '1',
    value: 'N',
    description: 'With --simulate or --sample: the same seed makes the same choices',
  },
} as const satisfies Record<string, Flag>;
