import type { Finding } from '../errors/finding.ts';
import type { AttachmentSource, TaskTemplate } from '../manifest/manifest.ts';
import { modelsOf } from '../manifest/task-models.ts';
import type { TemplateData } from '../manifest/template.ts';
import type { AttachmentReader } from './read-attachments.ts';

/** Checks the attachments of a template's tasks for every model that they may use. */
export interface AttachmentCheck {
  /** Checks attachments that are the same for every task. Call it once. */
  fixed(): Promise<readonly Finding[]>;
  /** Checks the attachments of one task, except those that depend on answers. */
  varying(data: TemplateData): Promise<readonly Finding[]>;
}

export function attachmentCheck(template: TaskTemplate, reader: AttachmentReader): AttachmentCheck {
  const { attachments = [] } = template;
  const fixed = attachments.filter(({ isPattern }) => isPattern);
  const varying = attachments.filter(({ isPattern, name }) => {
    return !isPattern && !name.variables.some(({ path }) => path[0] === 'needs');
  });

  async function findings(
    all: readonly AttachmentSource[],
    data: TemplateData,
  ): Promise<readonly Finding[]> {
    // If a name cannot be rendered, that is reported in the same way as for other templates.
    const sources: AttachmentSource[] = [];
    for (const source of all) if ((await source.name.render(data)).ok) sources.push(source);
    if (sources.length === 0) return [];
    for (const model of modelsOf(template)) {
      const read = await reader.read(sources, data, model);
      if (!read.ok) return [{ ...read.problem, severity: 'error', place: read.source.place }];
    }
    return [];
  }

  return { fixed: () => findings(fixed, {}), varying: (data) => findings(varying, data) };
}
