import { RESULT_FILES, type CommandSpec } from './command-spec.ts';

/** Commands for a results file. */
export const RESULT_COMMANDS = {
  prune: {
    usage: 'prune <results>',
    description:
      'Remove superseded answers and those of removed tasks from the file next to the results',
    flags: [],
    examples: ['volley prune results.jsonl'],
    maxArguments: 1,
    argument: RESULT_FILES,
  },
} as const satisfies Record<string, CommandSpec>;
