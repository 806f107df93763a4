import { isText } from './dialect.ts';
import type { Decoded } from './dialect.ts';
import type { AttemptFailure, Usage } from './provider.ts';

/** What came with the word that ended an answer. */
export interface Ending {
  readonly text: string;
  readonly usage: Usage;
  /** The vendor's own word; undefined when the body has none. */
  readonly word: string | undefined;
}

type Verdict = Pick<AttemptFailure, 'code' | 'message' | 'hint' | 'retryable'> &
  Partial<Pick<AttemptFailure, 'maxRetries' | 'reach' | 'finishReason'>>;

/** A finished answer, unless it is blank. */
export function finished(ending: Ending): Decoded {
  if (isText(ending.text)) return { kind: 'answered', text: ending.text, usage: ending.usage };
  return failed(ending, {
    code: 'EMPTY_OUTPUT',
    message: 'the model ended its turn without a word',
    hint: 'reword the prompt; a reasoning model may need a higher `max_tokens`',
    retryable: true,
    maxRetries: 1,
    finishReason: 'stop',
  });
}

export function truncated(ending: Ending): Decoded {
  return failed(ending, {
    code: 'TRUNCATED',
    message: 'the answer was cut off at its greatest length',
    hint: 'raise `max_tokens`, set `on_truncated: grow`, or ask for less',
    retryable: false,
    finishReason: 'length',
  });
}

export function refusal(ending: Ending): Decoded {
  return failed(ending, {
    code: 'REFUSED',
    message: 'the model refused to answer',
    hint: 'reword the prompt or choose another model',
    retryable: false,
    finishReason: 'refusal',
  });
}

export function filtered(ending: Ending): Decoded {
  return failed(ending, {
    code: 'CONTENT_FILTERED',
    message: "the provider's filter stopped the answer",
    hint: 'reword the prompt or leave this input out',
    retryable: false,
    finishReason: 'content_filter',
  });
}

export function toolCall(ending: Ending): Decoded {
  return failed(ending, {
    code: 'BAD_RESPONSE',
    message: 'the model called a tool instead of answering',
    hint: 'Volley runs no tools: leave `tools` out of `params`',
    retryable: false,
    finishReason: 'tool_calls',
  });
}

export function overloaded(ending: Ending): Decoded {
  return failed(ending, {
    code: 'OVERLOADED',
    message: 'the provider ran out of capacity in the middle of the answer',
    hint: 'run the failed tasks again later',
    retryable: true,
    reach: 'lane',
  });
}

/** No word at all is a body that is not whole; an unknown one is final, with all that came. */
export function unknownEnding(ending: Ending): Decoded {
  if (ending.word === undefined) {
    return failed(ending, {
      code: 'BAD_RESPONSE',
      message: 'the answer does not say why it ended',
      hint: 'it may be cut: check that the server speaks this wire format',
      retryable: true,
      maxRetries: 2,
    });
  }
  return failed(ending, {
    code: 'BAD_RESPONSE',
    message: `the answer ended for an unknown reason, \`${ending.word}\``,
    hint: 'what came is kept as the partial output',
    retryable: false,
    finishReason: ending.word,
  });
}

/** A 200 that is no answer: blank fields where the answer should be. */
export function misshapen(what: string): Decoded {
  return {
    kind: 'failed',
    failure: {
      code: 'BAD_RESPONSE',
      message: what,
      hint: 'check that `base_url` and `api` fit the server',
      retryable: true,
      reach: 'task',
      maxRetries: 2,
      possiblyPaid: true,
    },
  };
}

function failed(ending: Ending, verdict: Verdict): Decoded {
  return {
    kind: 'failed',
    failure: {
      reach: 'task',
      ...verdict,
      possiblyPaid: true,
      usage: ending.usage,
      ...(ending.text === '' ? {} : { partialOutput: ending.text }),
    },
  };
}
