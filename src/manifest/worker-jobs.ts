import type { JsonObject } from '../ports/json.ts';
import type { TemplateData } from './template.ts';
import { besideModule, boundedThread } from '../ports/system-thread.ts';

/** Work that moves to a thread if it takes too long: see worker.ts. */
export type Job =
  | { readonly kind: 'yaml'; readonly text: string }
  | { readonly kind: 'answer'; readonly schema: JsonObject; readonly text: string }
  | {
      readonly kind: 'template';
      readonly text: string;
      readonly data: TemplateData;
    };

export const jobThread = boundedThread<Job>(besideModule('worker', import.meta.url));
