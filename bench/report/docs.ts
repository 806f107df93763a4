import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { machineLine } from './machine.ts';

const PAGE = 'docs/benchmarks.md';
const FOLDER = 'docs/benchmarks';

export interface Plot {
  readonly svg: string;
  /** A description for readers who cannot see the plot. */
  readonly title: string;
}

/** Replaces the text between a section's two comments in docs/benchmarks.md, and its plot. */
export function writeSection(
  name: string,
  { tables, plot }: { readonly tables: string; readonly plot?: Plot },
): void {
  const page = readFileSync(PAGE, 'utf8');
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to === -1) throw new Error(`${PAGE} has no section \`${name}\``);
  const date = new Date().toISOString().slice(0, 10);
  const image = plot ? `![${plot.title}](benchmarks/${name}.svg)\n\n` : '';
  const body = `${begin}\n\n_${date}; ${command()}; ${machineLine()}_\n\n${image}${tables}\n\n`;
  writeFileSync(PAGE, page.slice(0, from) + body + page.slice(to));
  if (plot === undefined) return;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}/${name}.svg`, plot.svg);
}

/** The command as it was typed, without the flags that only say where the results go. */
function command(): string {
  const options = process.argv.slice(2).filter((option) => option !== '--write');
  const script = process.env['npm_lifecycle_event'] ?? 'bench';
  return ['`npm run', script, ...(options.length > 0 ? ['--', ...options] : [])].join(' ') + '`';
}
