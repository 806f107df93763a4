/**
 * The minimum that a program on the official SDK can do, on the connections that Volley uses: it
 * reads the rows, sends each one and keeps the answers, with 64 requests at once and without
 * retries, limits or records.
 */
import { OpenAI } from 'openai';
import type { Wire } from '../../src/providers/transport.ts';
import { undiciWire } from '../../src/providers/undici-wire.ts';
import { KEY, MAX_TOKENS } from './client.ts';
import { openSdkJob, workOff } from './sdk-job.ts';

const { job, rows, record } = openSdkJob();
const wire = undiciWire();
const client = new OpenAI({
  apiKey: KEY,
  baseURL: `${job.origin}/v1`,
  maxRetries: 0,
  fetch: (input, init) => fetchOver(wire, input, init),
});

await workOff(rows(), 64, async (row) => {
  const completion = await client.chat.completions.create({
    model: 'bench',
    max_tokens: MAX_TOKENS,
    messages: [{ role: 'user', content: row.prompt }],
  });
  record(row, completion.choices[0]?.message.content ?? '');
});
await wire.close();

async function fetchOver(
  connections: Wire,
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Response> {
  const reply = await connections.send(input instanceof Request ? input.url : String(input), {
    method: 'POST',
    headers: init?.headers instanceof Headers ? Object.fromEntries(init.headers) : {},
    body: typeof init?.body === 'string' ? init.body : undefined,
    signal: init?.signal ?? new AbortController().signal,
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of reply.body) chunks.push(chunk);
  return new Response(Buffer.concat(chunks), { status: reply.status, headers: reply.headers });
}
