import type {
  ModelName,
  MatrixCombination,
  Parameters,
  Role,
  TaskTemplate,
} from '../manifest/manifest.ts';
import type { Attachment } from './attachment.ts';
import type { Failure } from '../errors/failure.ts';
import type { JsonObject, JsonValue } from '../ports/json.ts';

/** One expansion of a task template: what becomes one request and one record. */
export interface Task {
  /** Unique: `review@src/auth.ts,lens=bugs`. */
  readonly id: string;
  /** Place in the expanded manifest, from 0. */
  readonly index: number;
  readonly template: TaskTemplate;
  /** The row, when the template has `for_each`. A glob's row has no `text` yet. */
  readonly item: JsonValue | undefined;
  readonly matrix: MatrixCombination | undefined;
  /** What tells its row from the others, as it is in the data; absent without `for_each`. */
  readonly key?: JsonValue;
  /** Which of its samples, from 1; absent without `repeat`. */
  readonly sample?: number;
  /** The task whose result it builds on; absent without `for_each: {needs: …}`. */
  readonly followed?: Task;
}

/** One turn of a conversation. */
export type Message = {
  readonly role: Role;
  readonly content: string;
};

/** A rendered task: everything that affects the answer, and no key, id or position. */
export interface PromptRequest {
  readonly model: ModelName;
  /** The shared prefix, sent so that the provider can cache it. */
  readonly context: string | undefined;
  readonly system: string | undefined;
  /** The messages before the prompt; absent: none. */
  readonly earlier?: readonly Message[];
  readonly prompt: string;
  /** Characters at its beginning that it has in common with the other tasks of its template; absent: too few. */
  readonly headLength?: number;
  /** What is sent before the prompt, in this order; absent: nothing. */
  readonly attachments?: readonly Attachment[];
  readonly parameters: Parameters;
  /** `max_tokens` of a further attempt after an answer that was cut off; absent: there is none. */
  readonly growsTo?: number;
  /** What the answer must be; absent: any text. */
  readonly schema?: RequestSchema;
  /** From 2 on: asks for another answer to what is the same request otherwise. */
  readonly sample?: number;
}

/** The prompt; the whole conversation where there is one. */
export function askedOf({ earlier, prompt }: PromptRequest): string | readonly Message[] {
  return earlier ? [...earlier, { role: 'user', content: prompt }] : prompt;
}

export interface RequestSchema {
  /** As the user wrote it. */
  readonly json: JsonObject;
  /** For the provider's structured output; undefined where the prompt says it. */
  readonly native: JsonObject | undefined;
}

export type RenderedTask =
  | {
      readonly ok: true;
      readonly request: PromptRequest;
      /** Of the request to its lane's host, where whoever rendered it has worked it out. */
      readonly fingerprint?: string;
    }
  /**
   * Code `TEMPLATE`: a file vanished, a value is missing. `CONDITION_FALSE`, `DEPENDENCY_FAILED`:
   * the task is not to be sent.
   */
  | { readonly ok: false; readonly failure: Failure };
