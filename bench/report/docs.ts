import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { machineLine } from './machine.ts';

const PAGE = 'docs/benchmarks.md';
const FOLDER = 'docs/benchmarks';

export interface Plot {
  readonly svg: string;
  /** For those who cannot see it. */
  readonly title: string;
}

/** Replaces what stands between a section's two comments in docs/benchmarks.md, and its plot. */
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

/** As it was typed, without what only says where the figures go. */
function command(): string {
  const options = process.argv.slice(2).filter((option) => option !== '--write');
  const script = process.env['npm_lifecycle_event'] ?? 'bench';
  return ['`npm run', script, ...(options.length > 0 ? ['--', ...options] : [])].join(' ') + '`';
}
