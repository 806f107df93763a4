import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { isObject, listAt, textAt } from '../../src/ports/json-shape.ts';

/** What happens to a row. */
export type RowFate = 'answered' | 'expired' | 'errored' | 'status-0' | 'missing' | 'canceled';

export interface VendorFaults {
  /** Default: all rows are answered. */
  readonly fateOf?: (prompt: string, batch: number) => RowFate;
  /**
   * The create calls, counted from 0, that create a batch but lose the connection before the
   * response.
   */
  readonly lostCreates?: ReadonlySet<number>;
  /** The batches, counted from 0, that are refused because the queue is full. */
  readonly fullQueue?: ReadonlySet<number>;
  /** How many times a batch that was just created is not found. Default 0. */
  readonly notFoundFirst?: number;
  /** How many times a batch is inspected before it has ended. Default 1. */
  readonly looks?: number;
  /** How many times a canceled batch is inspected before it has ended. Default 1. */
  readonly cancelLooks?: number;
  /** Sends some output twice, and adds a row that nobody requested. */
  readonly oddRows?: boolean;
  /** The word for a batch that has ended. Default `completed`. */
  readonly endsAs?: 'completed' | 'expired';
  /** Wall time; default: this machine's. */
  readonly epochMs?: () => number;
  /**
   * Anthropic's rows read what earlier batches wrote to the cache; `never`: nothing is cached.
   * Default: the usage does not mention the cache.
   */
  readonly caching?: 'between_batches' | 'never' | 'refused';
  /** Default: `answer to PROMPT`. */
  readonly answerTo?: (prompt: string) => string;
  /**
   * Uses OpenAI's format as Together writes it: a new batch in `job`, states in capitals, times as
   * strings.
   */
  readonly isTogether?: boolean;
  /**
   * How many of the first downloads of results end in the middle of a row, as if they were
   * complete.
   */
  readonly cutDownloads?: number;
  /** OpenAI's: how many of the first downloads of results end after half of the rows. */
  readonly halfDownloads?: number;
  /**
   * OpenAI's: how many times a batch that has ended is inspected before its files are named.
   * Default 0.
   */
  readonly lateFiles?: number;
}

/**
 * A server with both vendors' batch interfaces and with single requests. It bills what it answers.
 */
export interface BatchVendor {
  readonly url: string;
  /** How many times each prompt was answered and billed, including single requests. */
  readonly billed: ReadonlyMap<string, number>;
  /** The same for batches only. */
  readonly inBatches: ReadonlyMap<string, number>;
  readonly batches: () => number;
  readonly singles: () => number;
  readonly deleted: () => readonly string[];
  readonly canceled: () => readonly string[];
  /** For each request: its method and address, its body, and the value of the header `x-team`. */
  readonly seen: ReadonlyArray<{
    readonly url: string;
    readonly text: string;
    readonly team: unknown;
  }>;
}

interface Row {
  readonly customId: string;
  readonly prompt: string;
  /** The address for the same request outside a batch. */
  readonly url?: string;
  /** Anthropic's blocks up to the last breakpoint; `rest` has those after it. */
  readonly marked?: string;
  readonly rest?: string;
}

interface Batch {
  readonly id: string;
  readonly n: number;
  readonly rows: readonly Row[];
  readonly inputFile: string | undefined;
  readonly metadata: unknown;
  readonly createdMs: number;
  looks: number;
  canceledAtLook: number | undefined;
  notFound: number;
  outputs: { readonly good: string; readonly bad: string } | undefined;
}

type Fields = Record<string, unknown>;

export async function startBatchVendor(faults: VendorFaults = {}): Promise<BatchVendor> {
  const { fateOf = () => 'answered', looks = 1, endsAs = 'completed' } = faults;
  const { answerTo = (prompt) => `answer to ${prompt}` } = faults;
  const billed = new Map<string, number>();
  const inBatches = new Map<string, number>();
  const files = new Map<string, string>();
  const batches = new Map<string, Batch>();
  const deleted: string[] = [];
  const canceled: string[] = [];
  const seen: { url: string; text: string; team: unknown }[] = [];
  const counts = { singles: 0, creates: 0, files: 0 };

  function bill(prompt: string): void {
    billed.set(prompt, (billed.get(prompt) ?? 0) + 1);
  }

  function create(rows: readonly Row[], more: Pick<Batch, 'inputFile' | 'metadata'>): Batch {
    const n = counts.creates++;
    const id = `batch_${n}`;
    const batch: Batch = {
      ...more,
      id,
      n,
      rows,
      createdMs: (faults.epochMs ?? Date.now)(),
      looks: 0,
      canceledAtLook: undefined,
      notFound: faults.notFoundFirst ?? 0,
      outputs: undefined,
    };
    batches.set(id, batch);
    return batch;
  }

  function cancel(id: string): void {
    canceled.push(id);
    const batch = batches.get(id);
    if (batch && !isOver(batch)) batch.canceledAtLook = batch.looks;
  }

  function isOver(batch: Batch): boolean {
    const { canceledAtLook: at = Infinity } = batch;
    return batch.looks >= Math.min(looks, at + (faults.cancelLooks ?? 1));
  }

  /** Decides the fate of each row once, when the batch ends. */
  function fates(batch: Batch): readonly Ended[] {
    const known = ended.get(batch.id);
    if (known) return known;
    const all = shuffled(batch.rows).map((row, at) => {
      // Half of the rows were done when the batch was canceled.
      const isLost = batch.canceledAtLook !== undefined && at % 2 === 1;
      const answer = answerTo(row.prompt);
      return { ...row, answer, fate: isLost ? ('canceled' as const) : fateOf(row.prompt, batch.n) };
    });
    for (const { prompt, fate } of all) {
      if (fate !== 'answered') continue;
      bill(prompt);
      inBatches.set(prompt, (inBatches.get(prompt) ?? 0) + 1);
    }
    // Rows of one batch do not read what the others write to the cache.
    const kept = new Set(cache);
    for (const row of all) {
      if (row.fate === 'answered' && row.marked && faults.caching === 'between_batches')
        cache.add(row.marked);
    }
    const whole = faults.caching ? all.map((row) => ({ ...row, usage: usageOf(row, kept) })) : all;
    ended.set(batch.id, whole);
    return whole;
  }
  const ended = new Map<string, readonly Ended[]>();
  const cache = new Set<string>();

  function usageOf({ marked = '', rest = '' }: Row, kept: ReadonlySet<string>): Fields {
    const [tokens, isRead] = [Math.ceil(marked.length / 4), kept.has(marked)];
    const written = isRead || faults.caching === 'never' ? 0 : tokens;
    const plain = Math.ceil(rest.length / 4) + (faults.caching === 'never' ? tokens : 0);
    return {
      input_tokens: plain,
      output_tokens: 10,
      cache_read_input_tokens: isRead ? tokens : 0,
      cache_creation_input_tokens: written,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: written },
    };
  }

  function openaiBatch(batch: Batch): Fields {
    const isFull = faults.fullQueue?.has(batch.n) ?? false;
    const base = {
      id: batch.id,
      object: 'batch',
      endpoint: '/v1/chat/completions',
      input_file_id: batch.inputFile,
      metadata: batch.metadata,
      created_at: Math.floor(batch.createdMs / 1000),
      output_file_id: '',
      error_file_id: '',
      request_counts: { total: batch.rows.length, completed: 0, failed: 0 },
    };
    if (isFull) {
      const data = [{ code: 'token_limit_exceeded', message: 'Enqueued token limit reached' }];
      return { ...base, status: 'failed', errors: { object: 'list', data } };
    }
    if (!isOver(batch))
      return { ...base, status: batch.looks === 0 ? 'validating' : 'in_progress' };
    const rows = fates(batch);
    const answered = rows.filter(({ fate }) => fate === 'answered');
    const unanswered = rows.filter(
      ({ fate }) => fate !== 'answered' && fate !== 'missing' && fate !== 'canceled',
    );
    if (!batch.outputs) {
      const good = answered.map((row) => openaiRow(row));
      const bad = unanswered.map((row) => openaiRow(row));
      if (faults.oddRows && answered[0]) {
        good.push(openaiRow(answered[0]), openaiRow({ ...answered[0], customId: 'nobody' }));
      }
      batch.outputs = { good: file(good), bad: file(bad) };
    }
    const areNamed = batch.looks >= looks + (faults.lateFiles ?? 0);
    return {
      ...base,
      status: batch.canceledAtLook === undefined ? endsAs : 'cancelled',
      request_counts: {
        ...base.request_counts,
        completed: answered.length,
        failed: unanswered.length,
      },
      ...((areNamed || batch.canceledAtLook !== undefined) && {
        output_file_id: batch.outputs.good,
        error_file_id: batch.outputs.bad,
      }),
    };
  }

  /** Returns the id of a file with these rows; an empty id if there are none. */
  function file(rows: readonly string[]): string {
    if (rows.length === 0) return '';
    const id = `file_out_${counts.files++}`;
    files.set(id, rows.join('\n'));
    return id;
  }

  function anthropicBatch(batch: Batch, base: string): Fields {
    const over = isOver(batch);
    const zero = { succeeded: 0, errored: 0, canceled: 0, expired: 0 };
    return {
      id: batch.id,
      type: 'message_batch',
      processing_status: over ? 'ended' : 'in_progress',
      request_counts: over
        ? { ...zero, processing: 0, succeeded: batch.rows.length }
        : { ...zero, processing: batch.rows.length },
      created_at: new Date(batch.createdMs).toISOString(),
      // The URL is on another host: following it would leak the key.
      results_url: over ? `http://192.0.2.1${base}/${batch.id}/results` : null,
    };
  }

  let downloads = 0;
  function cutOff(rows: string): string {
    downloads += 1;
    if (downloads <= (faults.halfDownloads ?? 0)) {
      return rows.slice(0, rows.indexOf('\n', rows.length / 2));
    }
    return downloads <= (faults.cutDownloads ?? 0) ? rows.slice(0, rows.length - 30) : rows;
  }

  function inOwnForm(batch: Fields): Fields {
    if (faults.isTogether !== true) return batch;
    const createdMs = Number(batch['created_at']) * 1000;
    return {
      ...batch,
      status: String(batch['status']).toUpperCase(),
      created_at: new Date(createdMs).toISOString(),
    };
  }

  function created(batch: Fields): Fields {
    const own = inOwnForm(batch);
    return faults.isTogether === true ? { job: own } : own;
  }

  function look(id: string): Batch | undefined {
    const batch = batches.get(id);
    if (!batch || batch.notFound > 0) {
      if (batch) batch.notFound -= 1;
      return undefined;
    }
    batch.looks += 1;
    return batch;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    const text = await textOf(request);
    seen.push({ url: `${request.method} ${request.url}`, text, team: request.headers['x-team'] });
    const json = (value: unknown, status = 200): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    const missing = (): void => json({ error: { type: 'not_found_error', message: 'none' } }, 404);
    const lose = (batch: Batch): boolean => {
      if (!faults.lostCreates?.has(batch.n)) return false;
      request.socket.destroy();
      return true;
    };
    const [, , ...rest] = path.split('/');
    const route = rest.join('/');
    if (route === 'files') {
      const id = `file_in_${counts.files++}`;
      files.set(id, /application\/jsonl\r\n\r\n([\s\S]*?)\r\n--volley/.exec(text)?.[1] ?? '');
      return json({ id, object: 'file' });
    }
    const fileId = /^files\/([^/]+)/.exec(route)?.[1];
    if (fileId !== undefined) {
      if (request.method === 'DELETE') {
        deleted.push(fileId);
        return json({ id: fileId, deleted: true });
      }
      const content = files.get(fileId);
      if (content === undefined) return missing();
      response.end(cutOff(content));
      return;
    }
    if (route === 'batches') {
      if (request.method === 'GET') {
        const data = [...batches.values()].toReversed().map(openaiBatch);
        return json({ object: 'list', data, has_more: false });
      }
      const { input_file_id: inputFile, metadata, endpoint } = JSON.parse(text);
      const rows = (files.get(inputFile) ?? '').split('\n').filter(Boolean).map(openaiRequest);
      const isMixed = rows.some(({ url }) => url !== endpoint);
      if (isMixed) return json({ error: { message: 'a row of another endpoint' } }, 400);
      const batch = create(rows, { inputFile, metadata });
      if (!lose(batch)) json(created({ ...openaiBatch(batch), ...VALIDATING }));
      return;
    }
    const openaiId = /^batches\/([^/]+)(\/cancel)?$/.exec(route);
    if (openaiId) {
      if (openaiId[2] !== undefined) cancel(openaiId[1] ?? '');
      const batch = look(openaiId[1] ?? '');
      return batch ? json(inOwnForm(openaiBatch(batch))) : missing();
    }
    if (route === 'messages/batches') {
      if (faults.caching === 'refused' && text.includes('cache_control')) {
        return json({ error: { message: 'cache_control: unknown field' } }, 400);
      }
      if (request.method === 'GET') {
        const data = [...batches.values()].toReversed().map((each) => anthropicBatch(each, path));
        return json({ data, has_more: false });
      }
      const { requests } = JSON.parse(text);
      const rows = requests.map((each: Fields) => anthropicRequest(each));
      const batch = create(rows, { inputFile: undefined, metadata: undefined });
      if (!lose(batch)) json(anthropicBatch(batch, path));
      return;
    }
    const anthropicId = /^messages\/batches\/([^/]+)(?:\/(results|cancel))?$/.exec(route);
    if (anthropicId) {
      const [, id = '', what] = anthropicId;
      const known = batches.get(id);
      if (what === 'results' && known) {
        const rows = fates(known).filter(({ fate }) => fate !== 'missing');
        response.end(cutOff(rows.map(anthropicRow).join('\n')));
        return;
      }
      if (what === 'cancel') cancel(id);
      const batch = look(id);
      return batch ? json(anthropicBatch(batch, '/v1/messages/batches')) : missing();
    }
    counts.singles += 1;
    const body = JSON.parse(text);
    const prompt = promptOf(body);
    bill(prompt);
    const answer = answerTo(prompt);
    json(route === 'messages' ? anthropicAnswer(answer) : openaiAnswer(answer, path));
  }

  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const host = `127.0.0.1:${port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://${host}`,
    billed,
    inBatches,
    batches: () => counts.creates,
    singles: () => counts.singles,
    deleted: () => deleted,
    canceled: () => canceled,
    seen,
  };
}

const VALIDATING = {
  status: 'validating',
  output_file_id: '',
  error_file_id: '',
  errors: undefined,
};

function openaiRequest(line: string): Row {
  const { custom_id: customId, body, url } = JSON.parse(line);
  return { customId, prompt: promptOf(body), url };
}

function anthropicRequest({ custom_id: customId, params }: Fields): Row {
  const blocks = [...listAt(params, 'system')].filter(isObject);
  const end = blocks.findLastIndex((block) => 'cache_control' in block) + 1;
  return {
    customId: String(customId),
    prompt: promptOf(params),
    marked: textIn(blocks.slice(0, end)),
    rest: textIn(blocks.slice(end)) + promptOf(params),
  };
}

function textIn(blocks: readonly Fields[]): string {
  return blocks.map((block) => textAt(block, 'text')).join('');
}

function promptOf(body: unknown): string {
  if (isObject(body) && typeof body['input'] === 'string') return body['input'];
  const messages = [...listAt(body, 'messages'), ...listAt(body, 'input')];
  const last = messages.at(-1);
  const content = isObject(last) ? last['content'] : undefined;
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map((part) => textAt(part, 'text') ?? '').join('') : '';
}

const USAGE = { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 };

function responsesAnswer(text: string): Fields {
  const content = [{ type: 'output_text', text }];
  const usage = { input_tokens: 10, output_tokens: 10, total_tokens: 20 };
  const output = [{ type: 'message', role: 'assistant', content }];
  return { id: 'r', object: 'response', status: 'completed', output, usage };
}

function openaiAnswer(text: string, url = ''): Fields {
  if (url.endsWith('/responses')) return responsesAnswer(text);
  const message = { role: 'assistant', content: text };
  return { id: 'c', choices: [{ index: 0, message, finish_reason: 'stop' }], usage: USAGE };
}

function anthropicAnswer(
  text: string,
  usage: Fields = { input_tokens: 10, output_tokens: 10 },
): Fields {
  return {
    id: 'm',
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    usage,
  };
}

type Ended = Row & { readonly fate: RowFate; readonly answer: string; readonly usage?: Fields };

function openaiRow({ customId, answer, url, fate }: Ended): string {
  const base = { id: `r_${customId}`, custom_id: customId };
  if (fate === 'expired') {
    const error = { code: 'batch_expired', message: 'This request could not be executed in time.' };
    return JSON.stringify({ ...base, response: null, error });
  }
  const status = { answered: 200, errored: 500, 'status-0': 0, missing: 0, canceled: 0 }[fate];
  const body = status === 200 ? openaiAnswer(answer, url) : { error: { message: 'it went wrong' } };
  const response = { status_code: status, request_id: `req_${customId}`, body };
  return JSON.stringify({ ...base, response, error: null });
}

function anthropicRow({ customId, answer, fate, usage }: Ended): string {
  const failed = { type: 'error', error: { type: 'api_error', message: 'it went wrong' } };
  const result =
    fate === 'answered'
      ? { type: 'succeeded', message: anthropicAnswer(answer, usage) }
      : fate === 'expired' || fate === 'canceled'
        ? { type: fate }
        : { type: 'errored', error: failed };
  return JSON.stringify({ custom_id: customId, result });
}

/** Sorts rows into an order of their own, which is the same each time. */
function shuffled(rows: readonly Row[]): readonly Row[] {
  const key = ({ customId }: Row): string => createHash('sha256').update(customId).digest('hex');
  return rows.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8').on('data', (part: string) => (text += part));
  await once(request, 'end');
  return text;
}
