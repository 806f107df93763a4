import type { CommandSpec } from './command-spec.ts';

export const SCHEMA_NAMES = [
  'manifest',
  'result',
  'summary',
  'plan',
  'against',
  'simulation',
  'limits',
  'doctor',
  'progress',
] as const;

/** Shells with completion. */
export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** Commands that set something up. */
export const SETUP_COMMANDS = {
  init: {
    usage: 'init [file]',
    description: 'Write a commented starter manifest (volley.yaml) and its schema',
    flags: ['overwrite'],
    flagTexts: { overwrite: 'Replace an existing file' },
    examples: ['volley init', 'volley init prompts/review.yaml'],
    maxArguments: 1,
  },
  completion: {
    usage: 'completion <shell>',
    description: `Print a completion script for your shell: ${SHELLS.join(', ')}`,
    flags: [],
    examples: [
      'echo "source <(volley completion bash)" >> ~/.bashrc',
      'volley completion zsh > "${fpath[1]}/_volley"',
      'volley completion fish > ~/.config/fish/completions/volley.fish',
      'volley completion powershell | Out-String | Invoke-Expression',
    ],
    maxArguments: 1,
    argument: { words: SHELLS },
  },
  schema: {
    usage: 'schema [name]',
    description: `Print a JSON Schema: ${SCHEMA_NAMES.join(', ')}`,
    flags: [],
    examples: ['volley schema > manifest.schema.json', 'volley schema result'],
    maxArguments: 1,
    argument: { words: SCHEMA_NAMES },
  },
} as const satisfies Record<string, CommandSpec>;
