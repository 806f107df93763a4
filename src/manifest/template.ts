import type { BoundCode } from '../errors/input-limits.ts';
import type { Place } from '../errors/finding.ts';
import type { JsonValue } from '../ports/json.ts';

/** A parsed template. Created by `parse-template.ts`. */
export interface Template {
  readonly text: string;
  /** The variables that the template reads, such as `['item', 'path']`. */
  readonly variables: readonly TemplateVariable[];
  /** Fails for an unknown variable, an object used as text, or too much work. */
  render(data: TemplateData): Promise<RenderResult>;
}

export interface TemplateVariable {
  /**
   * The fixed part of the path: `['item']` for `item[vars.column]`, which also reads
   * `['vars', 'column']`.
   */
  readonly path: readonly string[];
  readonly place: Place;
  /** Whether the variable is alone between `{{` and `}}`, where an object is a mistake. */
  readonly isPrinted: boolean;
  /** Whether the variable may be absent, because it is used in a condition or has a `default`. */
  readonly isOptional?: true;
  /**
   * Set if a condition uses the variable in a way that does not work for text: alone, which is
   * always true; compared with `true`, `false` or a number, which never matches; or compared by
   * size with a number in quotes, where `"9"` is more than `"10"`.
   */
  readonly isAsked?: 'alone' | 'as true or false' | 'as a number' | 'as a quoted number';
}

/** `placeAt` takes an offset into the template's text, in UTF-16 units. */
export interface TemplateOrigin {
  readonly file: string;
  placeAt(offset: number): Place;
}

export type TemplateData = Readonly<Record<string, JsonValue>>;

export type RenderResult =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      readonly code: 'UNKNOWN_VARIABLE' | 'OBJECT_IN_TEXT' | 'TEMPLATE_SYNTAX' | BoundCode;
      readonly message: string;
      readonly hint: string;
      readonly place: Place;
    };
