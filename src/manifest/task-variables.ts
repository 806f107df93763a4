import type { JsonValue } from '../ports/json.ts';
import type { MatrixCombination, ReadRows } from './manifest.ts';
import type { KnownNeed } from './needs-variables.ts';
import type { Report } from './report.ts';
import type { VarUses } from './set-values.ts';
import type { Template } from './template.ts';
import { textConditionFindings } from './text-conditions.ts';
import { checkVariables, GLOB_FIELDS, type KnownItem } from './variables.ts';

/** What the templates of every task may name. */
export interface VariableScope {
  readonly vars: readonly string[];
  /** `vars` itself is wrong: what it holds is not known. */
  readonly isVarsSpoilt: boolean;
  /** Variables that may still be looked at, over all tasks. */
  readonly budget: { left: number };
  /** Texts that were looked at for a task without rows and matrix. */
  readonly checked: Set<Template>;
  readonly uses: VarUses;
}

/** Variables times tasks: an honest manifest stays far below. */
export const MOST_VARIABLE_USES = 3_000_000;

export interface TaskScope extends VariableScope {
  readonly hasItem: boolean;
  /** At the root of a chain, those of the task that it follows. */
  readonly rows: ReadRows | undefined;
  readonly needs: readonly KnownNeed[];
  readonly tasks: readonly string[];
  readonly isNeedsSpoilt: boolean;
  readonly matrix: readonly MatrixCombination[] | undefined;
  readonly isItemSpoilt: boolean;
  readonly isMatrixSpoilt: boolean;
}

/** Reports each variable that a task's texts name and that cannot have a value. */
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
    matrix: knownMatrix(scope.matrix),
    needs: { needs: scope.needs, tasks: scope.tasks },
  };
  for (const template of texts) {
    const first = template?.variables[0];
    if (!template || !first || scope.budget.left < 0) continue;
    if (
      known.item === 'none' &&
      known.matrix === 'none' &&
      scope.needs.length === 0 &&
      !scope.isNeedsSpoilt &&
      !scope.isMatrixSpoilt &&
      !scope.isItemSpoilt
    ) {
      // The same text, such as that of `defaults`, in another task without rows: nothing new.
      if (scope.checked.has(template)) continue;
      scope.checked.add(template);
    }
    scope.budget.left -= template.variables.length;
    if (scope.budget.left < 0) {
      report.error(first.place, {
        code: 'BAD_VALUE',
        message: `more than ${MOST_VARIABLE_USES} uses of variables, over all tasks`,
        hint: 'put rows into a JSONL or CSV file and name it in `for_each`',
      });
    } else report.add(checkVariables(withoutSpoilt(template, scope), known));
  }
}

/** Variables whose source is wrong already have their finding. */
function withoutSpoilt(template: Template, scope: TaskScope): Template {
  const spoilt = new Set<string>();
  if (scope.isVarsSpoilt) spoilt.add('vars');
  if (scope.isItemSpoilt) spoilt.add('item');
  if (scope.isMatrixSpoilt) spoilt.add('matrix');
  if (scope.isNeedsSpoilt) spoilt.add('needs');
  if (spoilt.size === 0) return template;
  return {
    ...template,
    variables: template.variables.filter(({ path }) => !spoilt.has(path[0] ?? '')),
  };
}

function knownItem({ hasItem, rows }: TaskScope): KnownItem {
  if (!hasItem) return 'none';
  if (rows?.kind === 'glob' || rows?.kind === 'paths') return GLOB_FIELDS;
  if (rows?.kind === 'file') return rows.format === 'lines' ? 'scalar' : 'open';
  return rows ? fieldsOf(rows.items) : 'open';
}

const axisNames = new WeakMap<readonly MatrixCombination[], readonly string[]>();
const fields = new WeakMap<readonly JsonValue[], KnownItem>();

/** The fields that some row has: whether every row has them is seen when the rows are read. */
function fieldsOf(items: readonly JsonValue[]): KnownItem {
  let found = fields.get(items);
  if (found === undefined) {
    const maps = items.filter(isMap);
    const isScalar = items.every((item) => typeof item !== 'object' || item === null);
    found = isScalar
      ? 'scalar'
      : maps.length === items.length
        ? [...new Set(maps.flatMap((map) => Object.keys(map)))]
        : 'open';
    fields.set(items, found);
  }
  return found;
}

function knownMatrix(matrix: readonly MatrixCombination[] | undefined): 'none' | readonly string[] {
  if (!matrix) return 'none';
  let names = axisNames.get(matrix);
  if (!names) {
    names = [...new Set(matrix.flatMap((combination) => Object.keys(combination)))];
    axisNames.set(matrix, names);
  }
  return names;
}

function isMap(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
