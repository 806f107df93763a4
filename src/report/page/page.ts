import { createHash } from 'node:crypto';
import { rowId } from '../../compare/model-rows.ts';
import type { Digest } from '../../compare/digest.ts';
import { PAGE_BOUNDS } from '../../errors/input-limits.ts';
import type { ResultRecord } from '../../results/record.ts';

/** The bundled style and script of the page. */
export interface PageParts {
  readonly style: string;
  readonly script: string;
}

/**
 * The start of a page that works offline. Its policy allows only this script and style, and forbids
 * loading or sending anything.
 */
export function pageStart(title: string, { style, script }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    // The script positions rows with `top`.
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main id="page"></main>
<noscript>This page needs JavaScript to show its table.</noscript>
`;
}

export function pageEnd({ script }: PageParts): string {
  return `<script>${script}</script>\n</body>\n</html>\n`;
}

/** Data for the script, as JSON that cannot end the block. */
export function dataBlock(name: 'digest' | 'rows' | 'texts', value: unknown): string {
  const json = JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
  const named = name === 'digest' ? 'id="digest"' : `class="${name}"`;
  return `<script type="application/json" ${named}>${json}</script>\n`;
}

/** The totals and facts about the page. */
export function digestData(
  digest: Digest,
  facts: { readonly title: string; readonly name: string; readonly notes: readonly string[] },
): object {
  const { total, tasks, models, comparisons, failures } = digest;
  const page = { ...facts, block: PAGE_BOUNDS.block };
  return { facts: page, total, tasks, models, comparisons, failures };
}

/** The values that the table shows and filters, in the order that the script expects. */
export function rowData(record: ResultRecord): readonly unknown[] {
  const { id, task, provider, model, status, cost_usd: cost, usage, error } = record;
  const input =
    (usage?.input_tokens ?? 0) + (usage?.cache_read_tokens ?? 0) + (usage?.cache_write_tokens ?? 0);
  const row = rowId(record);
  return [
    id,
    task,
    `${provider}/${model}`,
    status,
    cost,
    input,
    usage?.output_tokens ?? 0,
    record.duration_ms,
    record.expected === false ? 0 : 1,
    error?.code ?? '',
    preview(record),
    row === id ? '' : row,
  ];
}

function preview({ output, error }: ResultRecord): string {
  const text =
    error?.message ?? (typeof output === 'string' ? output : JSON.stringify(output ?? null));
  return text.slice(0, PAGE_BOUNDS.preview).replaceAll(/\s+/g, ' ').toWellFormed();
}

/** The details of an opened record. */
export function textData(record: ResultRecord): object {
  const { prompt, output, partial_output: partial, error, item, matrix } = record;
  return {
    ...(prompt !== undefined && { prompt: bounded(prompt) }),
    ...(output !== undefined && { answer: bounded(output) }),
    ...(partial !== undefined && { partial: bounded(partial) }),
    ...(error && { error: { code: error.code, message: error.message, hint: error.hint } }),
    ...(item !== undefined && { item: bounded(item) }),
    ...(matrix && { matrix: bounded(matrix) }),
    ...(record.unexpected_reason !== undefined && { reason: record.unexpected_reason }),
  };
}

function bounded(value: unknown): unknown {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text.length <= PAGE_BOUNDS.text) return value;
  return `${text.slice(0, PAGE_BOUNDS.text)}…`.toWellFormed();
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
