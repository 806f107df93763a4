import type { Failure } from '../errors/failure.ts';
import type { Plan } from '../plan/plan.ts';
import { roughTokens } from '../plan/estimate-input-tokens.ts';
import type { PromptRequest, Task } from '../plan/task.ts';
import type { PreparedRun } from '../run/prepare-run.ts';
import type { Earlier } from './earlier-answers.ts';
import { forecastLanes } from './forecast-lanes.ts';
import { UNPRICED } from './plan-totals.ts';

/** One task before it is sent: its request and its expected cost. */
export interface ShownTask {
  readonly id: string;
  readonly model: string;
  /** The parts in the order in which they are sent. Empty if the task would not be sent. */
  readonly parts: readonly ShownPart[];
  /** Why it would not be sent. */
  readonly failure: Pick<Failure, 'code' | 'message' | 'hint'> | undefined;
  /** Whether text of the expected length replaces missing results of other tasks. */
  readonly hasPlaceholders: boolean;
  readonly tokens: {
    readonly input: number;
    /** The part that other tasks of the same entry also start with. */
    readonly shared: number;
    readonly output: { readonly expected: number; readonly ceiling: number | null };
  };
  /** US dollars; null if the price is unknown. */
  readonly cost_usd: {
    readonly low: number;
    readonly expected: number;
    readonly ceiling: number | null;
  } | null;
}

export interface ShownPart {
  /** `context`, `system`, `user`, `assistant`, `schema`, or an attachment's name. */
  readonly name: string;
  readonly kind: 'text' | 'attachment' | 'schema';
  /**
   * Whether other tasks of the same entry have it too, so it may be read from the provider's cache.
   */
  readonly isShared: boolean;
  readonly text: string;
}

/** Renders a task and estimates its cost. `neighbor`: another task of the entry, for comparison. */
export async function showTask(
  prepared: PreparedRun,
  task: Task,
  { neighbor, earlier }: { neighbor: Task | undefined; earlier?: Earlier | undefined },
): Promise<ShownTask> {
  const { plan } = prepared;
  const rendered = await plan.render(task);
  const { provider, model } = task.template.model;
  const parts = rendered.ok ? await sharedParts(plan, partsOf(rendered.request), neighbor) : [];
  const sample = { template: task.template, tasks: 1, sampled: [task] };
  const lanes = await forecastLanes(prepared, [sample], { earlier, counts: undefined });
  const [forecast] = lanes.flatMap(({ templates }) => templates);
  const estimate = forecast?.estimates[0];
  const shared = parts.filter(({ isShared, kind }) => isShared && kind === 'text');
  const { output, input, totals } = estimate ?? NOTHING;
  const { lowUsd: low, expectedUsd: expected, ceilingUsd: ceiling } = totals;
  return {
    id: task.id,
    model: `${provider}/${model}`,
    parts,
    failure: rendered.ok ? undefined : rendered.failure,
    hasPlaceholders: task.template.needs !== undefined,
    tokens: {
      input: input.expected,
      shared: Math.min(
        input.expected,
        Math.round(shared.reduce((sum, { text }) => sum + roughTokens(text), 0)),
      ),
      output: { expected: output.expected, ceiling: output.ceiling ?? null },
    },
    cost_usd: low === null || expected === null ? null : { low, expected, ceiling },
  };
}

const NOTHING = {
  input: { expected: 0 },
  output: { expected: 0, ceiling: undefined },
  totals: UNPRICED,
} as const;

function partsOf(request: PromptRequest): readonly ShownPart[] {
  const { context, system, earlier = [], prompt, attachments = [], schema } = request;
  return [
    ...textPart('context', context),
    ...textPart('system', system),
    ...earlier.flatMap(({ role, content }) => textPart(role, content)),
    ...attachments.map(({ name, mediaType, bytes }): ShownPart => ({
      name,
      kind: 'attachment',
      isShared: false,
      text: `${mediaType}, ${bytes.toLocaleString('en')} bytes`,
    })),
    ...textPart('user', prompt),
    ...textPart('schema', schema && JSON.stringify(schema.json, null, 2), 'schema'),
  ];
}

function textPart(
  name: string,
  text: string | undefined,
  kind: ShownPart['kind'] = 'text',
): readonly ShownPart[] {
  return text === undefined || text === '' ? [] : [{ name, kind, isShared: false, text }];
}

/** Shared parts come first: after the first part that differs, nothing is shared. */
async function sharedParts(
  plan: Plan,
  parts: readonly ShownPart[],
  neighbor: Task | undefined,
): Promise<readonly ShownPart[]> {
  const other = neighbor && (await plan.render(neighbor));
  const others = other?.ok ? partsOf(other.request) : undefined;
  let isShared = true;
  return parts.map((part, at) => {
    // The only task of an entry shares the context with tasks of other entries.
    const isSame = others ? others[at]?.text === part.text : part.name === 'context';
    if (part.kind === 'schema') return { ...part, isShared: true };
    isShared &&= isSame && others?.[at]?.name === (others ? part.name : undefined);
    return { ...part, isShared };
  });
}
