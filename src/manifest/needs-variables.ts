import { didYouMean, listed } from '../errors/suggest.ts';
import type { Finding } from '../errors/finding.ts';
import type { TemplateVariable } from './template.ts';

/** What is known about `needs.<id>` before the run. */
export interface KnownNeed {
  readonly id: string;
  /** Whether the result is a list, with one object per expansion of the needed task. */
  readonly isList: boolean;
  readonly hasItem: boolean;
  readonly hasMatrix: boolean;
  /** Whether its output is a value instead of text. */
  readonly hasSchema: boolean;
}

/** The needs of the task that a template belongs to, and the ids of all tasks. */
export interface KnownNeeds {
  readonly needs: readonly KnownNeed[];
  readonly tasks: readonly string[];
}

export const NO_NEEDS: KnownNeeds = { needs: [], tasks: [] };

/** Why a variable cannot be used. */
export type VariableProblem = Pick<Finding, 'code' | 'message'> & { readonly hint: string };

export function needsProblem(
  { path, isPrinted }: TemplateVariable,
  { needs, tasks }: KnownNeeds,
): VariableProblem | undefined {
  const [, id, ...rest] = path;
  if (id === undefined) return isPrinted ? bare('needs', 'write `needs | json`') : undefined;
  const need = needs.find((each) => each.id === id);
  if (!need) return unknown(path, hintForUnknown(path, { needs, tasks }));
  const name = accessTo(id);
  if (!need.isList) return objectProblem(rest, { need, name, isPrinted, path });
  const [first, ...fields] = rest;
  if (first === undefined) return isPrinted ? bare(name, loopOver(name), 'a list') : undefined;
  if (first === 'size' && fields.length === 0) return undefined;
  const isEntry = first === 'first' || first === 'last' || /^-?\d+$/.test(first);
  if (!isEntry) return unknown(path, `\`${name}\` is a list: ${loopOver(name)}`);
  return objectProblem(fields, { need, name: `${name}.${first}`, isPrinted, path });
}

function loopOver(name: string): string {
  return `write \`{% for each in ${name} %}{{ each.output }}{% endfor %}\``;
}

/** Uses brackets if the id contains dots. */
function accessTo(id: string): string {
  return id.includes('.') ? `needs["${id}"]` : `needs.${id}`;
}

interface NeedUse extends Pick<TemplateVariable, 'isPrinted' | 'path'> {
  readonly need: KnownNeed;
  readonly name: string;
}

function objectProblem(
  [field, inner]: readonly string[],
  { need, name, isPrinted, path }: NeedUse,
): VariableProblem | undefined {
  if (field === undefined) {
    return isPrinted ? bare(name, `write \`${name}.output\`, or \`${name} | json\``) : undefined;
  }
  if (field === 'item' && !need.hasItem) {
    return unknown(path, `\`${need.id}\` has no \`for_each\`, so its result has no \`item\``);
  }
  if (field === 'matrix' && !need.hasMatrix) {
    return unknown(path, `\`${need.id}\` has no \`matrix\``);
  }
  if (field === 'output' && inner !== undefined && inner !== 'size' && !need.hasSchema) {
    return unknown(path, 'the output is text; only a `schema` gives it fields');
  }
  if (FIELDS.includes(field)) return undefined;
  const others = `a result has ${listed(FIELDS)}`;
  return unknown(
    path,
    didYouMean(field, FIELDS, others, (near) => `${name}.${near}`),
  );
}

const FIELDS: readonly string[] = ['id', 'status', 'output', 'item', 'matrix', 'usage'];

function hintForUnknown(path: readonly string[], { needs, tasks }: KnownNeeds): string {
  const [, id = ''] = path;
  const dotted = needs.find((each) => `${path.slice(1).join('.')}.`.startsWith(`${each.id}.`));
  if (dotted) return `write \`${accessTo(dotted.id)}\``;
  if (tasks.includes(id)) return `add \`needs: [${id}]\` to this task`;
  const ids = needs.map((each) => each.id);
  const others = ids.length === 0 ? 'this task has no `needs`' : `this task needs ${listed(ids)}`;
  return didYouMean(id, ids, others, accessTo);
}

export function bare(name: string, hint: string, kind = 'an object'): VariableProblem {
  const message = `\`${name}\` is ${kind}, which cannot be used as text`;
  return { code: 'OBJECT_IN_TEXT', message, hint };
}

export function unknown(path: readonly string[], hint: string): VariableProblem {
  const written = path.join('.');
  const shown = written.length > 80 ? `${written.slice(0, 79)}…` : written;
  return { code: 'UNKNOWN_VARIABLE', message: `unknown variable \`${shown}\``, hint };
}
