import { LIFETIME_MS, type CacheRules } from '../prefix/cache-rules.ts';
import type { CacheMarks } from '../prefix/cache-marks.ts';
import { prefixesOf, type Measured, type Prefix } from '../prefix/prefix.ts';
import { roughRequestTokens } from '../plan/estimate-input-tokens.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { Usage } from '../providers/provider.ts';

/** The billed input of a request. */
type Input = Pick<
  Usage,
  'inputTokens' | 'cacheReadTokens' | 'cacheWriteTokens' | 'cacheWriteLongTokens'
>;

/** A provider's cache in a simulation. */
export interface SimulatedCache {
  /** Handles a request. Call `arrived` after its answer has been sent. */
  look(
    request: PromptRequest,
    sent: { inputTokens: number; marks: CacheMarks | undefined; nowMs: number },
  ): { readonly input: Input; readonly arrived: () => void };
}

/**
 * Keeps prefixes as its rules say. A prefix can be read once the answer to the request that wrote
 * it has arrived.
 */
export function createSimulatedCache(rules: CacheRules): SimulatedCache {
  const expiry = new Map<string, number>();
  const measured: Measured = new Map();

  return {
    look(request, { inputTokens, marks, nowMs }) {
      const scale = inputTokens / roughRequestTokens(request);
      const prefixes = prefixesOf(request, rules.settings, measured)
        .map((prefix) => ({ ...prefix, tokens: Math.round(prefix.tokens * scale) }))
        .filter(({ tokens, end }) => tokens >= rules.minTokens && isMarked(end, rules, marks));
      const known = prefixes.filter(({ key }) => (expiry.get(key) ?? 0) > nowMs);
      const read = known.at(-1)?.tokens ?? 0;
      const written = Math.max(0, (prefixes.at(-1)?.tokens ?? 0) - read);
      const cacheWriteTokens = rules.kind === 'automatic' ? 0 : written;
      const isLong = marks?.breakpoints.some(({ lifetime }) => lifetime !== undefined) === true;
      const keep = (prefix: Prefix): void => {
        const lifetime = marks?.breakpoints.find(({ after }) => after === prefix.end)?.lifetime;
        const forMs = lifetime === undefined ? rules.lifetimeMs : LIFETIME_MS[lifetime];
        expiry.set(prefix.key, Math.max(expiry.get(prefix.key) ?? 0, nowMs + forMs));
      };
      known.forEach(keep);
      return {
        input: {
          inputTokens: Math.max(0, inputTokens - read - cacheWriteTokens),
          cacheReadTokens: read,
          cacheWriteTokens,
          cacheWriteLongTokens: isLong ? cacheWriteTokens : 0,
        },
        arrived: () => prefixes.forEach(keep),
      };
    },
  };
}

function isMarked(end: Prefix['end'], { kind }: CacheRules, marks: CacheMarks | undefined) {
  return kind === 'automatic' || marks?.breakpoints.some(({ after }) => after === end) === true;
}
