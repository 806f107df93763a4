import type { Place } from '../errors/finding.ts';
import type { JsonValue } from '../ports/json.ts';

/** A parsed template. The only module that imports liquidjs makes these. */
export interface Template {
  readonly text: string;
  /** Every variable that the template reads, such as `['item', 'path']`, with its place. */
  readonly variables: readonly TemplateVariable[];
  /** Fills it in. Fails on an unknown variable or an object printed bare; values are never re-expanded. */
  render(data: TemplateData): RenderResult;
}

export interface TemplateVariable {
  readonly path: readonly string[];
  readonly place: Place;
}

export type TemplateData = Readonly<Record<string, JsonValue>>;

export type RenderResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string; readonly hint: string; readonly place: Place };
