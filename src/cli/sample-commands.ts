import type { Arguments } from './arguments.ts';
import { shownCommand } from './shown-command.ts';

/** A file to suggest where neither the command nor the manifest names one. */
const DEFAULT_RESULTS = 'results.jsonl';

/** Flags of a plan that a run of its sample does without. */
const ONLY_PLANS = new Set(['sample', 'seed', 'output', 'json', 'exact', 'graph', 'overwrite']);

/**
 * How to plan from real answers: the run that sends the sample, and the plan that then goes by what
 * came back. `output`: the manifest's own results file.
 */
export function sampleCommands(args: Arguments, output: string | undefined): readonly string[] {
  const values = [...args.values].filter(([name]) => !ONLY_PLANS.has(name));
  const switches = [...args.switches].filter(([name, isOn]) => isOn && !ONLY_PLANS.has(name));
  const kept = [
    ...args.positionals,
    ...values.flatMap(([name, texts]) => texts.flatMap((text) => [`--${name}`, text])),
    ...switches.map(([name]) => `--${name}`),
  ];
  const chance = ['sample', 'seed'].flatMap((name) =>
    (args.values.get(name) ?? []).flatMap((text) => [`--${name}`, text]),
  );
  const file = args.values.get('output')?.[0];
  const results = file === undefined && output !== undefined ? [] : ['-o', file ?? DEFAULT_RESULTS];
  return [
    shownCommand(['run', ...kept, ...chance, ...results]),
    shownCommand(['plan', ...kept, ...results]),
  ];
}
