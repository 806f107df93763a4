import type { Cloud } from './cloud.ts';
import type { Bounds } from '../errors/bounds.ts';
import type { Place } from '../errors/finding.ts';
import type { JsonObject, JsonValue } from '../ports/json.ts';
import type { Work } from '../ports/work.ts';
import type { TextEncoding } from '../ports/text-encoding.ts';
import type { PriceTable } from './price.ts';
import type { Path } from './source-node.ts';
import type { Template } from './template.ts';

/** A manifest that passed every check: files read, templates parsed, defaults applied. */
export interface Manifest {
  /** The file as the user named it, or a word such as `<arguments>` in angle brackets. */
  readonly file: string;
  /** How much work it may make; absent: `DEFAULT_BOUNDS`. */
  readonly bounds?: Bounds;
  /** The CPU time that is left for it, which its templates and schemas take from; absent: not counted. */
  readonly work?: Work;
  readonly name: string | undefined;
  /** Values for templates, `--set` already applied. */
  readonly vars: Readonly<Record<string, JsonValue>>;
  /** The shared prefix, rendered and joined with blank lines; undefined when there is none. */
  readonly context: string | undefined;
  readonly providers: ReadonlyMap<string, ProviderSettings>;
  readonly run: RunSettings;
  /** Absent means no bound on the cost. */
  readonly budget?: Budget;
  readonly prices?: PriceTable;
  /** Prices from a file that the user named: they come after the manifest's own. */
  readonly priceFile?: PriceFile;
  /** Never empty. Ids are unique. */
  readonly tasks: readonly TaskTemplate[];
  /** Where the results go, as written; undefined means stdout. */
  readonly output: string | undefined;
  /** Where answers are kept for other runs, and for how long they are used; absent: nowhere. */
  readonly responseCache?: ResponseCacheSettings;
  /** What each record has besides the answer; absent: nothing. */
  readonly include?: readonly IncludedPart[];
}

export interface ResponseCacheSettings {
  /** Below the manifest, as written; undefined: the user's cache folder. */
  readonly dir: string | undefined;
  readonly ttlMs: number | undefined;
}

/** The row, and the prompt that was sent. */
export const INCLUDED_PARTS = ['item', 'prompt'] as const;
export type IncludedPart = (typeof INCLUDED_PARTS)[number];

/** Who says a message of a conversation. */
export type Role = 'user' | 'assistant';

/** One entry under `tasks`, before expansion. */
export interface TaskTemplate {
  readonly id: string;
  readonly place: Place;
  /** The model to ask first; the first of `models`. */
  readonly model: ModelName;
  /** The last axis of its matrix: each row goes to each of these; absent: there is no such axis. */
  readonly models?: readonly ModelName[];
  /** Models to ask in turn when the previous one gives no answer; absent: none. Never the same twice. */
  readonly fallbacks?: readonly ModelName[];
  /** What is asked: the last message, where there are several. */
  readonly prompt: Template;
  readonly earlier?: ReadonlyArray<{ readonly role: Role; readonly content: Template }>;
  readonly system: Template | undefined;
  /** Files that are sent with the prompt, in this order; absent: none. */
  readonly attachments?: readonly AttachmentSource[];
  /** Whether the shared context goes in front. */
  readonly useContext: boolean;
  readonly parameters: Parameters;
  /** What the answer must be; undefined: any text. */
  readonly schema?: OutputSchema | undefined;
  /** What the answer should also be; absent: nothing. It does not affect the request. */
  readonly expect?: Expectation;
  /** `grow`: an answer cut off at `max_tokens` is asked for once more, with twice as many. Default `fail`. */
  readonly onTruncated?: 'fail' | 'grow';
  /** How it is sent; absent: `realtime`. */
  readonly mode?: RunMode;
  /** Whether a prefix that it shares with other tasks is cached, and for how long; absent: where it pays off. */
  readonly promptCache?: CacheSetting;
  /** Bound on one attempt, body included. */
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly tags: readonly string[];
  readonly forEach: RowSource | undefined;
  /** Every combination after include and exclude; undefined without a `matrix`. Never empty. */
  readonly matrix: readonly MatrixCombination[] | undefined;
  /** Samples of each request; absent means one, whose id has no number. */
  readonly repeat?: number;
  /**
   * Tasks of this manifest that end first, that of `forEach` included. Each id once, never in a
   * circle. Absent when there are none.
   */
  readonly needs?: readonly Need[];
  /** `if`: gives some text where the task is to run, and none where it is to be skipped. */
  readonly condition?: Template;
}

/** How long a provider keeps what it caches. */
export type CacheLifetime = '5m' | '1h' | '30m' | '12h';

export type CacheSetting = 'auto' | 'off' | CacheLifetime;

/** Another entry of `tasks` whose results this one waits for. */
export interface Need {
  readonly id: string;
  /** Continue with what succeeded. */
  readonly allowFailed: boolean;
}

export type Expectation =
  /** Gives some text where the answer is as expected, and none elsewhere. */
  | { readonly kind: 'condition'; readonly condition: Template }
  | { readonly kind: 'schema'; readonly schema: OutputSchema };

export interface AttachmentSource {
  readonly name: Template;
  /** A pattern, the same for every task; else the name of one file, with variables in it. */
  readonly isPattern: boolean;
  readonly place: Place;
}

export type MatrixCombination = Readonly<Record<string, JsonValue>>;

/** `provider/model`: the model's own name may hold further slashes. */
export interface ModelName {
  readonly provider: string;
  readonly model: string;
}

/** What affects the answer besides the text. Absent means: not sent. */
export interface Parameters {
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stop?: readonly string[];
  readonly reasoning?: ReasoningEffort;
  /** Passed through into the body of the request as they are. */
  readonly params?: Readonly<Record<string, JsonValue>>;
}

export interface OutputSchema {
  readonly json: JsonObject;
  /** In the form that the structured output of each wire takes. */
  readonly native: Readonly<Record<'openai' | 'anthropic', NativeSchema>>;
  /** Reads an answer and holds it against the schema. Never takes long: `signal` abandons it. */
  readonly read: (text: string, signal?: AbortSignal) => Promise<ReadAnswer>;
}

export type NativeSchema =
  | { readonly ok: true; readonly json: JsonObject }
  /** There is no such form: which part of the schema has none, and why. */
  | { readonly ok: false; readonly path: Path; readonly why: string };

export type ReadAnswer =
  | { readonly ok: true; readonly value: JsonValue }
  /** To are after "the answer does not match its schema: ". */
  | { readonly ok: false; readonly problem: string };

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

export type RowSource = RowsFromList | RowsFromGlob | RowsFromPaths | RowsFromFile | RowsFromNeeds;

interface RowsBase {
  readonly key: string | undefined;
  readonly place: Place;
}
export interface RowsFromList extends RowsBase {
  readonly kind: 'list';
  readonly items: readonly JsonValue[];
}
/** Items are `{path, name, stem, ext, text}`; `text` is read when the task is rendered. */
export interface RowsFromGlob extends RowsBase {
  readonly kind: 'glob';
  readonly patterns: readonly string[];
}
/** The same items, for paths that are listed: in the manifest, or one per line of a file. */
export interface RowsFromPaths extends RowsBase {
  readonly kind: 'paths';
  readonly list: string | readonly string[];
}
export interface RowsFromFile extends RowsBase {
  readonly kind: 'file';
  readonly file: string;
  readonly format: RowFormat;
  /** Default UTF-8. */
  readonly encoding?: TextEncoding | undefined;
  /** What separates the values of a CSV file; default: what its first line shows. */
  readonly delimiter?: Delimiter | undefined;
}
/** One task per task of another entry, under the same key and with its row. */
export interface RowsFromNeeds extends RowsBase {
  readonly kind: 'needs';
  readonly task: string;
  readonly key: undefined;
  /** Where the rows come from at the root of the chain; undefined when there are none. */
  readonly root: ReadRows | undefined;
}
/** Rows that are read from the manifest or from files. */
export type ReadRows = Exclude<RowSource, RowsFromNeeds>;
export type RowFormat = 'csv' | 'jsonl' | 'json' | 'yaml' | 'parquet' | 'lines';
export type Delimiter = ',' | ';' | '\t' | '|';

export type ProviderType = 'anthropic' | 'openai' | 'mock';

/** `native`: by the API's own structured output. `prompt`: in the prompt, for servers that have none. */
export type StructuredOutput = 'native' | 'prompt';

/** `all`: images and PDFs. */
export type AttachmentsTaken = 'none' | 'images' | 'all';

/** How a key is sent: `bearer` in `Authorization`, the others in the header of that name. */
export type AuthScheme = (typeof AUTH_SCHEMES)[number];
export const AUTH_SCHEMES = ['bearer', 'x-api-key', 'api-key', 'none'] as const;

/** An entry under `providers`, as written: it adds a provider or overrides parts of a ready-made one. */
export interface ProviderSettings {
  readonly name: string;
  readonly place: Place;
  readonly type: ProviderType | undefined;
  /** `type` then is the wire that its servers speak; absent: no cloud's. */
  readonly cloud?: Cloud | undefined;
  readonly baseUrl: string | undefined;
  /** Name of the environment variable that overrides `baseUrl`. */
  readonly baseUrlEnv: string | undefined;
  /** Name of the environment variable that holds the key. */
  readonly apiKeyEnv: string | undefined;
  /** Which of OpenAI's two wires to speak. */
  readonly api: 'responses' | 'chat' | undefined;
  readonly apiVersion: string | undefined;
  /** Undefined: as is usual on the wire. */
  readonly auth?: AuthScheme | undefined;
  /** Sent with each request; lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Names of environment variables by the header that each fills; lower-case names. */
  readonly headersEnv?: Readonly<Record<string, string>>;
  /** Added to the address of each request. */
  readonly query?: Readonly<Record<string, string>>;
  /** The field of Chat Completions that bounds an answer. */
  readonly maxTokensField?: string | undefined;
  readonly stream?: StreamSetting | undefined;
  /** How a schema is sent: see `structuredOutput`. */
  readonly structuredOutput?: StructuredOutput | undefined;
  /** What its models take besides text: see `attachmentsTaken`. */
  readonly attachments?: AttachmentsTaken | undefined;
  readonly limits: Limits;
  readonly models: ReadonlyMap<string, ModelSettings>;
  readonly mock: MockSettings | undefined;
  /** Whether it speaks the batch interface of its wire. Default: OpenAI, Anthropic and mocks do. */
  readonly batch?: boolean | undefined;
  /** Whether it takes `service_tier: flex`. Default: `openai` does. */
  readonly flex?: boolean | undefined;
}

/** Whether answers come as a stream, joined before anyone sees them; `auto`: where it is needed. */
export type StreamSetting = 'auto' | 'always' | 'never';

export interface ModelSettings {
  readonly limits: Limits;
  /** The longest answer that the model gives, in tokens. */
  readonly maxTokens?: number | undefined;
}

/** Declared limits; absent means not declared. Counts are per minute, second or day as named. */
export interface Limits {
  readonly rpm?: number;
  readonly rps?: number;
  readonly rpd?: number;
  readonly tpm?: number;
  readonly itpm?: number;
  readonly otpm?: number;
  readonly concurrency?: Concurrency;
}

export interface Concurrency {
  readonly start: number;
  readonly max: number;
}

/** How a provider of type `mock` behaves. */
export interface MockSettings {
  readonly seed: number;
  /** Median and spread of the answer's latency: uniform in [min, max]. */
  readonly latencyMs: { readonly min: number; readonly max: number };
  /** Uniform in [min, max], cut at the request's `max_tokens`. */
  readonly outputTokens: { readonly min: number; readonly max: number };
  /** Share of attempts, 0 to 1, that fail with the given HTTP status. */
  readonly errors: ReadonlyArray<{ readonly status: number; readonly rate: number }>;
  /** Share of answers, 0 to 1, that come without usage. */
  readonly missingUsage: number;
  /** Fixed answer; without it the mock makes up words. `{{ }}` is not expanded in it. */
  readonly answer: string | undefined;
  /** How its batches behave; absent: one takes a few seconds, and every row is answered. */
  readonly batch?: {
    /** How long one takes: uniform in [min, max]. */
    readonly durationMs: { readonly min: number; readonly max: number };
    /** Share of rows, 0 to 1, that expire. */
    readonly expired: number;
  };
}

/**
 * `realtime`: a request per task. `flex`: the same at the provider's slower and cheaper tier, where
 * it has one. `batch`:
 * through its batch interface. `auto`: see `modeOf`.
 */
export const RUN_MODES = ['realtime', 'flex', 'batch', 'auto'] as const;
export type RunMode = (typeof RUN_MODES)[number];

export interface BatchSettings {
  /** How rows are sent again that a batch did not process. */
  readonly leftovers: 'realtime' | 'batch';
  /** A later level of needs, or a remainder, of fewer rows goes in realtime. */
  readonly minRows: number;
  /** Leaves input and output files with the provider once they are collected. */
  readonly keepFiles: boolean;
}

export interface RunSettings {
  readonly maxConcurrent: number;
  /** Stop dispatching after the first task that fails for good. */
  readonly failFast: boolean;
  /** Bound on the whole run; undefined means none. */
  readonly timeoutMs: number | undefined;
  /** For tasks that do not set one. Default `realtime`. */
  readonly mode?: RunMode;
  /** When all answers are to be there, from the first start of the run; only with tasks of mode `auto`. */
  readonly deadlineMs?: number | undefined;
  readonly batch?: BatchSettings;
}

/** Bounds in US dollars; undefined means none. */
export interface Budget {
  readonly maxCostUsd: number | undefined;
  /** On one task, retries included. */
  readonly maxTaskCostUsd: number | undefined;
  readonly callersCap?: CallersCap;
}

export interface CallersCap {
  /** Whether a price that only the manifest gives counts (`--trust-prices`). */
  readonly trustsPrices: boolean;
  /** Names in `params` that the caller allows (`--allow-param`). */
  readonly allowedParams: ReadonlySet<string>;
}

export interface PriceFile {
  readonly prices: PriceTable;
  /** `YYYY-MM-DD`, when the file says it. */
  readonly asOf: string | undefined;
}
