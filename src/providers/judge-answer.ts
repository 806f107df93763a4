import { withoutThoughts } from '../manifest/json-in-answer.ts';
import type { PromptRequest } from '../plan/task.ts';
import { isText, type Reading } from './dialect.ts';
import { endingOf, unknownWord } from './finish-reasons.ts';
import type { AttemptFailure, Continuation, Usage } from './provider.ts';
import { completeUsage } from './missing-usage.ts';

/** The result of judging an answer. */
export type Verdict =
  | {
      readonly kind: 'answered';
      readonly text: string;
      readonly finishReason: string | undefined;
      readonly usage: Usage;
    }
  | { readonly kind: 'incomplete'; readonly continuation: Continuation; readonly usage: Usage }
  | { readonly kind: 'failed'; readonly failure: AttemptFailure };

/** An answer with its usage. */
interface Read {
  readonly reading: Reading;
  readonly usage: Usage;
  readonly request: PromptRequest;
}

/**
 * Judges an answer by its content first and then by the vendor's word for why it ended. Text is an
 * answer even if that word is unknown or missing.
 */
export function verdictOn(reading: Reading, request: PromptRequest): Verdict {
  const read = { reading, usage: usageOf(reading, request), request };
  const ending = reading.refusal === undefined ? endingOf(reading.word) : 'refused';
  switch (ending) {
    case undefined:
      return reachesBound(read) ? truncated(read) : finished(read);
    case 'finished':
      return finished(read);
    case 'full':
      return leavesRoom(read) ? windowFull(read) : truncated(read);
    case 'window':
      return windowFull(read);
    case 'tool':
      return toolCall(read);
    case 'paused':
      return paused(read);
    case 'unfinished':
      return failed(read, { ...FAILED_ENDINGS[ending], finishReason: reading.word ?? '' });
    case 'refused':
    case 'filtered':
    case 'overloaded':
    case 'broken':
      return failed(read, FAILED_ENDINGS[ending]);
  }
}

type Judged = Pick<AttemptFailure, 'code' | 'message' | 'hint' | 'retryable'> &
  Partial<Pick<AttemptFailure, 'maxRetries' | 'reach' | 'finishReason' | 'fillsWindow'>>;

const FAILED_ENDINGS = {
  refused: {
    code: 'REFUSED',
    message: 'the model refused to answer',
    hint: 'reword the prompt or choose another model',
    retryable: false,
    finishReason: 'refusal',
  },
  filtered: {
    code: 'CONTENT_FILTERED',
    message: "the provider's filter stopped the answer",
    hint: 'reword the prompt or leave this input out',
    retryable: false,
    finishReason: 'content_filter',
  },
  overloaded: {
    code: 'OVERLOADED',
    message: 'the provider ran out of capacity in the middle of the answer',
    hint: 'run the failed tasks again later',
    retryable: true,
    reach: 'lane',
  },
  broken: {
    code: 'SERVER_ERROR',
    message: 'the answer ended in a server error',
    hint: 'server error: send the failed tasks again later with `--retry-failed`',
    retryable: true,
  },
  unfinished: {
    code: 'BAD_RESPONSE',
    message: 'the server sent an unfinished answer',
    hint: 'remove what delays the answer, such as `background`, from `params`',
    retryable: false,
  },
} as const satisfies Readonly<Record<string, Judged>>;

/** Whether this is a finished answer, whatever else the body says. */
export function isWhole({ text, word, refusal: refused }: Reading): boolean {
  return refused === undefined && endingOf(word) === 'finished' && hasAnswer(text);
}

/** The usage and text of an answer, for the failure that was reported with it. */
export function remains(
  reading: Reading,
  request: PromptRequest,
): Pick<AttemptFailure, 'usage' | 'partialOutput'> {
  const partialOutput = written(reading);
  return {
    usage: usageOf(reading, request),
    ...(partialOutput === '' ? {} : { partialOutput }),
  };
}

function usageOf({ usage, text, reasoning, word }: Reading, request: PromptRequest): Usage {
  const isFull = endingOf(word) === 'full';
  return completeUsage(usage, { request, text, reasoning, isFull });
}

function hasAnswer(text: string): boolean {
  return isText(withoutThoughts(text));
}

/** If no word says why an answer ended, an answer of the maximum length was cut off. */
function reachesBound({ usage, request }: Read): boolean {
  const { maxTokens = Infinity } = request.parameters;
  return usage.isEstimated !== true && usage.outputTokens >= maxTokens;
}

/** If less than this share of `max_tokens` is used, something else ended the answer. */
const ROOM = 0.9;

function leavesRoom({ usage, request, reading }: Read): boolean {
  const { maxTokens, reasoning: effort = 'none' } = request.parameters;
  if (maxTokens === undefined || usage.isEstimated === true) return false;
  // Some servers do not count reasoning tokens.
  const mayThink = reading.reasoning !== '' || effort !== 'none';
  if (mayThink && usage.reasoningTokens === 0) return false;
  return usage.outputTokens < maxTokens * ROOM;
}

/** A finished answer, unless it is blank. */
function finished(read: Read): Verdict {
  const { text, toolInput, word } = read.reading;
  const finishReason = endingOf(word) === undefined ? unknownWord(word) : 'stop';
  if (givesJson(read)) return toolCall(read);
  if (hasAnswer(text)) return { kind: 'answered', text, finishReason, usage: read.usage };
  if (toolInput !== undefined) return toolCall(read);
  return failed(read, {
    code: 'EMPTY_OUTPUT',
    message: isText(text)
      ? 'the model returned only reasoning and no answer'
      : 'the model ended its turn without any output',
    hint: 'reword the prompt; a reasoning model may need a higher `max_tokens`',
    retryable: true,
    maxRetries: 1,
    finishReason: 'stop',
  });
}

function truncated(read: Read): Verdict {
  const { maxTokens } = read.request.parameters;
  const { growsTo } = read.request;
  return failed(read, {
    code: 'TRUNCATED',
    message: 'the answer was cut off at its maximum length',
    hint:
      maxTokens === undefined
        ? "set `max_tokens` to more than the provider's default, or ask for less"
        : growsTo === undefined
          ? 'raise `max_tokens`, set `on_truncated: grow`, or ask for less'
          : 'raise `max_tokens`, or ask for less',
    retryable: false,
    finishReason: 'length',
  });
}

function windowFull(read: Read): Verdict {
  const { outputTokens, inputTokens, cacheReadTokens, cacheWriteTokens } = read.usage;
  const { maxTokens = 0 } = read.request.parameters;
  const prompt = inputTokens + cacheReadTokens + cacheWriteTokens;
  const isEarly = outputTokens < maxTokens;
  return failed(read, {
    code: 'TRUNCATED',
    message: isEarly
      ? `the answer was cut off at ${outputTokens} of ${maxTokens} tokens, after a prompt of ${prompt}: the model's context window is full, or the server has its own limit`
      : "the answer was cut off because the model's context window is full",
    hint: 'shorten the prompt or its context, or choose a model with a larger window: a higher `max_tokens` does not help',
    retryable: false,
    finishReason: 'length',
    fillsWindow: true,
  });
}

/** Some gateways make the model call a tool to get JSON that matches a schema. */
function givesJson({ reading, request }: Read): boolean {
  return request.schema !== undefined && isText(reading.toolInput);
}

/** The model may write text before it calls the tool; the schema decides where the answer is. */
function toolCall(read: Read): Verdict {
  const { toolInput = '', text } = read.reading;
  if (givesJson(read)) {
    const both = hasAnswer(text) ? `${text}\n${toolInput}` : toolInput;
    return { kind: 'answered', text: both, finishReason: 'tool_calls', usage: read.usage };
  }
  return failed(read, {
    code: 'BAD_RESPONSE',
    message: 'the model called a tool instead of answering',
    hint: 'Volley runs no tools: leave `tools` out of `params`',
    retryable: false,
    finishReason: 'tool_calls',
  });
}

/** Only one wire format can continue a paused turn. */
function paused(read: Read): Verdict {
  const { continuation } = read.reading;
  if (continuation === undefined) return finished(read);
  return { kind: 'incomplete', continuation, usage: read.usage };
}

function failed({ reading, request }: Read, judged: Judged): Verdict {
  const failure = {
    reach: 'task',
    ...judged,
    possiblyPaid: true,
    ...remains(reading, request),
  } as const;
  return { kind: 'failed', failure };
}

function written({ text, refusal: refused = '', reasoning }: Reading): string {
  return text + refused === '' ? reasoning : text + refused;
}
