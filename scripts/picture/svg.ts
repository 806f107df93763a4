/** One row of a terminal, as `tmux capture-pane -e` gives it. */
type Row = string;

const CELL = { width: 8.43, height: 19 };
const MARGIN = 16;
const FONT = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace';

/** Colors by their number in an escape sequence, for a light and a dark page. */
const COLORS: Readonly<Record<number, readonly [light: string, dark: string]>> = {
  31: ['#cf222e', '#ff7b72'],
  32: ['#1a7f37', '#3fb950'],
  33: ['#9a6700', '#d29922'],
  34: ['#0969da', '#58a6ff'],
  36: ['#1b7c83', '#39c5cf'],
  90: ['#6e7781', '#8b949e'],
};

/**
 * One SVG that plays frames of a terminal and pauses on the last. With reduced motion, shows only
 * that.
 */
export function framesSvg(
  frames: ReadonlyArray<readonly Row[]>,
  {
    columns,
    frameMs,
    holdMs,
  }: { readonly columns: number; readonly frameMs: number; readonly holdMs: number },
): string {
  const height = Math.max(...frames.map((rows) => rows.length)) * CELL.height + 2 * MARGIN;
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN);
  const totalMs = (frames.length - 1) * frameMs + holdMs;
  const percent = (at: number): string => ((100 * at * frameMs) / totalMs).toFixed(2);
  const last = frames.length - 1;
  const keyframes = frames.map((_, at) => {
    const hidden = 'visibility: hidden';
    const before = at === 0 ? '' : `0% { ${hidden} } `;
    const after = at === last ? '' : ` ${percent(at + 1)}%, 100% { ${hidden} }`;
    return `@keyframes f${at} { ${before}${percent(at)}% { visibility: visible }${after} }`;
  });
  const classes = Object.entries(COLORS);
  const style = [
    `text { font: 14px ${FONT}; white-space: pre; fill: #1f2328 } .bg { fill: #f6f8fa; stroke: #d0d7de }`,
    ...classes.map(([code, [light]]) => `.c${code} { fill: ${light} }`),
    '.b { font-weight: 700 } .d { opacity: 0.62 }',
    `.f { visibility: hidden } .f${last} { visibility: visible }`,
    '@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .bg { fill: #0d1117; stroke: #30363d }',
    ...classes.map(([code, [, dark]]) => `.c${code} { fill: ${dark} }`),
    '}',
    '@media (prefers-reduced-motion: no-preference) {',
    ...frames.map((_, at) => `.f${at} { animation: f${at} ${totalMs}ms step-end infinite }`),
    '}',
    ...keyframes,
  ].join('\n');
  const groups = frames.map(
    (rows, at) =>
      `<g class="f f${at}">\n${carried(rows)
        .map(rowSvg)
        .filter((row) => row !== '')
        .join('\n')}\n</g>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="A run of Volley in a terminal">
<style>
${style}
</style>
<rect class="bg" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${groups.join('\n')}
</svg>
`;
}

/** Repeats a style that continues from the row above, because tmux does not. */
function carried(rows: readonly Row[]): readonly Row[] {
  let style = '';
  return rows.map((row) => {
    const styled = style + row;
    const codes = styled.match(/\u001b\[[0-9;]*m/gu) ?? [];
    style = codes.slice(codes.findLastIndex((code) => /\[0?m$/.test(code)) + 1).join('');
    return styled;
  });
}

function rowSvg(row: Row, line: number): string {
  const y = MARGIN + line * CELL.height + 14;
  const parts = spansOf(row).map(({ text, column, classes }) => {
    const x = (MARGIN + column * CELL.width).toFixed(1);
    const named = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
    return `<tspan x="${x}"${named}>${escaped(text)}</tspan>`;
  });
  return parts.length === 0 ? '' : `<text y="${y}">${parts.join('')}</text>`;
}

interface Span {
  readonly text: string;
  readonly column: number;
  readonly classes: readonly string[];
}

/**
 * The parts of a row, each with the style from its escape sequences. Each character is one column
 * wide.
 */
function spansOf(row: Row): readonly Span[] {
  const spans: Span[] = [];
  let [color, bold, dim] = [0, false, false];
  let column = 0;
  for (const part of row.trimEnd().split(/(\u001b\[[0-9;]*m)/u)) {
    const codes = /^\u001b\[([0-9;]*)m$/u.exec(part)?.[1];
    if (codes === undefined) {
      const text = part;
      const classes = [
        ...(color in COLORS ? [`c${color}`] : []),
        ...(bold ? ['b'] : []),
        ...(dim ? ['d'] : []),
      ];
      if (text.trim() !== '') spans.push({ text, column, classes });
      column += Array.from(text).length;
      continue;
    }
    for (const code of codes.split(';').map(Number)) {
      if (code === 0) [color, bold, dim] = [0, false, false];
      else if (code === 1) bold = true;
      else if (code === 2) dim = true;
      else if (code === 22) [bold, dim] = [false, false];
      else if (code === 39) color = 0;
      else if (code in COLORS) color = code;
    }
  }
  return spans;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
