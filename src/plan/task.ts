import type {
  ModelName,
  MatrixCombination,
  Parameters,
  TaskTemplate,
} from '../manifest/manifest.ts';
import type { Failure } from '../errors/failure.ts';
import type { JsonValue } from '../ports/json.ts';

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
}

/** A task with every text filled in: all that shapes the answer, and no key, id or place. */
export interface PromptRequest {
  readonly model: ModelName;
  /** The shared prefix, sent so that the provider can cache it. */
  readonly context: string | undefined;
  readonly system: string | undefined;
  readonly prompt: string;
  readonly parameters: Parameters;
}

export type RenderedTask =
  | { readonly ok: true; readonly request: PromptRequest }
  /** Code `TEMPLATE`: a file vanished, a value is missing. */
  | { readonly ok: false; readonly failure: Failure };
