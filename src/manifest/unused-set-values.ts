import type { Finding } from '../errors/finding.ts';
import { didYouMean } from '../errors/suggest.ts';
import type { Template } from './template.ts';

/** Records which of `vars` the templates of a manifest use. */
export interface VarUses {
  note(template: Template): void;
  /** Returns one finding per unused name. Suggestions also come from `known`. */
  unused(names: readonly string[], known: readonly string[]): readonly Finding[];
}

export function varUses(): VarUses {
  const noted = new WeakSet<Template>();
  const used = new Set<string>();
  // `vars | json` and `vars[matrix.x]` use all variables.
  let isAll = false;
  return {
    note(template) {
      if (noted.has(template)) return;
      noted.add(template);
      for (const { path } of template.variables) {
        if (path[0] !== 'vars') continue;
        if (path[1] === undefined) isAll = true;
        else used.add(path[1]);
      }
    },
    unused(names, known) {
      if (isAll) return [];
      const candidates = new Set([...used, ...known.filter((name) => !names.includes(name))]);
      return names
        .filter((name) => !used.has(name))
        .map((name): Finding => {
          return {
            code: 'UNKNOWN_VARIABLE',
            severity: 'error',
            message: `\`--set ${name}=…\` sets a value that no template uses`,
            hint: didYouMean(
              name,
              candidates,
              `leave it out, or write \`{{ vars.${name} }}\` where it belongs`,
              (near) => `--set ${near}=…`,
            ),
            place: { file: '--set', line: 1, column: 1 },
          };
        });
    },
  };
}
