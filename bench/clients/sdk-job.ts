import { createWriteStream } from 'node:fs';
import { Anthropic } from '@anthropic-ai/sdk';
import { OpenAI } from 'openai';
import { pause } from '../pause.ts';
import { readRows, type Row } from '../work.ts';
import { KEY, MAX_TOKENS, type Job } from './client.ts';
import type { PeerJob } from './sdk-peer.ts';

/** What every small program on an SDK has: a job, rows, one call, and one file for answers. */
export interface SdkJob {
  readonly job: PeerJob;
  readonly rows: () => AsyncIterable<Row>;
  /** Sends one request without retries. Throws the SDK's error. */
  readonly call: (row: Row) => Promise<string>;
  readonly record: (row: Row, answer: string) => void;
}

export function openSdkJob(): SdkJob {
  const job: PeerJob = JSON.parse(process.argv[2] ?? '');
  const results = createWriteStream(`${job.folder}/results.jsonl`);
  return {
    job,
    rows: () => readRows(job.rowsFile),
    call: job.wire === 'anthropic' ? anthropicCall(job) : openaiCall(job),
    record: ({ id }, answer) => void results.write(`${JSON.stringify({ id, answer })}\n`),
  };
}

function openaiCall({ origin }: Job): SdkJob['call'] {
  const client = new OpenAI({ apiKey: KEY, baseURL: `${origin}/v1`, maxRetries: 0 });
  return async ({ prompt }) => {
    const completion = await client.chat.completions.create({
      model: 'bench',
      max_tokens: MAX_TOKENS,
      messages: [{ role: 'user', content: prompt }],
    });
    return completion.choices[0]?.message.content ?? '';
  };
}

function anthropicCall({ origin }: Job): SdkJob['call'] {
  const client = new Anthropic({ apiKey: KEY, baseURL: origin, maxRetries: 0 });
  return async ({ prompt }) => {
    const message = await client.messages.create({
      model: 'bench',
      max_tokens: MAX_TOKENS,
      messages: [{ role: 'user', content: prompt }],
    });
    const [block] = message.content;
    return block?.type === 'text' ? block.text : '';
  };
}

/** Calls again after `retry-after`, or after 1 s · 2ⁿ plus up to a second of jitter. */
export async function withBackoff<Value>(
  call: () => Promise<Value>,
  { maxRetries }: { readonly maxRetries: number },
): Promise<Value> {
  for (let retry = 0; ; retry += 1) {
    try {
      return await call();
    } catch (error) {
      if (retry >= maxRetries) throw error;
      const askedMs = retryAfterMs(error);
      await pause(askedMs ?? 1_000 * 2 ** retry + 1_000 * Math.random());
    }
  }
}

export function retryAfterMs(error: unknown): number | undefined {
  if (!(error instanceof OpenAI.APIError || error instanceof Anthropic.APIError)) return undefined;
  const seconds = Number(error.headers?.get('retry-after') ?? Number.NaN);
  return Number.isNaN(seconds) ? undefined : seconds * 1_000;
}

/**
 * Processes rows from one list with this many `workers`. A row whose call fails permanently is
 * lost.
 */
export async function workOff(
  rows: AsyncIterable<Row>,
  workers: number,
  work: (row: Row) => Promise<void>,
): Promise<void> {
  const left = rows[Symbol.asyncIterator]();
  const worker = async (): Promise<void> => {
    for (let next = await left.next(); !next.done; next = await left.next()) {
      await work(next.value).catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
}
