import type { TaskTemplate } from '../manifest/manifest.ts';
import type { Template } from '../manifest/template.ts';
import type { TaskNode } from '../plan/graph.ts';
import type { LeadingPart } from './prefix.ts';

/** How the text before the prompt differs between the tasks of an entry. */
export interface Variation {
  /** Whether the text depends on the row, the matrix or the task. */
  readonly varies: boolean;
  /** The first part, if any, that contains results which all tasks of the entry share. */
  readonly untilNeeds: LeadingPart | undefined;
}

export function leadingVariation(template: TaskTemplate, { needs }: TaskNode): Variation {
  const own = new Set(needs.flatMap(({ kind, node }) => (kind === 'own' ? node.template.id : [])));
  const parts = leadingTexts(template).map(({ end, text }) => ({ end, ...dependsOn(text, own) }));
  const untilNeeds = parts.find(({ onNeeds }) => onNeeds)?.end;
  return { varies: parts.some(({ onTask }) => onTask), untilNeeds };
}

function leadingTexts({ system, earlier = [], attachments = [] }: TaskTemplate) {
  const texts: Array<{ readonly end: LeadingPart; readonly text: Template }> = [];
  if (system) texts.push({ end: 'system', text: system });
  earlier.forEach(({ content }, at) => texts.push({ end: `message ${at}`, text: content }));
  // One pattern may match any number of files, so all attachments count as one part.
  for (const { name } of attachments) texts.push({ end: 'attachment 0', text: name });
  return texts;
}

function dependsOn({ variables }: Template, own: ReadonlySet<string>) {
  let onTask = false;
  let onNeeds = false;
  for (const { path } of variables) {
    const [root, field] = path;
    if (root === 'vars' || (root === 'task' && field === 'model')) continue;
    if (root === 'needs') onNeeds = true;
    const isOwn = field === undefined || own.has(field);
    if (root !== 'needs' || isOwn) onTask = true;
  }
  return { onTask, onNeeds };
}
