import type { Cloud } from './cloud.ts';
import type { Bounds } from '../errors/input-limits.ts';
import type { Place } from '../errors/finding.ts';
import type { JsonObject, JsonValue } from '../ports/json.ts';
import type { Work } from '../ports/work.ts';
import type { TextEncoding } from '../ports/text-encoding.ts';
import type { PriceTable } from './price-rates.ts';
import type { Path } from './source-node.ts';
import type { Template } from './template.ts';

/** A manifest that passed every check: files read, templates parsed, defaults applied. */
export interface Manifest {
  /** The file as the user named it, or a name in angle brackets such as `<arguments>`. */
  readonly file: string;
  /** How much work it may cause; absent: `DEFAULT_BOUNDS`. */
  readonly bounds?: Bounds;
  /** The remaining CPU time for its templates and schemas; absent: not counted. */
  readonly work?: Work;
  readonly name: string | undefined;
  /** Values for templates, including `--set`. */
  readonly vars: Readonly<Record<string, JsonValue>>;
  /** The shared prefix, rendered and joined with blank lines. */
  readonly context: string | undefined;
  readonly providers: ReadonlyMap<string, ProviderSettings>;
  readonly run: RunSettings;
  /** Absent: the cost is not limited. */
  readonly budget?: Budget;
  readonly prices?: PriceTable;
  /** Prices from a file that the user named. The manifest's own prices take precedence. */
  readonly priceFile?: PriceFile;
  /** Never empty. Ids are unique. */
  readonly tasks: readonly TaskTemplate[];
  /** Where the results go, as written; undefined: stdout. */
  readonly output: string | undefined;
  /** Where answers are kept for other runs, and for how long; absent: not kept. */
  readonly responseCache?: ResponseCacheSettings;
  /** Extra parts of each record. */
  readonly include?: readonly IncludedPart[];
}

export interface ResponseCacheSettings {
  /** Relative to the manifest, as written; undefined: the user's cache folder. */
  readonly dir: string | undefined;
  readonly ttlMs: number | undefined;
}

/** The row, and the prompt that was sent. */
export const INCLUDED_PARTS = ['item', 'prompt'] as const;
export type IncludedPart = (typeof INCLUDED_PARTS)[number];

export type Role = 'user' | 'assistant';

/** One entry under `tasks`, before expansion. */
export interface TaskTemplate {
  readonly id: string;
  readonly place: Place;
  /** The first model to ask; the first of `models`. */
  readonly model: ModelName;
  /**
   * The place of its models, which may be in `defaults`; absent: they come from the command line.
   */
  readonly modelPlace?: Place;
  /** The last axis of its matrix: each row goes to each of these models. */
  readonly models?: readonly ModelName[];
  /** Models to ask in turn if the previous one fails. No duplicates. */
  readonly fallbacks?: readonly ModelName[];
  /** The last message if there are several. */
  readonly prompt: Template;
  readonly earlier?: ReadonlyArray<{ readonly role: Role; readonly content: Template }>;
  readonly system: Template | undefined;
  /** Files to send with the prompt, in this order. */
  readonly attachments?: readonly AttachmentSource[];
  /** Whether the shared context precedes the prompt. */
  readonly useContext: boolean;
  readonly parameters: Parameters;
  /** The required shape of the answer; undefined: any text. */
  readonly schema?: OutputSchema | undefined;
  /** A check of the answer that does not affect the request. */
  readonly expect?: Expectation;
  /**
   * `grow`: if the answer is cut off at `max_tokens`, ask once more with twice as many tokens.
   * Default: `fail`.
   */
  readonly onTruncated?: 'fail' | 'grow';
  /** Absent: `realtime`. */
  readonly mode?: RunMode;
  /** Whether and for how long to cache a shared prefix; absent: where it pays off. */
  readonly promptCache?: CacheSetting;
  /** Time limit for one attempt, including its response body. */
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly tags: readonly string[];
  readonly forEach: RowSource | undefined;
  /** Every combination after include and exclude; undefined without a `matrix`. Never empty. */
  readonly matrix: readonly MatrixCombination[] | undefined;
  /** Number of samples of each request; absent: one, and the id does not end in a sample number. */
  readonly repeat?: number;
  /** Tasks that must end first, including the one in `forEach`. No duplicates, no cycles. */
  readonly needs?: readonly Need[];
  /** `if`: renders some text if the task should run, and none if it should be skipped. */
  readonly condition?: Template;
}

/** How long a provider keeps cached prefixes. */
export type CacheLifetime = '5m' | '1h' | '30m' | '12h';

export type CacheSetting = 'auto' | 'off' | CacheLifetime;

/** Another entry of `tasks` whose results this one waits for. */
export interface Need {
  readonly id: string;
  /** Whether to continue with the tasks that succeeded if others failed. */
  readonly allowFailed: boolean;
}

export type Expectation =
  /** Renders some text if the answer is as expected, and none otherwise. */
  | { readonly kind: 'condition'; readonly condition: Template }
  | { readonly kind: 'schema'; readonly schema: OutputSchema };

export interface AttachmentSource {
  readonly name: Template;
  /**
   * True for a pattern, which is the same for every task. Otherwise, `name` is the name of one file
   * and may contain variables.
   */
  readonly isPattern: boolean;
  readonly place: Place;
}

export type MatrixCombination = Readonly<Record<string, JsonValue>>;

/** `provider/model`. The model's own name may contain slashes. */
export interface ModelName {
  readonly provider: string;
  readonly model: string;
}

/** Everything else that affects the answer. Absent values are not sent. */
export interface Parameters {
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stop?: readonly string[];
  readonly reasoning?: ReasoningEffort;
  /** Copied into the request body. */
  readonly params?: Readonly<Record<string, JsonValue>>;
}

export interface OutputSchema {
  readonly json: JsonObject;
  /** The schema in the form that each wire format's structured output accepts. */
  readonly native: Readonly<Record<'openai' | 'anthropic', NativeSchema>>;
  /** Reads an answer and checks it against the schema. `signal` aborts it. */
  readonly read: (text: string, signal?: AbortSignal) => Promise<ReadAnswer>;
}

export type NativeSchema =
  | { readonly ok: true; readonly json: JsonObject }
  /** The schema cannot be converted: `path` is the part that cannot, `why` is the reason. */
  | { readonly ok: false; readonly path: Path; readonly why: string };

export type ReadAnswer =
  | { readonly ok: true; readonly value: JsonValue }
  /** Worded to follow "the answer does not match its schema: ". */
  | { readonly ok: false; readonly problem: string };

export const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type ReasoningEffort = (typeof EFFORTS)[number];

export type RowSource = RowsFromList | RowsFromGlob | RowsFromPaths | RowsFromFile | RowsFromNeeds;

interface RowsBase {
  readonly key: string | undefined;
  readonly place: Place;
}
export interface RowsFromList extends RowsBase {
  readonly kind: 'list';
  readonly items: readonly JsonValue[];
}
/** Items are `{path, name, stem, ext, text}`. `text` is read when the task is rendered. */
export interface RowsFromGlob extends RowsBase {
  readonly kind: 'glob';
  readonly patterns: readonly string[];
}
/** The same items as for a glob, for paths listed in the manifest or, one per line, in a file. */
export interface RowsFromPaths extends RowsBase {
  readonly kind: 'paths';
  readonly list: string | readonly string[];
}
export interface RowsFromFile extends RowsBase {
  readonly kind: 'file';
  readonly file: string;
  readonly format: RowFormat;
  readonly encoding?: TextEncoding | undefined;
  /** Separates the values of a CSV file; default: detected from its first line. */
  readonly delimiter?: Delimiter | undefined;
}
/** One task per task of another entry, with the same key and row. */
export interface RowsFromNeeds extends RowsBase {
  readonly kind: 'needs';
  readonly task: string;
  readonly key: undefined;
  /** The source of the rows at the root of the chain. */
  readonly root: ReadRows | undefined;
}
/** Rows from the manifest or from files. */
export type ReadRows = Exclude<RowSource, RowsFromNeeds>;
export type RowFormat = 'csv' | 'jsonl' | 'json' | 'yaml' | 'parquet' | 'lines';
export type Delimiter = ',' | ';' | '\t' | '|';

export type ProviderType = 'anthropic' | 'openai' | 'mock';

/** `native`: with the API's structured output. `prompt`: in the prompt, for servers without it. */
export type StructuredOutput = 'native' | 'prompt';

/** `all`: images and PDFs. */
export type AttachmentsTaken = 'none' | 'images' | 'all';

/** How to send the key: `bearer` in `Authorization`, the others in the header of that name. */
export type AuthScheme = (typeof AUTH_SCHEMES)[number];
export const AUTH_SCHEMES = ['bearer', 'x-api-key', 'api-key', 'none'] as const;

/**
 * An entry under `providers`, as written. It adds a provider or overrides parts of a built-in one.
 */
export interface ProviderSettings {
  readonly name: string;
  readonly place: Place;
  readonly type: ProviderType | undefined;
  /** If present, `type` is the wire format of the cloud's servers. */
  readonly cloud?: Cloud | undefined;
  readonly baseUrl: string | undefined;
  /** Name of the environment variable that overrides `baseUrl`. */
  readonly baseUrlEnv: string | undefined;
  /** Name of the environment variable that holds the key. */
  readonly apiKeyEnv: string | undefined;
  /** Which of OpenAI's two APIs to use. */
  readonly api: 'responses' | 'chat' | undefined;
  readonly apiVersion: string | undefined;
  /** Undefined: the default of the wire format. */
  readonly auth?: AuthScheme | undefined;
  /** Sent with each request. Names are lower-case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Environment variables by the header that each one fills. Names are lower-case. */
  readonly headersEnv?: Readonly<Record<string, string>>;
  /** Added to the URL of each request. */
  readonly query?: Readonly<Record<string, string>>;
  /** The field of Chat Completions that limits the length of an answer. */
  readonly maxTokensField?: string | undefined;
  readonly stream?: StreamSetting | undefined;
  /** See `structuredOutput`. */
  readonly structuredOutput?: StructuredOutput | undefined;
  /** What its models accept besides text: see `attachmentsTaken`. */
  readonly attachments?: AttachmentsTaken | undefined;
  readonly limits: Limits;
  readonly models: ReadonlyMap<string, ModelSettings>;
  readonly mock: MockSettings | undefined;
  /**
   * Whether it offers the batch API of its wire format. Default: true for OpenAI, Anthropic and
   * mocks.
   */
  readonly batch?: boolean | undefined;
  /** Whether it accepts `service_tier: flex`. Default: true for `openai`. */
  readonly flex?: boolean | undefined;
}

/** Whether to stream answers. Volley always joins the pieces. `auto`: only if needed. */
export type StreamSetting = 'auto' | 'always' | 'never';

export interface ModelSettings {
  readonly limits: Limits;
  /** The model's output limit. */
  readonly maxTokens?: number | undefined;
}

/** Absent: not declared. Counts are per minute, second or day, as named. */
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

/** Behavior of a provider of type `mock`. */
export interface MockSettings {
  readonly seed: number;
  /** Uniform in [min, max]. */
  readonly latencyMs: { readonly min: number; readonly max: number };
  /** Uniform in [min, max], capped at the request's `max_tokens`. */
  readonly outputTokens: { readonly min: number; readonly max: number };
  /** Share of attempts, 0 to 1, that fail with the given HTTP status. */
  readonly errors: ReadonlyArray<{ readonly status: number; readonly rate: number }>;
  /** Share of answers, 0 to 1, without usage. */
  readonly missingUsage: number;
  /** A fixed answer; by default the mock generates words. `{{ }}` is not expanded. */
  readonly answer: string | undefined;
  /** Absent: a batch takes a few seconds, and every row is answered. */
  readonly batch?: {
    /** Duration, uniform in [min, max]. */
    readonly durationMs: { readonly min: number; readonly max: number };
    /** Share of rows, 0 to 1, that expire. */
    readonly expired: number;
  };
}

/**
 * `realtime`: one request per task. `flex`: the same, but in the slower, cheaper tier of a provider
 * that has one. `batch`: through the batch API. `auto`: see `modeOf`.
 */
export const RUN_MODES = ['realtime', 'flex', 'batch', 'auto'] as const;
export type RunMode = (typeof RUN_MODES)[number];

export interface BatchSettings {
  /** How to resend rows that a batch did not process. */
  readonly leftovers: 'realtime' | 'batch';
  /** Rows of later levels of needs, and leftover rows, are sent in realtime if there are fewer. */
  readonly minRows: number;
  /** Keep input and output files with the provider after they are collected. */
  readonly keepFiles: boolean;
}

export interface RunSettings {
  readonly maxConcurrent: number;
  /** Stop starting tasks after the first one that fails. */
  readonly failFast: boolean;
  /** Limits the whole run; undefined: no limit. */
  readonly timeoutMs: number | undefined;
  /** The default for tasks. Default: `realtime`. */
  readonly mode?: RunMode;
  /**
   * The time for all answers, counted from the first start of the run; only with tasks of mode
   * `auto`.
   */
  readonly deadlineMs?: number | undefined;
  readonly batch?: BatchSettings;
}

/** Limits in US dollars; undefined: no limit. */
export interface Budget {
  readonly maxCostUsd: number | undefined;
  /** Per task, including retries. */
  readonly maxTaskCostUsd: number | undefined;
  readonly callersCap?: CallersCap;
}

export interface CallersCap {
  /** Whether to accept prices that are given only in the manifest (`--trust-prices`). */
  readonly trustsPrices: boolean;
  /** Names in `params` that the caller allows (`--allow-param`). */
  readonly allowedParams: ReadonlySet<string>;
}

export interface PriceFile {
  readonly prices: PriceTable;
  /** `YYYY-MM-DD`, if the file has it. */
  readonly asOf: string | undefined;
}
