import { drawFrame } from '../errors/code-frame.ts';
import type { Finding } from '../errors/finding.ts';

/** Draws the lines around each finding that has none yet. Texts are asked for once per file. */
export async function withFrames(
  findings: readonly Finding[],
  textOf: (file: string) => Promise<string | undefined>,
): Promise<readonly Finding[]> {
  const texts = new Map<string, string | undefined>();
  const framed: Finding[] = [];
  for (const finding of findings) {
    const { file } = finding.place;
    if (finding.frame === undefined && !texts.has(file)) texts.set(file, await textOf(file));
    const text = texts.get(file);
    const frame = finding.frame ?? (text === undefined ? '' : drawFrame(text, finding.place));
    framed.push(frame === '' ? finding : { ...finding, frame });
  }
  return framed;
}
