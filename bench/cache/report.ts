import { markdownTable } from '../report/table.ts';

/** The results of one setting. */
export interface Row {
  readonly name: string;
  readonly figures: Readonly<Record<string, number>>;
  /** The targets that the setting misses. */
  readonly broken: readonly string[];
}

export function rowLine({ name, figures, broken }: Row): string {
  const shown = Object.entries(figures).map(([key, value]) => `${key} ${value.toFixed(3)}`);
  return [broken.length === 0 ? 'ok  ' : 'FAIL', name, ...shown, ...broken].join(' · ');
}

/** One table for all rows with the same columns. */
export function cacheTables(rows: readonly Row[]): string {
  const groups = Map.groupBy(rows, ({ figures }) => Object.keys(figures).join());
  return [...groups.values()]
    .map((group) => {
      const names = Object.keys(group[0]?.figures ?? {});
      return markdownTable(
        ['', ...names],
        group.map(({ name, figures, broken }) => [
          name + (broken.length === 0 ? '' : ` (${broken.join(', ')})`),
          ...names.map((each) => figures[each]?.toFixed(3) ?? ''),
        ]),
      );
    })
    .join('\n\n');
}
