import { isJsonObject, type JsonValue } from '../ports/json.ts';
import { weaklyMemoized } from '../ports/memoized.ts';
import type { MatrixCombination, ReadRows } from './manifest.ts';
import type { KnownNeed } from './needs-variables.ts';
import type { Report } from './collect-findings.ts';
import type { VarUses } from './unused-set-values.ts';
import type { Template } from './template.ts';
import { textConditionFindings } from './text-conditions.ts';
import { checkVariables, GLOB_FIELDS, type KnownItem } from './unknown-variable.ts';

/** The variables that templates of every task may use. */
export interface VariableScope {
  readonly vars: readonly string[];
  /** Roots such as `vars` whose names are unknown, because what defines them is invalid. */
  readonly invalid: ReadonlySet<string>;
  /** How many more variables may be checked, across all tasks. */
  readonly budget: { left: number };
  /** Templates already checked for a task without rows or matrix. */
  readonly checked: Set<Template>;
  readonly uses: VarUses;
}

/** The limit for variables times tasks. Real manifests stay far below it. */
export const MOST_VARIABLE_USES = 3_000_000;

export interface TaskScope extends VariableScope {
  readonly hasItem: boolean;
  /** In a chain, the rows at its root. */
  readonly rows: ReadRows | undefined;
  readonly needs: readonly KnownNeed[];
  readonly tasks: readonly string[];
  readonly matrix: readonly MatrixCombination[] | undefined;
}

/** Reports each variable in a task's templates that cannot have a value. */
export function checkTaskTexts(
  condition: Template | undefined,
  others: ReadonlyArray<Template | undefined>,
  { scope, report }: { readonly scope: TaskScope; readonly report: Report },
): void {
  const texts = [condition, ...others];
  if (!texts.some((text) => text?.variables.length)) return;
  for (const text of texts) if (text) scope.uses.note(text);
  report.add(textConditionFindings(condition, others, scope.rows));
  const known = {
    vars: scope.vars,
    item: knownItem(scope),
    matrix: scope.matrix ? axesOf(scope.matrix) : ('none' as const),
    needs: { needs: scope.needs, tasks: scope.tasks },
  };
  for (const template of texts) {
    const first = template?.variables[0];
    if (!template || !first || scope.budget.left < 0) continue;
    const isPlain = known.item === 'none' && known.matrix === 'none' && scope.needs.length === 0;
    if (isPlain && [...scope.invalid].every((root) => root === 'vars')) {
      // The same template, for example from `defaults`, was checked for another task without rows.
      if (scope.checked.has(template)) continue;
      scope.checked.add(template);
    }
    scope.budget.left -= template.variables.length;
    if (scope.budget.left < 0) {
      report.error(first.place, {
        code: 'BAD_VALUE',
        message: `more than ${MOST_VARIABLE_USES} uses of variables, across all tasks`,
        hint: 'put rows in a JSONL or CSV file and point `for_each` to it',
      });
    } else report.add(checkVariables(withoutInvalid(template, scope), known));
  }
}

/** Leaves out variables whose source is invalid, which is reported separately. */
function withoutInvalid(template: Template, { invalid }: TaskScope): Template {
  const variables = template.variables.filter(({ path }) => !invalid.has(path[0] ?? ''));
  return invalid.size === 0 ? template : { ...template, variables };
}

function knownItem({ hasItem, rows }: TaskScope): KnownItem {
  if (!hasItem) return 'none';
  if (rows?.kind === 'glob' || rows?.kind === 'paths') return GLOB_FIELDS;
  if (rows?.kind === 'file') return rows.format === 'lines' ? 'scalar' : 'open';
  return rows ? fieldsOf(rows.items) : 'open';
}

/**
 * The fields that occur in any row. Whether all rows have them is checked when the rows are read.
 */
const fieldsOf = weaklyMemoized((items: readonly JsonValue[]): KnownItem => {
  if (items.every((item) => typeof item !== 'object' || item === null)) return 'scalar';
  const names = items.flatMap((item) => (isJsonObject(item) ? Object.keys(item) : []));
  return items.every(isJsonObject) ? [...new Set(names)] : 'open';
});

const axesOf = weaklyMemoized((matrix: readonly MatrixCombination[]): readonly string[] => [
  ...new Set(matrix.flatMap((combination) => Object.keys(combination))),
]);
