import type { Finding, Place } from '../errors/finding.ts';
import { TEMPLATE_BOUNDS, tooMuchWork } from '../errors/input-limits.ts';
import { inTimeSlice } from '../ports/system-time-slice.ts';
import type { Work } from '../ports/work.ts';
import {
  boundedRenderer,
  usualEffort,
  type Effort,
  type Rendered,
  type RenderProblem,
} from './bounded-renderer.ts';
import { parseNodes, renderNodes, type ParsedNodes } from './template-engine.ts';
import type { TemplateError } from './template-syntax-errors.ts';
import type { Template, TemplateData, TemplateOrigin } from './template.ts';

export type ParsedTemplate =
  | { readonly ok: true; readonly template: Template }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/**
 * Parses Liquid templates: strict about variables and filters, without tags that read files, count
 * across renders or depend on the time. Findings are `TEMPLATE_SYNTAX`, `UNKNOWN_FILTER` and
 * `TOO_MUCH_WORK`.
 */
export function parseTemplate(
  text: string,
  origin: TemplateOrigin,
  effort: Effort = usualEffort(),
): ParsedTemplate {
  if (!/\{[{%]/.test(text)) return { ok: true, template: literalTemplate(text) };
  const at = (begin: number, end: number): Place => placeOf(origin, begin, end);
  const parsed = parseBounded(text, effort.work);
  if ('errors' in parsed) {
    const findings = parsed.errors.map(({ begin, end, ...words }): Finding => {
      return { ...words, severity: 'error', place: at(begin, end) };
    });
    return { ok: false, findings };
  }
  const { nodes, uses, isWatched } = parsed;
  const renderWithin = (data: TemplateData, ms: number): Rendered | undefined =>
    renderNodes(nodes, data, ms);
  const render = boundedRenderer({ text, renderWithin, isWatched }, effort);
  const template: Template = {
    text,
    variables: uses.map(({ begin, end, ...use }) => ({ ...use, place: at(begin, end) })),
    render: async (data) => {
      const rendered = await render(data);
      if (rendered.ok) return rendered;
      const { begin, end, ...problem } = rendered;
      return { ...problem, place: at(begin, end) };
    },
  };
  return { ok: true, template };
}

type Problem = RenderProblem & Pick<TemplateError, 'begin' | 'end'>;

/** The engine's tokenizer is partly quadratic, so long templates have a time limit. */
function parseBounded(
  text: string,
  work: Work,
): ParsedNodes | { readonly errors: readonly Problem[] } {
  const tags = text.match(/\{[{%]/g)?.length ?? 0;
  if (tags > TEMPLATE_BOUNDS.tags) return { errors: [{ ...TOO_MANY_TAGS, begin: 0, end: 0 }] };
  if (text.length <= TEMPLATE_BOUNDS.shortText) return parseNodes(text);
  const cpuMs = work.pieceMs();
  const sliced = inTimeSlice(cpuMs, () => parseNodes(text));
  work.take(sliced.tookMs);
  if (sliced.ok) return sliced.value;
  return { errors: [{ ...tooMuchWork('reading the template', cpuMs), begin: 0, end: 0 }] };
}

const TOO_MANY_TAGS = {
  code: 'TEMPLATE_SYNTAX',
  message: 'the template has more than 10,000 `{{` and `{%`',
  hint: 'put what repeats into rows, with `for_each`',
} as const;

/** Text that is sent unchanged. */
export function literalTemplate(text: string): Template {
  return { text, variables: [], render: async () => ({ ok: true, text }) };
}

function placeOf(origin: TemplateOrigin, begin: number, end: number): Place {
  const place = origin.placeAt(begin);
  if (end <= begin) return place;
  const last = origin.placeAt(end - 1);
  return last.line === place.line ? { ...place, endColumn: last.column + 1 } : place;
}
