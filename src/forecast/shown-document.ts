import { formatUsd } from '../money/cost.ts';
import { foreign, heading, line, type Block } from '../report/document/blocks.ts';
import { formatCount } from '../report/format-numbers.ts';
import type { ShownTask } from './shown-task.ts';

const PLACEHOLDER_NOTE = line(
  'Results of other tasks are not available yet: made-up text replaces them.',
);

/** A task before it is sent, for `volley show`. */
export function shownDocument(task: ShownTask): readonly Block[] {
  const { id, model, parts, failure, tokens, cost_usd: cost } = task;
  if (failure) {
    const reason = line([foreign(`${failure.code}: ${failure.message}`)]);
    return [heading([foreign(id), ': is not sent']), reason];
  }
  const { input, shared, output } = tokens;
  const most = output.ceiling === null ? '' : ` (at most ${formatCount(output.ceiling)})`;
  const price = cost
    ? `${formatUsd(cost.expected)}${cost.ceiling === null ? '' : ` (at most ${formatUsd(cost.ceiling)})`}`
    : 'price unknown';
  return [
    heading([foreign(id)]),
    line([
      foreign(model),
      ` · about ${formatCount(input)} tokens in, ${formatCount(shared)} of them shared · ${formatCount(output.expected)} out${most} · ${price}`,
    ]),
    ...(task.hasPlaceholders ? [PLACEHOLDER_NOTE] : []),
    ...parts.map(({ name, isShared, text }): Block => ({
      kind: 'text',
      title: [foreign(name), isShared ? ' (shared)' : ''],
      text,
    })),
  ];
}
