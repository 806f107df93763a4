/** A Markdown table. Columns that are empty in every row are left out. */
export function table(titles: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const used = titles.flatMap((_, at) => (rows.some((row) => (row[at] ?? '') !== '') ? [at] : []));
  const line = (cells: readonly string[]): string =>
    `| ${used.map((at) => (cells[at] ?? '').replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}
