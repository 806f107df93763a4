import { isObject, type JsonObject } from '../ports/json-shape.ts';

/**
 * A step in the life of a chunk of rows that is sent to a provider as one batch. Each step is
 * durable before the next one. Therefore Volley knows what was submitted, whatever happens to the
 * process.
 */
export type BatchLine = IntendedLine | SubmittedLine | DoneLine;

/** A batch is about to be created. */
export interface IntendedLine {
  readonly step: 'intended';
  /** Volley's name for the chunk. */
  readonly chunk: string;
  /** `provider/model`. */
  readonly lane: string;
  readonly at: string;
  /** Fingerprints of its tasks; a row's custom id is derived from its fingerprint. */
  readonly rows: readonly string[];
  /** The provider of the batch, for commands that do not have the manifest. */
  readonly provider: BatchProvider;
  readonly input_file?: string;
  /** The most that the chunk can cost, in US dollars; absent if there is no upper bound. */
  readonly reserved_usd?: number;
}

/** The settings needed to ask a provider for its batches, as in the manifest, without secrets. */
export interface BatchProvider extends BatchProviderTexts {
  readonly name: string;
  readonly type: 'anthropic' | 'openai' | 'mock';
  readonly api?: 'responses' | 'chat';
  readonly headers?: Texts;
  /** The names of the variables that hold the header values. */
  readonly headers_env?: Texts;
  readonly query?: Texts;
}

interface BatchProviderTexts {
  readonly base_url?: string;
  /** The name of the variable that holds the key. */
  readonly api_key_env?: string;
  readonly api_version?: string;
  readonly auth?: string;
}

type Texts = Readonly<Record<string, string>>;

export interface SubmittedLine {
  readonly step: 'submitted';
  readonly chunk: string;
  readonly at: string;
  readonly batch_id: string;
}

/**
 * `collected`: all rows of the chunk are in the results. `dropped`: the batch was never created, or
 * the provider refused it as a whole.
 */
export interface DoneLine {
  readonly step: 'collected' | 'dropped';
  readonly chunk: string;
  readonly at: string;
}

/** A chunk that was intended and has not ended. */
export interface OpenChunk {
  readonly intended: IntendedLine;
  /** Undefined if it is unknown whether the batch was created. */
  readonly batchId: string | undefined;
}

/** The chunks of a companion that are still open, in the order in which they were intended. */
export function openChunks(lines: readonly BatchLine[]): readonly OpenChunk[] {
  const open = new Map<string, OpenChunk>();
  for (const line of lines) {
    const chunk = open.get(line.chunk);
    if (line.step === 'intended') open.set(line.chunk, { intended: line, batchId: undefined });
    else if (line.step !== 'submitted') open.delete(line.chunk);
    else if (chunk) open.set(line.chunk, { ...chunk, batchId: line.batch_id });
  }
  return [...open.values()];
}

/** A paid answer that does not belong to any task of this run. */
export interface BatchRowLine {
  readonly batch_id: string;
  readonly custom_id: string;
  readonly at: string;
  readonly text: string;
  /** US dollars; null if the price is unknown. */
  readonly cost_usd: number | null;
}

/** The id of a task's row in a batch, from its fingerprint: the same in every run, not secret. */
export function customIdOf(fingerprint: string): string {
  return `v1-${fingerprint.slice(fingerprint.lastIndexOf(':') + 1).slice(0, 40)}`;
}

/** Reads a line of kind `batch` from a file that anyone may have edited; undefined if invalid. */
export function readBatchLine(value: JsonObject): BatchLine | undefined {
  const { step, chunk, at, lane, rows, provider, batch_id: batchId } = value;
  if (typeof chunk !== 'string' || typeof at !== 'string') return undefined;
  if (step === 'collected' || step === 'dropped') return { step, chunk, at };
  if (step === 'submitted') {
    return typeof batchId === 'string' ? { step, chunk, at, batch_id: batchId } : undefined;
  }
  if (step !== 'intended' || typeof lane !== 'string' || !Array.isArray(rows)) return undefined;
  if (!rows.every((row) => typeof row === 'string') || !isProvider(provider)) return undefined;
  const { input_file: file, reserved_usd: usd } = value;
  return {
    step,
    chunk,
    lane,
    at,
    rows,
    provider,
    ...(typeof file === 'string' && { input_file: file }),
    ...(typeof usd === 'number' && usd >= 0 && { reserved_usd: usd }),
  };
}

function isProvider(value: unknown): value is BatchProvider {
  if (!isObject(value)) return false;
  const { name, type, api, headers, headers_env: headersEnv, query } = value;
  return (
    typeof name === 'string' &&
    (type === 'anthropic' || type === 'openai' || type === 'mock') &&
    (api === undefined || api === 'responses' || api === 'chat') &&
    TEXTS.every((key) => value[key] === undefined || typeof value[key] === 'string') &&
    [headers, headersEnv, query].every(isOptionalTexts)
  );
}

const TEXTS = ['base_url', 'api_key_env', 'api_version', 'auth'] as const satisfies ReadonlyArray<
  keyof BatchProviderTexts
>;

function isOptionalTexts(value: unknown): boolean {
  if (value === undefined) return true;
  return isObject(value) && Object.values(value).every((text) => typeof text === 'string');
}
