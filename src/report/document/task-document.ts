import { formatUsd } from '../../money/cost.ts';
import type { JsonValue } from '../../ports/json.ts';
import type { ResultRecord } from '../../results/record.ts';
import { counted, formatCount, formatDuration } from '../format-numbers.ts';
import { foreign, heading, line, type Block, type Words } from './blocks.ts';

/** A whole record, for `volley show`. */
export function recordDocument(record: ResultRecord): readonly Block[] {
  const { error, output, partial_output: partial, matrix } = record;
  return [
    heading([foreign(record.id), `: ${record.status}`]),
    line(figures(record)),
    ...textBlock('Row', record.item),
    ...textBlock('Matrix', matrix),
    ...textBlock('Prompt', record.prompt),
    ...(error ? textBlock(error.code, error.message + (error.hint ? `\n${error.hint}` : '')) : []),
    ...textBlock('Answer', output),
    ...textBlock('Answer, cut off', partial),
    ...textBlock('Not as expected', record.unexpected_reason),
    ...(record.tried ?? []).flatMap(({ provider, model, error: failure }) =>
      textBlock(`Tried before: ${provider}/${model}`, `${failure.code}: ${failure.message}`),
    ),
  ];
}

function figures(record: ResultRecord): Words {
  const { provider, model, cost_usd: cost, usage, attempts, duration_ms: ms } = record;
  const input = usage
    ? usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
    : undefined;
  const parts = [
    attempts > 0 && counted(attempts, 'attempt'),
    attempts > 0 && (cost === null ? 'cost unknown' : formatUsd(cost)),
    usage &&
      input !== undefined &&
      `${formatCount(input)} tokens in, ${formatCount(usage.output_tokens)} out`,
    usage && usage.cache_read_tokens > 0 && `${formatCount(usage.cache_read_tokens)} from cache`,
    attempts > 0 && formatDuration(ms),
  ].filter((part) => typeof part === 'string');
  return [
    foreign(`${provider}/${model}`),
    ...parts.map((part) => ` · ${part}`),
    ' · ',
    foreign(record.finished_at),
    ...(record.shared_with === undefined ? [] : [' · the answer of ', foreign(record.shared_with)]),
  ];
}

function textBlock(title: string, value: JsonValue | undefined): readonly Block[] {
  if (value === undefined) return [];
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return [{ kind: 'text', title: foreign(title), text }];
}
