import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { machineLine } from './machine.ts';

const PAGE = 'docs/benchmarks.md';
const FOLDER = 'docs/benchmarks';

/** Replaces what stands between a section's two comments in docs/benchmarks.md, and its plot. */
export function writeSection(
  name: string,
  { tables, plot }: { readonly tables: string; readonly plot?: string },
): void {
  const page = readFileSync(PAGE, 'utf8');
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to === -1) throw new Error(`${PAGE} has no section \`${name}\``);
  const date = new Date().toISOString().slice(0, 10);
  const body = `${begin}\n\n_${date}; ${machineLine()}_\n\n${tables}\n\n`;
  writeFileSync(PAGE, page.slice(0, from) + body + page.slice(to));
  if (plot === undefined) return;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}/${name}.svg`, plot);
}
