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

/** One expansion of a task template, which becomes one request and one record. */
export interface Task {
  /** Unique: `review@src/auth.ts,lens=bugs`. */
  readonly id: string;
  /** Position in the expanded manifest, from 0. */
  readonly index: number;
  readonly template: TaskTemplate;
  /** The row, if the template has `for_each`. A glob's row has no `text` yet. */
  readonly item: JsonValue | undefined;
  readonly matrix: MatrixCombination | undefined;
  /** Identifies the row, as in the data; absent without `for_each`. */
  readonly key?: JsonValue;
  /** The sample number, from 1; absent without `repeat`. */
  readonly sample?: number;
  /** The task whose result it builds on; absent without `for_each: {needs: …}`. */
  readonly followed?: Task;
}

export type Message = {
  readonly role: Role;
  readonly content: string;
};

/** A rendered task: everything that affects the answer, without key, id and position. */
export interface PromptRequest {
  readonly model: ModelName;
  /** The shared prefix, which the provider can cache. */
  readonly context: string | undefined;
  readonly system: string | undefined;
  /** The messages before the prompt. */
  readonly earlier?: readonly Message[];
  readonly prompt: string;
  /**
   * Number of characters at the start that all prompts of the template share; absent if too few.
   */
  readonly headLength?: number;
  /** Sent before the prompt, in this order. */
  readonly attachments?: readonly Attachment[];
  readonly parameters: Parameters;
  /** `max_tokens` of another attempt after a truncated answer; absent: no other attempt. */
  readonly growsTo?: number;
  /** The required shape of the answer; absent: any text. */
  readonly schema?: RequestSchema;
  /** The sample number if it is at least 2, which asks for another answer to the same request. */
  readonly sample?: number;
}

/** The prompt, or the whole conversation if there is one. */
export function askedOf({ earlier, prompt }: PromptRequest): string | readonly Message[] {
  return earlier ? [...earlier, { role: 'user', content: prompt }] : prompt;
}

export interface RequestSchema {
  /** As the user wrote it. */
  readonly json: JsonObject;
  /** The form for the provider's structured output; undefined if the schema is in the prompt. */
  readonly native: JsonObject | undefined;
}

export type RenderedTask =
  | {
      readonly ok: true;
      readonly request: PromptRequest;
      /** The fingerprint of the request to its lane's host, if it was computed. */
      readonly fingerprint?: string;
    }
  /**
   * `TEMPLATE`: a file was deleted, or a value is missing. `CONDITION_FALSE`, `DEPENDENCY_FAILED`:
   * do not send the task.
   */
  | { readonly ok: false; readonly failure: Failure };
