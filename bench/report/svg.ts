/** A picture made of lines and words that is readable on light and dark pages. */
export interface Picture {
  line(points: ReadonlyArray<readonly [x: number, y: number]>, style: LineStyle): void;
  text(x: number, y: number, words: string, style?: TextStyle): void;
  toString(): string;
}

interface LineStyle {
  readonly color: string;
  readonly width?: number;
  readonly dashed?: boolean;
}

interface TextStyle {
  readonly size?: number;
  readonly color?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly bold?: boolean;
}

export const INK = '#667085';

/** Colors that color-blind readers can also distinguish (Okabe and Ito). */
export const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];

export function createPicture(width: number, height: number, title: string): Picture {
  const parts: string[] = [];
  return {
    line(points, { color, width: stroke = 1.5, dashed }) {
      const path = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
      const dashes = dashed ? ' stroke-dasharray="4 3"' : '';
      parts.push(
        `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="${stroke}"${dashes}/>`,
      );
    },
    text(x, y, words, { size = 11, color = INK, anchor = 'start', bold } = {}) {
      const weight = bold ? ' font-weight="600"' : '';
      parts.push(
        `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" fill="${color}" text-anchor="${anchor}"${weight}>${escaped(words)}</text>`,
      );
    },
    toString: () =>
      `${[
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" role="img">`,
        `<title>${escaped(title)}</title>`,
        ...parts,
        '</svg>',
      ].join('\n')}\n`,
  };
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
