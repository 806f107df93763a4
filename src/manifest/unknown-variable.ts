import type { Finding } from '../errors/finding.ts';
import { didYouMean, listed, suggest } from '../errors/suggest.ts';
import { environmentHint, rangeHint } from './foreign-syntax.ts';
import {
  bare,
  needsProblem,
  NO_NEEDS,
  unknown,
  type KnownNeeds,
  type VariableProblem,
} from './needs-variables.ts';
import type { Template, TemplateVariable } from './template.ts';
import { writtenPath } from './text-conditions.ts';
import { wordMap, wordSet } from './word-set.ts';

/** The variables that a template may use, as known before rows are read. */
export interface KnownVariables {
  /** Names under `vars`, including those from `--set`. */
  readonly vars: readonly string[];
  readonly item: KnownItem;
  readonly matrix: 'none' | readonly string[];
  /** Absent if results of other tasks cannot be used. */
  readonly needs?: KnownNeeds;
}

/**
 * `none`: no `for_each`. `scalar`: every row is a plain value. `open`: unknown before the rows are
 * read. A list: every row is an object with these fields.
 */
export type KnownItem = 'none' | 'scalar' | 'open' | readonly string[];

/** Fields of the rows of a glob. */
export const GLOB_FIELDS = ['path', 'name', 'stem', 'ext', 'text'] as const;
const FILE_WORDS = wordMap({
  text: 'txt content contents body',
  path: 'file',
  name: 'filename',
  ext: 'extension',
});
const TASK_FIELDS = ['id', 'index', 'model'];

/** One finding per variable that cannot have a value or whose value is not text. */
export function checkVariables(template: Template, known: KnownVariables): readonly Finding[] {
  return template.variables.flatMap((variable) => {
    const problem = problemOf(variable, known);
    return problem ? [{ severity: 'error' as const, place: variable.place, ...problem }] : [];
  });
}

function problemOf(variable: TemplateVariable, known: KnownVariables): VariableProblem | undefined {
  const [root = '', name] = variable.path;
  switch (root) {
    case 'vars':
      return fieldProblem(variable, known.vars, 'add it under `vars`, or pass it in with `--set`');
    case 'task':
      return fieldProblem(variable, TASK_FIELDS, `a task has ${listed(TASK_FIELDS)}`);
    case 'matrix':
      if (known.matrix === 'none') {
        return unknown(variable.path, name === 'model' ? MODEL_HINT : noMatrixHint(known));
      }
      if (name === 'model' && !known.matrix.includes(name))
        return unknown(variable.path, MODEL_HINT);
      return fieldProblem(variable, known.matrix, fieldsHint('the matrix has', known.matrix));
    case 'item':
      return itemProblem(variable, known.item);
    case 'needs':
      return needsProblem(variable, known.needs ?? NO_NEEDS);
    case 'env':
      return unknown(variable.path, environmentHint(name));
    default: {
      const isEnvironment = /^(?:os\.environ|process\.env)$/.test(`${root}.${name}`);
      const hint = isEnvironment ? environmentHint(variable.path[2]) : rootHint(variable, known);
      return unknown(variable.path, hint);
    }
  }
}

/** The hint for `matrix.model`: with `--model`, the matrix does not have an axis of models. */
const MODEL_HINT = 'write `task.model`: every task has one';

function noMatrixHint({ needs = NO_NEEDS }: KnownVariables): string {
  const owner = needs.needs.find(({ isList, hasMatrix }) => hasMatrix && !isList);
  return owner === undefined
    ? 'this task has no `matrix`'
    : `this task has no \`matrix\`: for that of the result it follows, write \`needs.${owner.id}.matrix\``;
}

function itemProblem(variable: TemplateVariable, item: KnownItem): VariableProblem | undefined {
  if (item === 'open') return undefined;
  if (item === 'none')
    return unknown(variable.path, 'this task has no `for_each`, so it has no `item`');
  if (item !== 'scalar') return fieldProblem(variable, item, fieldsHint('a row has', item));
  const isSize = variable.path.length === 2 && variable.path[1] === 'size';
  if (variable.path.length === 1 || isSize) return undefined;
  return unknown(variable.path, 'the rows are plain values: write `item`');
}

function fieldProblem(
  { path, isPrinted }: TemplateVariable,
  names: readonly string[],
  otherwise: string,
): VariableProblem | undefined {
  const [root = '', name] = path;
  if (name === undefined) return isPrinted ? bare(root, objectHint(root, names)) : undefined;
  if (names.includes(name)) return undefined;
  const meant = names === GLOB_FIELDS ? FILE_WORDS.get(name) : undefined;
  if (meant !== undefined) return unknown(path, `did you mean \`${root}.${meant}\`?`);
  return unknown(
    path,
    didYouMean(name, names, otherwise, (near) => `${root}.${near}`),
  );
}

function objectHint(root: string, names: readonly string[]): string {
  const fields = names.slice(0, 5).map((name) => `${root}.${name}`);
  return fields.length === 0
    ? `write \`${root} | json\``
    : `use one of its fields (${listed(fields)}) or write \`${root} | json\``;
}

function rootHint({ path }: TemplateVariable, known: KnownVariables): string {
  const [root = '', ...rest] = path;
  const roots = rootsOf(known);
  const near = suggest(root, [...roots.keys()]);
  if (near !== undefined) return `did you mean \`${[near, ...rest].join('.')}\`?`;
  for (const [each, names] of roots) {
    const field = names.includes(root) ? root : undefined;
    if (field !== undefined) return `did you mean \`${[each, field, ...rest].join('.')}\`?`;
  }
  if (known.needs?.tasks.includes(root) && rest.length > 0)
    return `add \`needs: [${root}]\` to this task, and write \`needs.${path.join('.')}\``;
  const foreign = foreignHint(path, known);
  if (foreign !== undefined) return foreign;
  if (known.item === 'open')
    return `if it is a field of the rows, write \`item.${path.join('.')}\``;
  return `a variable begins with one of ${listed([...roots.keys()])}`;
}

/** The Liquid form of a name from another template language. */
function foreignHint(
  [root = '', ...rest]: readonly string[],
  { item }: KnownVariables,
): string | undefined {
  if (root === 'None') return 'write `nil`, or `blank` to include empty text';
  if (root === 'True' || root === 'False') return `write \`${root.toLowerCase()}\``;
  if (root === 'range') return rangeHint();
  const meant = root === 'loop' ? 'forloop' : item !== 'none' && ROW_WORDS.has(root) && 'item';
  if (meant === false) return undefined;
  return `did you mean \`${writtenPath([meant, ...rest])}\`?`;
}
const ROW_WORDS = wordSet('row record');

function rootsOf(known: KnownVariables): ReadonlyMap<string, readonly string[]> {
  const { vars, item, matrix, needs } = known;
  const roots = new Map<string, readonly string[]>([['vars', vars]]);
  if (item !== 'none') roots.set('item', typeof item === 'string' ? [] : item);
  if (matrix !== 'none') roots.set('matrix', matrix);
  const ids = needs?.needs.map(({ id }) => id) ?? [];
  if (ids.length > 0) roots.set('needs', ids);
  return roots.set('task', TASK_FIELDS);
}

function fieldsHint(intro: string, names: readonly string[]): string {
  return names.length === 0 ? 'there are no fields to use' : `${intro} ${listed(names)}`;
}
