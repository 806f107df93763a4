import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { splitLineBatches } from '../src/ports/lines.ts';
import { logNormal, seededRandom } from './random.ts';

export interface Row {
  readonly id: number;
  readonly prompt: string;
}

/** The same rows for every client: `{"id":7,"prompt":"…"}`, 800 characters on average. */
export async function writeRows(file: string, count: number): Promise<void> {
  const random = seededRandom(count);
  const stream = createWriteStream(file);
  for (let id = 1; id <= count; id += 1) {
    const row: Row = { id, prompt: promptOf(id, random) };
    if (!stream.write(`${JSON.stringify(row)}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'close');
}

export function promptOf(id: number, random: () => number): string {
  const characters = Math.min(4_000, logNormal(random, { median: 750, sigma: 0.36 }));
  const text = FILLER.repeat(Math.ceil(characters / FILLER.length)).slice(0, characters);
  return `Summarize note ${id} in a sentence. ${text}`;
}

const FILLER =
  'The committee met on Tuesday and agreed to look at the matter once more in spring. ';

export async function* readRows(file: string): AsyncGenerator<Row> {
  for await (const batch of splitLineBatches(createReadStream(file))) {
    for (const { text } of batch) {
      const row: Row = JSON.parse(text);
      yield row;
    }
  }
}
