import { logNormal, seededRandom, seedOf } from '../random.ts';
import type { Weight } from './ceiling.ts';
import type { BenchWire } from './server-plan.ts';

/** The parts of a request that the server reads. */
export interface Asked {
  readonly prompt: string;
  readonly maxTokens: number;
}

const OUTPUT_TOKENS = { median: 150, sigma: 0.5 };

/** Both wire formats have the prompt in the last message. */
export function askedIn(body: string): Asked {
  const parsed: { messages?: ReadonlyArray<{ content?: unknown }>; [name: string]: unknown } =
    JSON.parse(body);
  const content = parsed.messages?.at(-1)?.content;
  const maxTokens = parsed['max_tokens'] ?? parsed['max_completion_tokens'];
  return {
    prompt: typeof content === 'string' ? content : JSON.stringify(content),
    maxTokens: typeof maxTokens === 'number' ? maxTokens : Infinity,
  };
}

/**
 * Four bytes per token, plus or minus a fifth, so that no client's estimate is exact; answers
 * differ in length. The same prompt has the same weight each time it arrives.
 */
export function weightOf({ prompt, maxTokens }: Asked): Weight {
  const random = seededRandom(seedOf(prompt));
  return {
    inputTokens: Math.max(1, Math.round((prompt.length / 4) * (0.8 + 0.4 * random()))),
    outputTokens: Math.max(1, Math.round(Math.min(maxTokens, logNormal(random, OUTPUT_TOKENS)))),
  };
}

/** A complete answer in the wire format, with one word for each output token. */
export function answer(wire: BenchWire, { inputTokens, outputTokens }: Weight): string {
  const text = 'word '.repeat(outputTokens);
  return JSON.stringify(
    wire === 'anthropic'
      ? {
          id: 'msg_bench',
          type: 'message',
          role: 'assistant',
          model: 'bench',
          content: [{ type: 'text', text }],
          stop_reason: 'end_turn',
          stop_sequence: null,
          usage: { input_tokens: inputTokens, output_tokens: outputTokens },
        }
      : {
          id: 'chatcmpl-bench',
          object: 'chat.completion',
          created: 0,
          model: 'bench',
          choices: [
            { index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' },
          ],
          usage: {
            prompt_tokens: inputTokens,
            completion_tokens: outputTokens,
            total_tokens: inputTokens + outputTokens,
          },
        },
  );
}

/** An error in the wire format. */
export function refusal(wire: BenchWire, status: 429 | 529): string {
  const message = status === 429 ? 'rate limit reached' : 'overloaded';
  if (wire === 'anthropic') {
    const type = status === 429 ? 'rate_limit_error' : 'overloaded_error';
    return JSON.stringify({ type: 'error', error: { type, message } });
  }
  const code = status === 429 ? 'rate_limit_exceeded' : 'overloaded';
  return JSON.stringify({ error: { message, type: 'requests', param: null, code } });
}
