import { RESULT_FILES, type CommandSpec } from './command-spec.ts';

const ANY_SEAL = 'Do not point out answers that were not sealed with your key';

/** Commands for a results file. */
export const RESULT_COMMANDS = {
  report: {
    usage: 'report <results>',
    description: 'What a results file holds: totals, cost, failures, outliers, agreement of models',
    flags: ['format', 'json', 'markdown', 'junit', 'trust-results'],
    flagTexts: { 'trust-results': ANY_SEAL },
    examples: [
      'volley report results.jsonl',
      'volley report results.jsonl --format markdown >> "$GITHUB_STEP_SUMMARY"',
      'volley report results.jsonl --junit results.xml',
    ],
    maxArguments: 1,
    argument: RESULT_FILES,
  },
  diff: {
    usage: 'diff <results> [results]',
    description: 'Which answers differ between two results files, or between two models in one',
    flags: ['format', 'json', 'models', 'all', 'trust-results'],
    flagTexts: { 'trust-results': ANY_SEAL },
    examples: [
      'volley diff before.jsonl after.jsonl',
      'volley diff results.jsonl --models anthropic/claude-haiku-5-5,openai/gpt-6.1-sol',
      'volley diff before.jsonl after.jsonl --json | jq .agreement',
    ],
    maxArguments: 2,
    argument: RESULT_FILES,
  },
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
