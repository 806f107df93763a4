import type { Dialect } from './dialect.ts';
import { reportedUsage } from './usage.ts';

/** Fields whose tokens are counted. The counting endpoints reject all other fields. */
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

/** Both vendors' counting endpoints accept the request itself and answer in the same form. */
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
