import type { Dialect } from './dialect.ts';
import { misshapen } from './endings.ts';
import type { Usage } from './provider.ts';

/** What weighs something; all else of a request is unknown to the endpoints that count. */
const WEIGHING: ReadonlySet<string> = new Set([
  'model',
  'system',
  'messages',
  'instructions',
  'input',
  'tools',
  'text',
  'output_config',
]);

/** Both vendors' endpoints that count take the request that they are asked about, and answer alike. */
export function countDialect(dialect: Dialect): Dialect {
  return {
    requestIdHeader: dialect.requestIdHeader,
    encode(request, continuation) {
      const encoded = dialect.encode(request, continuation);
      if (!encoded.ok) return encoded;
      const kept = Object.entries(encoded.body).filter(([key]) => WEIGHING.has(key));
      return { ok: true, body: Object.fromEntries(kept) };
    },
    decode(body) {
      const tokens = body['input_tokens'];
      if (typeof tokens !== 'number' || tokens < 0)
        return misshapen('the answer has no `input_tokens`');
      const usage: Usage = {
        inputTokens: tokens,
        outputTokens: 0,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        cacheWriteLongTokens: 0,
        reasoningTokens: 0,
      };
      return { kind: 'answered', text: String(tokens), usage };
    },
  };
}
