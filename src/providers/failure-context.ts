import type { Redactor } from '../errors/redact.ts';
import type { CloudCredential } from '../manifest/cloud.ts';
import type { Clock } from '../ports/clock.ts';
import { createCleaner, type Cleaner } from './clean-message.ts';
import type { ResolvedProvider } from './resolve-providers.ts';

/** Facts for a failure's message and hint. */
export interface FailureContext {
  /** The name of its entry under `providers`. */
  readonly provider: string;
  readonly model: string;
  readonly host: string;
  /** Requests use plain HTTP. */
  readonly isPlain?: boolean;
  /** The base URL of an OpenAI-compatible server has no path. */
  readonly lacksPath?: boolean;
  /** The variable with the key; undefined if no key is sent. */
  readonly keyVariable: string | undefined;
  /** The cloud credentials that sign requests, if any. */
  readonly credential?: CloudCredential | undefined;
  /** What to do if the server requires a key but none is sent. */
  readonly keyHint?: string | undefined;
  /** Parts of the request that some models do not accept. */
  readonly extras?: {
    readonly schema: boolean;
    readonly attachments: boolean;
    /** Names in `params`. */
    readonly params: readonly string[];
  };
  /** Wall time, for dates in headers. */
  readonly epochMs: number;
  readonly clean: Cleaner;
  readonly redact: Redactor;
}

/** The context of failures at a provider. */
export function failureContext(
  endpoint: ResolvedProvider,
  { clock, redact }: { readonly clock: Clock; readonly redact: Redactor },
  model = '',
): FailureContext {
  const { name, host, baseUrl, type, cloud, keyVariable, keyHint } = endpoint;
  return {
    provider: name,
    model,
    host,
    isPlain: baseUrl.startsWith('http:'),
    lacksPath: type === 'openai' && URL.parse(baseUrl)?.pathname === '/',
    keyVariable,
    credential: cloud?.credential,
    keyHint,
    epochMs: clock.epochMs(),
    clean: createCleaner(redact),
    redact,
  };
}
