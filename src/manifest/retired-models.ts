/** When a model is retired, as announced by its vendor. */
export interface Retirement {
  /** `YYYY-MM-DD`. Requests fail from that day on. */
  readonly on: string;
  /** The vendor's recommended replacement, if any. */
  readonly replacement?: string;
}

/**
 * Undefined if no date is known. The dates are from the vendors' pages, read on 2026-11-26 through
 * lists that copy them: platform.claude.com/docs/en/about-claude/model-deprecations and
 * developers.openai.com/api/docs/deprecations. `volley doctor --online` asks the provider itself.
 */
export function retirementOf(name: string): Retirement | undefined {
  return RETIREMENTS.get(name) ?? RETIREMENTS.get(name.replace(SNAPSHOT, ''));
}

/** A date at the end of a name marks a snapshot of the model. */
const SNAPSHOT = /-(?:\d{8}|\d{4}-\d{2}-\d{2})$/;

const RETIREMENTS: ReadonlyMap<string, Retirement> = new Map([
  ...retired('anthropic', '2026-01-05', { 'claude-3-opus': undefined }),
  ...retired('anthropic', '2026-02-19', { 'claude-3-7-sonnet': undefined }),
  ...retired('anthropic', '2026-06-15', {
    'claude-sonnet-4': 'claude-sonnet-4-6',
    'claude-sonnet-4-0': 'claude-sonnet-4-6',
    'claude-opus-4': 'claude-opus-4-8',
    'claude-opus-4-0': 'claude-opus-4-8',
  }),
  ...retired('anthropic', '2026-08-05', { 'claude-opus-4-1': 'claude-opus-4-8' }),
  ...retired('anthropic', '2026-11-30', { 'claude-sonnet-4-5': undefined }),
  ...retired('anthropic', '2027-01-22', { 'claude-opus-4-5': 'claude-opus-5-5' }),
  ...retired('openai', '2026-02-17', { 'chatgpt-4o-latest': undefined }),
  ...retired('openai', '2026-07-23', {
    'gpt-5-chat-latest': undefined,
    'gpt-5.1-chat-latest': undefined,
    'gpt-5-codex': undefined,
    'gpt-5.1-codex': undefined,
    'gpt-5.1-codex-max': undefined,
    'gpt-5.1-codex-mini': undefined,
    'gpt-5.2-codex': undefined,
  }),
  ...retired('openai', '2026-08-10', {
    'gpt-5.2-chat-latest': undefined,
    'gpt-5.3-chat-latest': undefined,
  }),
  ...retired('openai', '2026-10-23', {
    'gpt-3.5-turbo': 'gpt-5.6-terra',
    'gpt-4': 'gpt-5.6-sol',
    'gpt-4-turbo': 'gpt-5.6-sol',
    'gpt-4o-2024-05-13': 'gpt-5.6-sol',
    'gpt-4.1-nano': 'gpt-5.6-luna',
    o1: 'gpt-5.6-sol',
    'o1-pro': 'gpt-5.6-sol',
    'o3-mini': 'gpt-5.6-sol',
    'o4-mini': 'gpt-5.6-terra',
  }),
  ...retired('openai', '2026-12-11', {
    'gpt-5': 'gpt-5.6-sol',
    'gpt-5-mini': 'gpt-5.6-terra',
    'gpt-5-nano': 'gpt-5.6-luna',
    'gpt-5-pro': 'gpt-5.6-sol',
    o3: 'gpt-5.6-sol',
    'o3-pro': 'gpt-5.6-sol',
  }),
  ...retired('openai', '2027-01-14', {
    'gpt-4o': 'gpt-6-luna',
    'gpt-4o-mini': 'gpt-6-luna',
    'gpt-4.1': 'gpt-6-luna',
    'gpt-4.1-mini': 'gpt-6-luna',
  }),
  ...retired('openai', '2027-04-01', { 'gpt-5.1': undefined }),
]);

function retired(
  provider: string,
  on: string,
  models: Readonly<Record<string, string | undefined>>,
): ReadonlyArray<readonly [string, Retirement]> {
  return Object.entries(models).map(([model, replacement]) => [
    `${provider}/${model}`,
    { on, ...(replacement !== undefined && { replacement: `${provider}/${replacement}` }) },
  ]);
}
