import type { Flag } from './flag.ts';

/** What to send, and to which model. */
export const PROMPT_FLAGS = {
  model: { alias: 'm', value: 'PROVIDER/MODEL', description: 'Model for every task' },
  'base-url': {
    value: 'URL',
    description: 'Send the prompts to this server; --allow-host HOST=VAR names the key for it',
  },
  file: {
    alias: 'f',
    value: 'FILE',
    description: 'Read tasks: one per line, a JSON list, or a manifest as JSON',
  },
  set: { value: 'K=V', repeatable: true, description: 'Set {{ vars.K }} to V' },
  context: {
    value: 'TEXT',
    repeatable: true,
    description: 'Shared text before every prompt, after the manifest’s own',
  },
  'context-file': {
    value: 'FILE',
    repeatable: true,
    description: 'Like --context, read from a file',
  },
  'max-tokens': { value: 'N', description: 'Maximum output tokens per task' },
} as const satisfies Record<string, Flag>;
