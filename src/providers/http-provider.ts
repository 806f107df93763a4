import type { Redactor } from '../errors/redact.ts';
import type { Clock } from '../ports/clock.ts';
import { withinDeadline } from './deadline.ts';
import type { Dialect } from './dialect.ts';
import type { FailureContext } from './failures.ts';
import type { JsonObject } from './json-shape.ts';
import { createCleaner } from './message-text.ts';
import { canceledFailure, timeoutFailure } from './network-failures.ts';
import type { AttemptFailure, AttemptOutcome, Provider, Transfer } from './provider.ts';
import { outcomeOf } from './replies.ts';
import type { ResolvedProvider } from './resolve.ts';
import type { Transport } from './transport.ts';
import { wellFormed } from '../ports/well-formed.ts';

/** Sends a body through an SDK's client and gives the response that the transport made. */
export type Post = (
  body: JsonObject,
  options: {
    readonly signal: AbortSignal;
    readonly timeoutMs: number;
    /** Goes to the transport's `fetch` as it is. */
    readonly transfer: Transfer;
  },
) => Promise<Response>;

/** A provider that is reached over HTTP, whatever its wire format. */
export function createHttpProvider(parts: {
  readonly endpoint: ResolvedProvider;
  readonly dialect: Dialect;
  /** Builds the SDK's client; called once, with the first request. */
  readonly open: () => Promise<Post>;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly redact: Redactor;
}): Provider {
  const { endpoint, dialect, transport, clock, redact } = parts;
  const clean = createCleaner(redact);
  let opening: Promise<Post> | undefined;
  return {
    name: endpoint.name,
    host: endpoint.host,
    async send(request, { timeoutMs, signal, continuation, transfer = { stage: 'connecting' } }) {
      transfer.stage = 'connecting';
      const encoded = dialect.encode(request, continuation);
      if (!encoded.ok) return failed(encoded.failure);
      if (signal.aborted) return failed(canceledFailure({ sent: false }));
      const context: FailureContext = {
        provider: endpoint.name,
        model: request.model.model,
        host: endpoint.host,
        keyVariable: endpoint.keyVariable,
        withheldVariable: endpoint.withheldVariable,
        extras: {
          schema: request.schema?.native !== undefined,
          attachments: request.attachments !== undefined,
        },
        epochMs: clock.epochMs(),
        clean,
        redact,
      };
      opening ??= parts.open();
      const post = await opening;
      const attempt = async (abandon: AbortSignal): Promise<AttemptOutcome> => {
        const response = await post(wellFormed(encoded.body), {
          signal: abandon,
          timeoutMs,
          transfer,
        });
        const exchange = transport.exchangeOf(response);
        return outcomeOf(exchange, dialect, {
          context: { ...context, epochMs: clock.epochMs() },
          request,
          continuation,
        });
      };
      const bounded = await withinDeadline(attempt, { clock, timeoutMs, signal }).catch(
        (error: unknown) => {
          throw withoutSecrets(error, redact);
        },
      );
      switch (bounded.kind) {
        case 'done':
          return redacted(bounded.value, redact);
        case 'timeout':
          return failed(timeoutFailure(timeoutMs, context, transfer.stage));
        case 'canceled':
          return failed(canceledFailure({ sent: transfer.stage !== 'connecting' }));
        default: {
          const unknown: never = bounded;
          throw new Error(`unknown end of an attempt ${JSON.stringify(unknown)}`);
        }
      }
    },
    close: () => transport.close(),
  };
}

function failed(failure: AttemptFailure): AttemptOutcome {
  return { kind: 'failed', failure };
}

/** A server may echo the key into any text: an answer or a broken body. */
function redacted(outcome: AttemptOutcome, redact: Redactor): AttemptOutcome {
  if (outcome.kind === 'incomplete') return outcome;
  if (outcome.kind === 'answered') {
    return {
      ...outcome,
      answer: {
        ...outcome.answer,
        text: redact(outcome.answer.text),
        finishReason: shortened(outcome.answer.finishReason, redact),
      },
    };
  }
  const { failure } = outcome;
  return {
    ...outcome,
    failure: {
      ...failure,
      message: redact(failure.message),
      ...(failure.partialOutput === undefined
        ? {}
        : { partialOutput: redact(failure.partialOutput) }),
      ...(failure.finishReason === undefined
        ? {}
        : { finishReason: shortened(failure.finishReason, redact) ?? '' }),
    },
  };
}

function shortened(reason: string | undefined, redact: Redactor): string | undefined {
  return reason === undefined ? undefined : redact(reason).slice(0, 100);
}

/** Only a bug throws here; what it says goes to a crash report. */
function withoutSecrets(error: unknown, redact: Redactor): Error {
  const clean = new Error(redact(error instanceof Error ? error.message : String(error)));
  if (error instanceof Error && error.stack !== undefined) clean.stack = redact(error.stack);
  return clean;
}
