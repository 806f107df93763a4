import type { BoundCode } from '../errors/bounds.ts';
import type { Place } from '../errors/finding.ts';
import type { JsonValue } from '../ports/json.ts';

/** A parsed template. `template-engine.ts`, the only module that imports liquidjs, makes these. */
export interface Template {
  readonly text: string;
  /** Every variable that the template reads, such as `['item', 'path']`, with its place. */
  readonly variables: readonly TemplateVariable[];
  /**
   * Fills it in. Fails on an unknown variable, an object printed bare, or too much work; values are
   * never re-expanded.
   */
  render(data: TemplateData): Promise<RenderResult>;
}

export interface TemplateVariable {
  /** As far as it is fixed: of `item[vars.column]` it is `['item']`, and `['vars', 'column']` is another. */
  readonly path: readonly string[];
  readonly place: Place;
  /** Whether it is alone between `{{` and `}}`, so that an object there is a mistake. */
  readonly isPrinted: boolean;
  /** It may be absent: a condition asks for it, or `| default:` follows it. */
  readonly isOptional?: true;
  /** How a condition uses it, where that does not work for a text: it always holds, or never equals. */
  readonly isAsked?: 'alone' | 'as true or false';
}

/** Where a template's text is: `placeAt` takes an offset into that text, in UTF-16 units. */
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
