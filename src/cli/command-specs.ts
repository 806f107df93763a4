import { CHECKING_COMMANDS } from './command-specs/checking.ts';
import type { CommandSpec } from './command-specs/command-spec.ts';
import { RESULT_COMMANDS } from './command-specs/results.ts';
import { RUNNING_COMMANDS } from './command-specs/running.ts';
import { SETUP_COMMANDS } from './command-specs/setup.ts';

/** All commands. `main.ts` loads their implementations. */
export const COMMANDS = {
  ...RUNNING_COMMANDS,
  ...CHECKING_COMMANDS,
  ...RESULT_COMMANDS,
  ...SETUP_COMMANDS,
} as const;

export type CommandName = keyof typeof COMMANDS;

/** In the order of the help text and the docs. */
export const COMMAND_GROUPS: ReadonlyArray<{
  readonly title: string;
  readonly commands: Readonly<Partial<Record<CommandName, CommandSpec>>>;
}> = [
  { title: 'Run', commands: RUNNING_COMMANDS },
  { title: 'Check first', commands: CHECKING_COMMANDS },
  { title: 'Use the results', commands: RESULT_COMMANDS },
  { title: 'Set up', commands: SETUP_COMMANDS },
];

export const COMMAND_NAMES: readonly CommandName[] = Object.keys(COMMANDS).filter(isCommandName);

export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}
