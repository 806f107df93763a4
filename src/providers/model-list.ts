import { createRedactor } from '../errors/redact.ts';
import type { Clock } from '../ports/clock.ts';
import { isObject } from './json-shape.ts';
import { withinDeadline } from './deadline.ts';
import { failureContext, httpFailure, type FailureContext } from './failures.ts';
import type { Get } from './http-provider.ts';
import { faultFailure, timeoutFailure } from './network-failures.ts';
import type { AttemptFailure } from './provider.ts';
import { parsed } from './replies.ts';
import type { ResolvedProvider } from './resolve.ts';
import type { Exchange, Transport } from './transport.ts';

export interface ListedModel {
  readonly id: string;
  /** `YYYY-MM-DD`, if the server announces it. */
  readonly retiresOn?: string;
}

export type ModelList =
  | {
      readonly ok: true;
      readonly tookMs: number;
      /** Undefined if the server does not list models. */
      readonly models: readonly ListedModel[] | undefined;
    }
  | { readonly ok: false; readonly failure: Pick<AttemptFailure, 'code' | 'message' | 'hint'> };

/** Asks once, and judges the answer as a run would. */
export async function listModels(
  get: Get,
  parts: {
    readonly endpoint: ResolvedProvider;
    readonly transport: Transport;
    readonly clock: Clock;
    readonly timeoutMs: number;
  },
): Promise<ModelList> {
  const { endpoint, transport, clock, timeoutMs } = parts;
  const redact = createRedactor(endpoint.secrets ?? []);
  const context = failureContext(endpoint, { clock, redact });
  const startMs = clock.now();
  const { signal } = new AbortController();
  const transfer = { stage: 'connecting' } as const;
  const bounded = await withinDeadline(
    async (abandon) =>
      transport.exchangeOf(await get({ signal: abandon, timeoutMs, transfer: { ...transfer } })),
    { clock, timeoutMs, signal },
  );
  if (bounded.kind !== 'done') {
    return { ok: false, failure: timeoutFailure(timeoutMs, context, 'connecting') };
  }
  return judged(bounded.value, context, clock.now() - startMs);
}

/** Statuses of servers without a list of models. */
const WITHOUT_LIST = new Set([404, 405, 501]);

function judged(exchange: Exchange, context: FailureContext, tookMs: number): ModelList {
  if (!exchange.ok) return { ok: false, failure: faultFailure(exchange.fault, context) };
  const { status, headers, text } = exchange;
  if (WITHOUT_LIST.has(status)) return { ok: true, tookMs, models: undefined };
  const body = parsed(text);
  if (status >= 400) {
    return { ok: false, failure: httpFailure({ status, headers, body, text }, context) };
  }
  const data = isObject(body) ? body['data'] : undefined;
  if (Array.isArray(data)) return { ok: true, tookMs, models: data.flatMap(listedModel) };
  return {
    ok: false,
    failure: {
      code: 'BAD_RESPONSE',
      message: `${context.host} answered ${status} with something other than a list of models`,
      hint: `check \`base_url\` of \`${context.provider}\`: it may be a web page, not the API`,
    },
  };
}

function listedModel(entry: unknown): readonly ListedModel[] {
  if (!isObject(entry) || typeof entry['id'] !== 'string') return [];
  // Anthropic's field, then OpenAI's.
  const date = entry['retires_at'] ?? entry['shutdown_date'];
  const [day] = typeof date === 'string' ? (/^\d{4}-\d{2}-\d{2}/u.exec(date) ?? []) : [];
  return [{ id: entry['id'], ...(day !== undefined && { retiresOn: day }) }];
}
