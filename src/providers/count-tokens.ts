import type { Dialect } from './dialect.ts';
import { reportedUsage } from './usage.ts';

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
    encode(request, options) {
      const encoded = dialect.encode(request, options);
      if (!encoded.ok) return encoded;
      const kept = Object.entries(encoded.body).filter(([key]) => WEIGHING.has(key));
      return { ok: true, body: Object.fromEntries(kept) };
    },
    decode(body) {
      const usage = reportedUsage(body);
      if (usage.inputTokens === undefined) {
        return { kind: 'misshapen', message: 'the answer has no `input_tokens`' };
      }
      const text = String(usage.inputTokens);
      return { kind: 'read', text, reasoning: '', word: 'stop', usage };
    },
  };
}
