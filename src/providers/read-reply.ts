import type { Redactor } from '../errors/redact.ts';
import type { PromptRequest } from '../plan/task.ts';
import { ANSWER_BOUNDS } from '../errors/input-limits.ts';
import { closedSpans } from '../manifest/json-in-answer.ts';
import { anthropicDialect } from './anthropic.ts';
import type { Decoded, Dialect, Reading } from './dialect.ts';
import { isWhole, remains, verdictOn, type Verdict } from './judge-answer.ts';
import { errorIn, readErrorBody } from './error-body.ts';
import { bodyFailure, httpFailure } from './http-failures.ts';
import type { FailureContext } from './failure-context.ts';
import { kept, misshapenAnswer, notAnAnswer, notAnObject } from './bad-response.ts';
import { parsedJson } from '../ports/json.ts';
import { isObject, type JsonObject } from '../ports/json-shape.ts';
import { faultFailure } from './network-failures.ts';
import { chatDialect } from './openai-chat.ts';
import { responsesDialect } from './openai-responses.ts';
import { otherAnswer } from './other-formats.ts';
import type { AttemptFailure, AttemptOutcome, AttemptResult, Continuation } from './provider.ts';
import { announcedLimits } from './rate-limit-headers.ts';
import type { Exchange, Fault } from './transport.ts';
import { completeUsage, estimatedUsage } from './missing-usage.ts';
import { reportedUsage } from './usage.ts';
import { reasonIn } from './vendor-errors.ts';

interface Options {
  readonly context: FailureContext;
  readonly request: PromptRequest;
  readonly continuation: Continuation | undefined;
}

/** The outcome of an exchange. A 200 is an answer only if its body proves it. */
export function outcomeOf(exchange: Exchange, dialect: Dialect, options: Options): AttemptOutcome {
  const announced = announcedLimits(exchange.headers, options.context.epochMs);
  const result = resultOf(exchange, dialect, options);
  return announced.length === 0 ? result : { ...result, announced };
}

function resultOf(exchange: Exchange, dialect: Dialect, options: Options): AttemptResult {
  const { context } = options;
  const requestId = idOf(exchange.headers[dialect.requestIdHeader], context);
  if (!exchange.ok) return failed(faultFailure(exchange.fault, context));
  const { cut } = exchange;
  if (cut !== undefined && exchange.status < 400) {
    if (exchange.isPartial) return failed(brokenOff(cut, exchange.text, { dialect, options }));
    if (parsed(exchange.text) === undefined) return failed(cutShort(cut, exchange.text, context));
  }
  const verdict =
    exchange.status >= 400
      ? verdictOnError(exchange, options)
      : verdictOnBody(exchange, dialect, options);
  switch (verdict.kind) {
    case 'answered': {
      const { text, finishReason, usage } = verdict;
      return { kind: 'answered', answer: { text, finishReason, usage, requestId } };
    }
    case 'incomplete':
      return verdict;
    case 'failed':
      return failed({ httpStatus: exchange.status, ...verdict.failure });
  }

  function failed(failure: AttemptFailure): AttemptResult {
    return {
      kind: 'failed',
      failure: requestId === undefined ? failure : { ...failure, requestId },
    };
  }
}

type Reply = Extract<Exchange, { ok: true }>;

/** A provider that validates the schema itself may reject an answer and include its text. */
function verdictOnError(reply: Reply, { context, request }: Options): Verdict {
  const body = parsed(reply.text);
  const { answer: text } = readErrorBody(body);
  if (text !== undefined && request.schema !== undefined) {
    const usage = estimatedUsage(request, text);
    return { kind: 'answered', text, finishReason: undefined, usage };
  }
  return { kind: 'failed', failure: httpFailure({ ...reply, body }, context) };
}

/** A complete answer counts even if there is an error next to it. */
function verdictOnBody(reply: Reply, dialect: Dialect, options: Options): Verdict {
  const { context, request, continuation } = options;
  const body = bodyIn(reply.text);
  if (body === undefined) {
    const found = answersIn(reply.text, dialect, continuation);
    const [only] = found;
    if (only && found.length === 1) return verdictOn(only, request);
    return { kind: 'failed', failure: notAnAnswer(reply, context, found.length) };
  }
  const read = isObject(body)
    ? readBody(body, dialect, continuation)
    : misshapen(notAnObject(body));
  const error = errorIn(body);
  if (error !== undefined && !(read.kind === 'read' && isWhole(read))) {
    const failure = bodyFailure({ ...reply, body: error.body }, error.fallbackStatus, context);
    if (read.kind !== 'read') return { kind: 'failed', failure };
    return { kind: 'failed', failure: { ...failure, ...remains(read, request) } };
  }
  if (read.kind === 'read') return verdictOn(read, request);
  const told = readErrorBody(body);
  if (told.status !== undefined || reasonIn(reply.status, told) !== undefined) {
    return { kind: 'failed', failure: bodyFailure({ ...reply, body }, reply.status, context) };
  }
  const said = told.message === undefined ? '' : `: ${context.clean(told.message)}`;
  const failure = misshapenAnswer(read.message + said);
  const usage = reportedUsage(isObject(body) ? body : {});
  const other = otherAnswer(body);
  if (!other && usage.outputTokens === undefined) return { kind: 'failed', failure };
  // It was paid for, and the next answer would look the same.
  const text = other?.text ?? '';
  const paid = {
    ...other?.words,
    retryable: false,
    usage: completeUsage(usage, { request, text, reasoning: '', isFull: false }),
    partialOutput: other?.text ?? kept(reply.text, context),
  };
  return { kind: 'failed', failure: { ...failure, ...paid } };
}

/** The body of a 200; undefined if it is not JSON. Some gateways put it in a list or a string. */
function bodyIn(text: string): unknown {
  const sent = parsed(text);
  if (typeof sent === 'string') return parsed(sent) ?? sent;
  return Array.isArray(sent) && sent.length === 1 ? (sent[0] as unknown) : sent;
}

/**
 * The answers in a body that is not JSON, without repetitions. Some servers write comments,
 * warnings or a second value around the answer.
 */
function answersIn(
  text: string,
  dialect: Dialect,
  continuation: Continuation | undefined,
): readonly Reading[] {
  if (text.length > ANSWER_BOUNDS.inPlaceChars) return [];
  const read = closedSpans(text)
    .map(parsed)
    .filter(isObject)
    .map((body) => readBody(body, dialect, continuation))
    .filter(isReading);
  return [...new Map(read.map((each) => [each.text, each])).values()];
}

/** A gateway may answer in another wire format than it was asked in, or wrap the answer. */
function readBody(
  body: JsonObject,
  dialect: Dialect,
  continuation: Continuation | undefined,
): Decoded {
  const own = dialect.decode(body, continuation);
  if (own.kind === 'read') return own;
  const others = [chatDialect, responsesDialect, anthropicDialect];
  const readings = [body, ...WRAPPERS.map((key) => wrappedIn(body[key]))]
    .filter(isObject)
    .flatMap((each) => others.map((other) => other.decode(each, continuation)))
    .filter(isReading);
  // A format that finds nothing is not the right one if there is text elsewhere.
  const isElsewhere = (): boolean => otherAnswer(body) !== undefined;
  return readings.find(hasContent) ?? (isElsewhere() ? own : (readings[0] ?? own));
}

function hasContent({ text, reasoning, refusal, toolInput }: Reading): boolean {
  return text + reasoning !== '' || (refusal ?? toolInput) !== undefined;
}

const WRAPPERS = ['data', 'response', 'result', 'body'];

/** AWS Lambda sends the body of its response as a string. */
function wrappedIn(value: unknown): unknown {
  return typeof value === 'string' ? parsedJson(value) : value;
}

function isReading(decoded: Decoded): decoded is Reading {
  return decoded.kind === 'read';
}

function misshapen(message: string): Decoded {
  return { kind: 'misshapen', message };
}

/**
 * The failure for a stream that broke off, with its text so far. The usage so far does not include
 * most of the answer, so the attempt counts as possibly paid.
 */
function brokenOff(
  fault: Fault,
  text: string,
  { dialect, options }: { readonly dialect: Dialect; readonly options: Options },
): AttemptFailure {
  const failure = faultFailure(fault, options.context);
  const body = parsed(text);
  const read = isObject(body) ? readBody(body, dialect, options.continuation) : undefined;
  if (read?.kind !== 'read') return failure;
  const { partialOutput } = remains(read, options.request);
  return partialOutput === undefined ? failure : { ...failure, partialOutput };
}

/** The failure for a body that ended early, with its text so far. */
function cutShort(fault: Fault, text: string, context: FailureContext): AttemptFailure {
  const failure = faultFailure(fault, context);
  return text.trim() === '' ? failure : { ...failure, partialOutput: kept(text, context) };
}

/**
 * The parsed text; undefined if it is not JSON. Python writes numbers that JSON cannot represent;
 * they become null. Servers that build JSON by hand leave line breaks in strings unescaped.
 */
export function parsed(text: string): unknown {
  return parsedJson(text) ?? parsedJson(corrected(text));
}

function corrected(text: string): string {
  return text.replaceAll(/"(?:[^"\\]+|\\.)*"?|-?(?:NaN|Infinity)\b/gsu, (found) =>
    found.startsWith('"') ? found.replaceAll(CONTROLS, escaped) : 'null',
  );
}

// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001F]/gu;

function escaped(control: string): string {
  return JSON.stringify(control).slice(1, -1);
}

function idOf(value: string | undefined, context: FailureContext): string | undefined {
  const id = value === undefined ? '' : context.clean(value);
  return id === '' ? undefined : id;
}

/** A server may echo the key anywhere, even in an answer or a broken body. */
export function redacted(outcome: AttemptOutcome, redact: Redactor): AttemptOutcome {
  const shortened = (reason: string): string => redact(reason).slice(0, 100);
  if (outcome.kind === 'incomplete') return outcome;
  if (outcome.kind === 'answered') {
    const { text, finishReason } = outcome.answer;
    const reason = finishReason === undefined ? undefined : shortened(finishReason);
    return { ...outcome, answer: { ...outcome.answer, text: redact(text), finishReason: reason } };
  }
  const { message, partialOutput, finishReason } = outcome.failure;
  return {
    ...outcome,
    failure: {
      ...outcome.failure,
      message: redact(message),
      ...(partialOutput !== undefined && { partialOutput: redact(partialOutput) }),
      ...(finishReason !== undefined && { finishReason: shortened(finishReason) }),
    },
  };
}
