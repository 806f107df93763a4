import { withoutThoughts } from '../manifest/answer-json.ts';
import type { PromptRequest } from '../plan/task.ts';
import { isText, type Reading } from './dialect.ts';
import { endingOf, unknownWord } from './finish-reasons.ts';
import type { AttemptFailure, Continuation, Usage } from './provider.ts';
import { completeUsage } from './usage.ts';

/** The judgement on an answer that was read. */
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
interface Told {
  readonly reading: Reading;
  readonly usage: Usage;
  readonly request: PromptRequest;
}

/** Judges an answer by its content before the vendor's word for its end: text with an unknown word, or none, is an answer. */
export function verdictOn(reading: Reading, request: PromptRequest): Verdict {
  const told = { reading, usage: usageOf(reading, request), request };
  if (reading.refusal !== undefined) return refusal(told);
  switch (endingOf(reading.word)) {
    case undefined:
      return reachesBound(told) ? truncated(told) : finished(told);
    case 'finished':
      return finished(told);
    case 'full':
      return leavesRoom(told) ? windowFull(told) : truncated(told);
    case 'window':
      return windowFull(told);
    case 'refused':
      return refusal(told);
    case 'filtered':
      return filtered(told);
    case 'tool':
      return toolCall(told);
    case 'paused':
      return paused(told);
    case 'overloaded':
      return overloaded(told);
    case 'broken':
      return broken(told);
    case 'unfinished':
      return unfinished(told);
  }
}

/** Whether this is a finished answer, whatever else the body says. */
export function isWhole({ text, word, refusal: refused }: Reading): boolean {
  return refused === undefined && endingOf(word) === 'finished' && hasAnswer(text);
}

/** The usage and text of an answer, for the failure that it came with. */
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

/** Without a word for the end, an answer of the maximum length was cut off. */
function reachesBound({ usage, request }: Told): boolean {
  const { maxTokens = Infinity } = request.parameters;
  return usage.isEstimated !== true && usage.outputTokens >= maxTokens;
}

/** If less than this share of `max_tokens` is used, something else ended the answer. */
const ROOM = 0.9;

function leavesRoom({ usage, request, reading }: Told): boolean {
  const { maxTokens, reasoning: effort = 'none' } = request.parameters;
  if (maxTokens === undefined || usage.isEstimated === true) return false;
  // Some servers do not count thoughts.
  const mayThink = reading.reasoning !== '' || effort !== 'none';
  if (mayThink && usage.reasoningTokens === 0) return false;
  return usage.outputTokens < maxTokens * ROOM;
}

type Judged = Pick<AttemptFailure, 'code' | 'message' | 'hint' | 'retryable'> &
  Partial<Pick<AttemptFailure, 'maxRetries' | 'reach' | 'finishReason' | 'fillsWindow'>>;

/** A finished answer, unless it is blank. */
function finished(told: Told): Verdict {
  const { text, toolInput, word } = told.reading;
  const finishReason = endingOf(word) === undefined ? unknownWord(word) : 'stop';
  if (hasAnswer(text)) return { kind: 'answered', text, finishReason, usage: told.usage };
  if (toolInput !== undefined) return toolCall(told);
  return failed(told, {
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

function truncated(told: Told): Verdict {
  const { maxTokens } = told.request.parameters;
  const { growsTo } = told.request;
  return failed(told, {
    code: 'TRUNCATED',
    message: 'the answer was cut off at its maximum length',
    hint:
      maxTokens === undefined
        ? 'set `max_tokens` to more than the provider assumes, or ask for less'
        : growsTo === undefined
          ? 'raise `max_tokens`, set `on_truncated: grow`, or ask for less'
          : 'raise `max_tokens`, or ask for less',
    retryable: false,
    finishReason: 'length',
  });
}

function windowFull(told: Told): Verdict {
  const { outputTokens, inputTokens, cacheReadTokens, cacheWriteTokens } = told.usage;
  const { maxTokens = 0 } = told.request.parameters;
  const prompt = inputTokens + cacheReadTokens + cacheWriteTokens;
  const isEarly = outputTokens < maxTokens;
  return failed(told, {
    code: 'TRUNCATED',
    message: isEarly
      ? `the answer was cut off at ${outputTokens} of ${maxTokens} tokens, after a prompt of ${prompt}: the model's context window is full, or the server has a bound of its own`
      : "the answer was cut off because the model's context window is full",
    hint: 'shorten the prompt or its context, or choose a model with a larger window: a higher `max_tokens` does not help',
    retryable: false,
    finishReason: 'length',
    fillsWindow: true,
  });
}

function refusal(told: Told): Verdict {
  return failed(told, {
    code: 'REFUSED',
    message: 'the model refused to answer',
    hint: 'reword the prompt or choose another model',
    retryable: false,
    finishReason: 'refusal',
  });
}

function filtered(told: Told): Verdict {
  return failed(told, {
    code: 'CONTENT_FILTERED',
    message: "the provider's filter stopped the answer",
    hint: 'reword the prompt or leave this input out',
    retryable: false,
    finishReason: 'content_filter',
  });
}

/** Gateways request a schema's JSON through a tool. */
function toolCall(told: Told): Verdict {
  const { toolInput = '', text } = told.reading;
  if (told.request.schema !== undefined && toolInput !== '' && !hasAnswer(text)) {
    return { kind: 'answered', text: toolInput, finishReason: 'tool_calls', usage: told.usage };
  }
  return failed(told, {
    code: 'BAD_RESPONSE',
    message: 'the model called a tool instead of answering',
    hint: 'Volley runs no tools: leave `tools` out of `params`',
    retryable: false,
    finishReason: 'tool_calls',
  });
}

/** Only one wire format can continue a paused turn. */
function paused(told: Told): Verdict {
  const { continuation } = told.reading;
  if (continuation === undefined) return finished(told);
  return { kind: 'incomplete', continuation, usage: told.usage };
}

function overloaded(told: Told): Verdict {
  return failed(told, {
    code: 'OVERLOADED',
    message: 'the provider ran out of capacity in the middle of the answer',
    hint: 'run the failed tasks again later',
    retryable: true,
    reach: 'lane',
  });
}

function broken(told: Told): Verdict {
  return failed(told, {
    code: 'SERVER_ERROR',
    message: 'the answer ended in an error of the server',
    hint: 'server error: send the failed tasks again later with `--retry-failed`',
    retryable: true,
  });
}

function unfinished(told: Told): Verdict {
  return failed(told, {
    code: 'BAD_RESPONSE',
    message: 'the server sent an answer that it has not finished',
    hint: 'leave out of `params` what makes the server answer later, such as `background`',
    retryable: false,
    finishReason: told.reading.word ?? '',
  });
}

function failed({ reading, usage }: Told, judged: Judged): Verdict {
  const partialOutput = written(reading);
  return {
    kind: 'failed',
    failure: {
      reach: 'task',
      ...judged,
      possiblyPaid: true,
      usage,
      ...(partialOutput === '' ? {} : { partialOutput }),
    },
  };
}

function written({ text, refusal: refused = '', reasoning }: Reading): string {
  return text + refused === '' ? reasoning : text + refused;
}
