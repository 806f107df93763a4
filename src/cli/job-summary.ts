import { appendFile } from 'node:fs/promises';
import type { Block } from '../report/document/blocks.ts';
import { documentMarkdown } from '../report/document/document-markdown.ts';
import { reasonOf } from '../results/write-problems.ts';
import { environmentRedactor } from './print-result.ts';

/** GitHub does not show a larger page at all. */
const MOST_BYTES = 1024 * 1024 - 4096;

export function hasJobSummary(): boolean {
  return Boolean(process.env['GITHUB_STEP_SUMMARY']);
}

/** Adds to the summary page of a GitHub Actions job. Returns notes. */
export async function addToJobSummary(blocks: readonly Block[]): Promise<readonly string[]> {
  const file = process.env['GITHUB_STEP_SUMMARY'];
  if (!file) return [];
  const text = environmentRedactor()(documentMarkdown(blocks));
  if (Buffer.byteLength(text) > MOST_BYTES) return ['the job summary would be too large'];
  try {
    await appendFile(file, `${text}\n`);
    return [];
  } catch (error) {
    return [`the job summary cannot be written: ${reasonOf(error)}`];
  }
}
