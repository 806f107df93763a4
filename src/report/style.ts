import { styleText } from 'node:util';

export type Color = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';
export type Style = (color: Color, text: string) => string;

/** The caller decides whether to use color, because it knows the stream. */
export function createStyle(color: boolean): Style {
  if (!color) return (_, text) => text;
  return (name, text) => styleText(name, text, { validateStream: false });
}
