import type { VendorKind } from '../../test/support/cache-vendor.ts';

/** A workload for a model, as a manifest. */
export interface Workload {
  readonly name: string;
  readonly contexts: number;
  /** The number of tasks for each context. */
  readonly tasks: number;
  readonly contextTokens: number;
}

export const WORKLOADS: readonly Workload[] = [
  { name: '10 tasks', contexts: 1, tasks: 10, contextTokens: 20_000 },
  { name: '50 tasks', contexts: 1, tasks: 50, contextTokens: 20_000 },
  { name: '1,000 tasks', contexts: 1, tasks: 1_000, contextTokens: 5_000 },
  { name: '20 × 50 tasks', contexts: 20, tasks: 50, contextTokens: 5_000 },
];

/** A model of each kind, with US dollars per million tokens as listed. */
export const MODELS: Readonly<Record<VendorKind, Model>> = {
  anthropic: { name: 'anthropic/claude-opus-4-8', input: 5, output: 25, write: 1.25, read: 0.1 },
  openai: {
    name: 'openai/gpt-6.1-sol',
    input: 2,
    output: 10,
    write: 1.25,
    read: 0.05,
    api: ', api: responses',
  },
  automatic: { name: 'openai/gpt-5.1', input: 1.25, output: 10, write: 1, read: 0.1 },
};

export interface Model {
  readonly name: string;
  readonly input: number;
  readonly output: number;
  /** Relative to the price of input. */
  readonly write: number;
  readonly read: number;
  /** Fields of the provider's entry, preceded by a comma. */
  readonly api?: string;
}

export interface Setting {
  /** The maximum concurrency; undefined if Volley finds it. */
  readonly concurrency: number | undefined;
  readonly caching: boolean;
  readonly limits?: string;
  /**
   * Whether the requests go to the vendor's own host. Default: to a host about which nothing is
   * known.
   */
  readonly isAtVendor?: boolean;
}

export function manifestOf(work: Workload, model: Model, setting: Setting): string {
  const [provider = ''] = model.name.split('/');
  const { concurrency, caching } = setting;
  const host = setting.isAtVendor === true ? '' : 'base_url: "http://127.0.0.1:1/v1", ';
  const limits = [
    ...(concurrency === undefined ? [] : [`concurrency: ${concurrency}`]),
    ...(setting.limits === undefined ? [] : [setting.limits]),
  ];
  const entries = Array.from({ length: work.contexts }, (_, at) => {
    const rows = Array.from({ length: work.tasks }, (_row, row) => row + 1);
    return `  - id: t${at + 1}
    system: { file: c${at + 1}.txt }
    for_each: [${rows.join(', ')}]
    prompt: "Question {{ item }} about book ${at + 1}: what does it say of that matter?"`;
  });
  return `
defaults: { model: ${model.name}, max_tokens: 200, prompt_cache: ${caching ? 'auto' : 'off'} }
run: { max_concurrent: 200 }
providers: { ${provider}: { ${host}limits: { ${limits.join(', ')} }${model.api ?? ''} } }
tasks:
${entries.join('\n')}
`;
}

export function filesOf(work: Workload): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: work.contexts }, (_, at) => [`c${at + 1}.txt`, contextOf(work, at)]),
  );
}

export function contextOf({ contextTokens }: Workload, at: number): string {
  const line = `Book ${at + 1} says that the house has rules, and that they are kept. `;
  return line.repeat(Math.ceil((contextTokens * 4) / line.length)).slice(0, contextTokens * 4);
}
