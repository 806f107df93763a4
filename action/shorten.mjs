// Prints files of Markdown one after another, whole blocks of at most so many characters: `shorten.mjs MOST FILE…`.
import { readFileSync } from 'node:fs';

const [, , most, ...files] = process.argv;
let left = Number(most);
let isCut = false;
for (const file of files) {
  for (const block of blocksOf(readFileSync(file, 'utf8'))) {
    isCut ||= block.length + 2 > left;
    if (isCut) break;
    left -= block.length + 2;
    process.stdout.write(`${block}\n\n`);
  }
}
if (isCut) process.stdout.write('… the rest is on the page of the job.\n');

/** Blank lines within a fence separate nothing. */
function blocksOf(text) {
  const blocks = [];
  let open = '';
  let block = [];
  for (const line of text.split('\n')) {
    const [fence = ''] = /^`{3,}/.exec(line) ?? [];
    if (open === '' && fence !== '') open = fence;
    else if (fence !== '' && fence.length >= open.length && line.trim() === fence) open = '';
    if (line === '' && open === '') {
      if (block.length > 0) blocks.push(block.join('\n'));
      block = [];
    } else block.push(line);
  }
  if (block.length > 0) blocks.push(block.join('\n'));
  return blocks;
}
