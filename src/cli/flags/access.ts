import type { Flag } from './flag.ts';

/** Hosts, keys and files that a manifest may use. */
export const ACCESS_FLAGS = {
  'allow-host': {
    value: 'HOST[:PORT][=VAR]',
    repeatable: true,
    description: 'Let the manifest send requests to this host, with the key in VAR',
  },
  'allow-http': {
    value: 'HOST[:PORT][=VAR]',
    repeatable: true,
    description: 'Like --allow-host, for a host without encryption',
  },
  'allow-path': {
    value: 'PATH',
    repeatable: true,
    description: 'Let the manifest read this file, or files below this folder',
  },
  'keys-file': {
    value: 'FILE',
    description:
      'Read keys from this file, one NAME=value per line; variables that are already set take precedence',
  },
} as const satisfies Record<string, Flag>;
