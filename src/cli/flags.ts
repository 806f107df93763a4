import { ACCESS_FLAGS } from './flags/access.ts';
import { BOUND_FLAGS } from './flags/bounds.ts';
import { DISPLAY_FLAGS } from './flags/display.ts';
import { MONEY_FLAGS } from './flags/money.ts';
import { PACE_FLAGS } from './flags/pace.ts';
import { PROMPT_FLAGS } from './flags/prompts.ts';
import { REHEARSAL_FLAGS } from './flags/rehearsal.ts';
import { RESULT_FLAGS } from './flags/results.ts';
import { SELECTION_FLAGS } from './flags/selection.ts';

/** All flags, by theme. Commands list the names they accept; everything else reads this table. */
export const FLAGS = {
  ...PROMPT_FLAGS,
  ...SELECTION_FLAGS,
  ...RESULT_FLAGS,
  ...MONEY_FLAGS,
  ...PACE_FLAGS,
  ...REHEARSAL_FLAGS,
  ...DISPLAY_FLAGS,
  ...ACCESS_FLAGS,
  ...BOUND_FLAGS,
} as const;

export type FlagName = keyof typeof FLAGS;

/** In the order of the help text and the docs. */
const FLAG_GROUPS: ReadonlyArray<{ readonly title: string; readonly flags: object }> = [
  { title: 'Prompts and models', flags: PROMPT_FLAGS },
  { title: 'Which tasks', flags: SELECTION_FLAGS },
  { title: 'Results', flags: RESULT_FLAGS },
  { title: 'Cost', flags: MONEY_FLAGS },
  { title: 'Pace and retries', flags: PACE_FLAGS },
  { title: 'Without sending anything', flags: REHEARSAL_FLAGS },
  { title: 'Display', flags: DISPLAY_FLAGS },
  { title: 'Hosts, keys and files', flags: ACCESS_FLAGS },
  { title: 'Bounds', flags: BOUND_FLAGS },
];

export interface FlagGroup {
  readonly title: string;
  readonly names: readonly FlagName[];
}

/** The flags of one command by theme, without empty themes. */
export function groupedFlags(names: readonly FlagName[]): readonly FlagGroup[] {
  return FLAG_GROUPS.map(({ title, flags }) => {
    const order = Object.keys(flags);
    const own = names.filter((name) => order.includes(name));
    return { title, names: own.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)) };
  }).filter((group) => group.names.length > 0);
}
