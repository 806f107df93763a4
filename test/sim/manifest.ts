import type { Manifest, ProviderSettings, TaskTemplate } from '../../src/manifest/manifest.ts';
import { fromWritten } from '../../src/manifest/price-rates.ts';
import type { Template } from '../../src/manifest/template.ts';
import type { ProjectFiles } from '../../src/ports/files.ts';
import type { SimulatedEntry } from './entries.ts';
import type { Life, Scenario, SimulatedLane } from './scenario.ts';
import { promptOf } from './tasks.ts';

/** US dollars per million tokens, the same for every simulated model. */
const PRICE = { input: 20, output: 100 };

export function priceUsd(tokens: {
  readonly inputTokens: number;
  readonly outputTokens: number;
}): number {
  return (tokens.inputTokens * PRICE.input + tokens.outputTokens * PRICE.output) / 1e6;
}

/** The manifest that loading the author's YAML would return. */
export function manifestOf(scenario: Scenario, life: Life): Manifest {
  const { maxCostUsd, maxTaskCostUsd } = scenario;
  const hasBudget = maxCostUsd !== undefined || maxTaskCostUsd !== undefined;
  return {
    file: 'm.yaml',
    name: undefined,
    vars: {},
    context: undefined,
    providers: new Map(
      (['alpha', 'beta'] as const).map((name) => [
        name,
        providerOf(
          name,
          scenario.lanes.filter(({ provider }) => provider === name),
        ),
      ]),
    ),
    run: {
      maxConcurrent: scenario.maxConcurrent,
      failFast: life.failFast,
      timeoutMs: life.timeoutMs,
    },
    ...(hasBudget && { budget: { maxCostUsd, maxTaskCostUsd } }),
    prices: new Map(scenario.lanes.map(({ name }) => [name, fromWritten(PRICE)])),
    tasks: life.entries.map(templateOf),
    output: undefined,
  };
}

/** The hosts of the simulated providers. */
export const HOSTS = ['alpha.example', 'beta.example'];

export const noFiles: ProjectFiles = {
  read: () => Promise.reject(new Error('the simulation has no files')),
  stream: () => Promise.reject(new Error('the simulation has no files')),
  glob: () => Promise.reject(new Error('the simulation has no files')),
  credentialsLeftOut: () => [],
};

function providerOf(name: 'alpha' | 'beta', lanes: readonly SimulatedLane[]): ProviderSettings {
  return {
    name,
    place: { file: 'm.yaml', line: 1, column: 1 },
    type: name === 'alpha' ? 'openai' : 'anthropic',
    baseUrl: `https://${name}.example`,
    baseUrlEnv: undefined,
    apiKeyEnv: undefined,
    api: 'chat',
    apiVersion: undefined,
    limits: {},
    models: new Map(lanes.map(({ model, limits }) => [model, { limits }])),
    mock: undefined,
  };
}

function templateOf({ task, repeat, needs, condition }: SimulatedEntry): TaskTemplate {
  const [provider = '', model = ''] = task.lane.split('/');
  return {
    id: task.id,
    place: { file: 'm.yaml', line: 1, column: 1 },
    model: { provider, model },
    prompt: literal(promptOf(task)),
    system: undefined,
    useContext: true,
    parameters: { maxTokens: task.maxTokens },
    timeoutMs: task.timeoutMs,
    maxRetries: task.maxRetries,
    tags: [],
    forEach: undefined,
    matrix: undefined,
    ...(repeat !== undefined && { repeat }),
    ...(needs.length > 0 && { needs: needs.map((id) => ({ id, allowFailed: false })) }),
    ...(condition !== undefined && { condition: literal(condition ? 'yes' : '') }),
  };
}

function literal(text: string): Template {
  return { text, variables: [], render: async () => ({ ok: true, text }) };
}
