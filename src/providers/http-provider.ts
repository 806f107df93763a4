import { messageOf } from '../errors/failure.ts';
import type { Redactor } from '../errors/redact.ts';
import type { Clock } from '../ports/clock.ts';
import type { BatchApi } from './batch-api.ts';
import { createBodyForms, type BodyForms } from './refused-fields.ts';
import type { CallOptions } from './other-endpoints.ts';
import { withinDeadline } from './attempt-timeout.ts';
import type { Dialect } from './dialect.ts';
import { withoutEvents } from './event-stream.ts';
import { failureContext, type FailureContext } from './failure-context.ts';
import type { JsonObject } from '../ports/json-shape.ts';
import { canceledFailure, timeoutFailure } from './network-failures.ts';
import type { AttemptFailure, AttemptOutcome, Provider, Transfer } from './provider.ts';
import { outcomeOf, parsed, redacted } from './read-reply.ts';
import type { ResolvedProvider } from './resolve-providers.ts';
import type { Exchange, Transport } from './transport.ts';
import { wellFormed } from '../ports/well-formed.ts';

/** Sends a body through an SDK's client and returns the transport's response. */
export type Post = (body: JsonObject, options: CallOptions) => Promise<Response>;

/** A provider that is called over HTTP, in any wire format. */
export function createHttpProvider(parts: {
  readonly endpoint: ResolvedProvider;
  readonly dialect: Dialect;
  /** Creates the SDK's client; called once, before the first request. */
  readonly open: () => Promise<Post>;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly redact: Redactor;
  /** Its batch interface, if any. */
  readonly batches?: ((forms: BodyForms) => BatchApi) | undefined;
}): Provider {
  const { endpoint, dialect, transport, clock, redact } = parts;
  const forms = createBodyForms(endpoint);
  let opening: Promise<Post> | undefined;
  const ownContext = failureContext(endpoint, parts);
  return {
    name: endpoint.name,
    host: endpoint.host,
    batches: parts.batches?.(forms),
    async send(request, options) {
      const {
        timeoutMs,
        signal,
        continuation,
        marks,
        transfer = { stage: 'connecting' },
      } = options;
      transfer.stage = 'connecting';
      const form = forms.formFor(request);
      const encoded = dialect.encode(request, {
        continuation,
        form,
        marks: form.marksCache ? marks : undefined,
      });
      if (!encoded.ok) return failed(encoded.failure);
      if (signal.aborted) return failed(canceledFailure({ sent: false }));
      const context: FailureContext = {
        ...ownContext,
        model: request.model.model,
        epochMs: parts.clock.epochMs(),
        extras: {
          schema: request.schema?.native !== undefined,
          attachments: request.attachments !== undefined,
          params: Object.keys(request.parameters.params ?? {}),
        },
      };
      opening ??= parts.open();
      const post = await opening;
      const attempt = async (abandon: AbortSignal): Promise<AttemptOutcome> => {
        const response = await post(wellFormed(encoded.body), {
          signal: abandon,
          timeoutMs,
          transfer,
        });
        return judged(transport.exchangeOf(response));
      };
      const judged = (exchange: Exchange): AttemptOutcome => {
        const outcome = outcomeOf(withoutEvents(exchange), dialect, {
          context: { ...context, epochMs: clock.epochMs() },
          request,
          continuation,
        });
        return isAmended(exchange) ? sentAgain(outcome) : outcome;
      };
      const isAmended = (exchange: Exchange): boolean => {
        if (!exchange.ok || exchange.status < 400) return false;
        const { status, text } = exchange;
        const refusal = { status, body: parsed(text) ?? text };
        return forms.amend(request.model.model, { form, body: encoded.body }, refusal);
      };
      const startMs = clock.now();
      const bounded = await withinDeadline(attempt, { clock, timeoutMs, signal }).catch(
        (error: unknown) => {
          throw withoutSecrets(error, redact);
        },
      );
      switch (bounded.kind) {
        case 'done':
          if (wasCutWhileQuiet(bounded.value, transfer, clock.now() - startMs)) forms.wasCut();
          return redacted(bounded.value, redact);
        case 'timeout': {
          // The answer may be complete if the server just did not close the connection.
          const cut = { kind: 'timeout', timeoutMs, stage: transfer.stage } as const;
          const exchange = await transport.exchangeSoFar(transfer, cut);
          if (exchange) return redacted(judged(exchange), redact);
          return failed(timeoutFailure(timeoutMs, context, transfer.stage));
        }
        case 'canceled':
          return failed(canceledFailure({ sent: transfer.stage !== 'connecting' }));
      }
    },
    close: () => transport.close(),
  };
}

function failed(failure: AttemptFailure): AttemptOutcome {
  return { kind: 'failed', failure };
}

/** Marks a failure after which the next request will have the form that the server accepts. */
function sentAgain(outcome: AttemptOutcome): AttemptOutcome {
  if (outcome.kind !== 'failed') return outcome;
  return { ...outcome, failure: { ...outcome.failure, isAmended: true, reach: 'task' } };
}

/** Proxies and gateways cut connections after about a minute of silence. */
const QUIET_MS = 20_000;

function wasCutWhileQuiet(outcome: AttemptOutcome, transfer: Transfer, tookMs: number): boolean {
  if (outcome.kind !== 'failed' || tookMs < QUIET_MS) return false;
  const { code, httpStatus } = outcome.failure;
  return (code === 'NETWORK' && transfer.stage === 'sent') || CUT_BY_GATEWAY.has(httpStatus ?? 0);
}

/** A gateway's statuses for a server that took too long; 524 is Cloudflare's. */
const CUT_BY_GATEWAY = new Set([408, 504, 524]);

/** Only bugs throw here; their text ends up in a crash report. */
function withoutSecrets(error: unknown, redact: Redactor): Error {
  const clean = new Error(redact(messageOf(error)));
  if (error instanceof Error && error.stack !== undefined) clean.stack = redact(error.stack);
  return clean;
}
