import type { Clock } from '../ports/clock.ts';
import { usageOf } from '../providers/usage.ts';
import type { RecordUsage, ResultRecord } from '../results/record.ts';
import {
  contentAttributes,
  laneAttributes,
  outcomeAttributes,
  requestAttributes,
  usageAttributes,
  type Asked,
  type Attributes,
} from './attributes.ts';
import type { Counter, Histogram, OpenTelemetry, Span } from './open-telemetry.ts';
import type { Telemetry } from './telemetry.ts';

const SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640];
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576];

/**
 * Creates one span for the run, one per task within it, and one per request within that, along with
 * metrics.
 */
export function createRunTelemetry(
  otel: OpenTelemetry,
  {
    clock,
    name: runName,
    askedOf,
    capturesContent,
  }: {
    readonly clock: Clock;
    /** The run's name. */
    readonly name: string;
    /** A provider's settings by name. */
    readonly askedOf: (provider: string) => Asked;
    readonly capturesContent: boolean;
  },
): Telemetry {
  const { meter } = otel;
  const histogram = (name: string, unit: string, bounds: number[]): Histogram =>
    meter.createHistogram(name, { unit, advice: { explicitBucketBoundaries: bounds } });
  const duration = histogram('gen_ai.client.inference.duration', 's', SECONDS);
  const inputTokens = histogram(
    'gen_ai.client.inference.operation.input_tokens',
    '{token}',
    TOKENS,
  );
  const outputTokens = histogram(
    'gen_ai.client.inference.operation.output_tokens',
    '{token}',
    TOKENS,
  );
  const cost = meter.createCounter('volley.cost.usd', { unit: '{USD}' });
  const tasks = meter.createCounter('volley.tasks', { unit: '{task}' });
  const tokensUsed = new Map<string, Counter>();
  const taskSpans = new Map<string, Span>();
  let root: Span | undefined;

  function runSpan(startEpochMs: number): Span {
    root ??= otel.startSpan(`run ${runName}`, { startEpochMs, parent: undefined });
    return root;
  }

  function taskSpan(
    task: { readonly id: string; readonly name: string; readonly index: number },
    startEpochMs: number,
  ): Span {
    const known = taskSpans.get(task.id);
    if (known) return known;
    const attributes: Attributes = {
      'volley.task.name': task.name,
      'volley.task.index': task.index,
      // An id may contain text from a row.
      ...(capturesContent && { 'volley.task.id': task.id }),
    };
    const parent = runSpan(startEpochMs);
    const span = otel.startSpan(`task ${task.name}`, { startEpochMs, parent, attributes });
    taskSpans.set(task.id, span);
    return span;
  }

  function countTokens(usage: Readonly<Record<string, number>>, lane: Attributes): void {
    for (const [attribute, count] of Object.entries(usage)) {
      const name = attribute.replace('gen_ai.usage.', 'gen_ai.client.inference.usage.');
      const counter = tokensUsed.get(name) ?? meter.createCounter(name, { unit: '{token}' });
      tokensUsed.set(name, counter);
      if (count > 0) counter.add(count, lane);
    }
  }

  function taskFinished(record: ResultRecord): void {
    const { id, task: name, index, status, provider, model, attempts } = record;
    const span = taskSpan({ id, name, index }, Date.parse(record.started_at));
    taskSpans.delete(id);
    span.setAttributes({
      'volley.task.status': status,
      'volley.task.attempts': attempts,
      ...(record.fingerprint !== null && { 'volley.task.fingerprint': record.fingerprint }),
      ...(record.cost_usd !== null && { 'volley.cost.usd': record.cost_usd }),
      ...(record.cached && { 'volley.task.cached': true }),
      ...(record.batch_id !== undefined && { 'volley.batch.id': record.batch_id }),
      ...(record.error && { 'error.type': record.error.code }),
    });
    otel.end(span, Date.parse(record.finished_at), { isError: status === 'failed' });
    const lane = laneAttributes(model, askedOf(provider));
    tasks.add(1, { 'volley.task.name': name, 'volley.task.status': status });
    if (record.cost_usd !== null && attempts > 0) cost.add(record.cost_usd, lane);
    // Rows of a batch are not reported as requests.
    if (record.mode === 'batch' && record.usage) {
      countTokens(usageAttributes(usageIn(record.usage)), lane);
    }
  }

  return {
    attempted(attempt) {
      const { task, outcome, startedEpochMs, durationMs, request, costUsd } = attempt;
      const asked = askedOf(request.model.provider);
      const lane = laneAttributes(request.model.model, asked);
      const failure = outcome.kind === 'failed' ? outcome.failure : undefined;
      const span = otel.startSpan(`chat ${request.model.model}`, {
        isCall: true,
        startEpochMs: startedEpochMs,
        parent: taskSpan(
          { id: task.id, name: task.template.id, index: task.index },
          startedEpochMs,
        ),
        attributes: {
          ...requestAttributes(attempt, asked),
          ...outcomeAttributes(outcome),
          'volley.attempt': attempt.attempt,
          ...(costUsd !== null && { 'volley.cost.usd': costUsd }),
          ...(capturesContent && contentAttributes(attempt)),
        },
      });
      otel.end(span, startedEpochMs + durationMs, { isError: failure !== undefined });
      const labels = { ...lane, ...(failure && { 'error.type': failure.code }) };
      duration.record(durationMs / 1_000, labels);
      const usage = usageOf(outcome);
      if (!usage) return;
      const counts = usageAttributes(usage);
      countTokens(counts, lane);
      if (failure) return;
      inputTokens.record(counts['gen_ai.usage.input_tokens'] ?? 0, lane);
      outputTokens.record(counts['gen_ai.usage.output_tokens'] ?? 0, lane);
    },
    apply(event) {
      if (event.type === 'run_started') {
        runSpan(clock.epochMs()).setAttributes({
          'volley.run.tasks': event.tasks,
          'volley.run.kept': event.kept,
        });
      }
      if (event.type === 'task_finished') taskFinished(event.record);
      if (event.type === 'run_finished') {
        const { succeeded, failed, cost_usd: usd, stopped_by: stoppedBy } = event.summary;
        runSpan(clock.epochMs()).setAttributes({
          'volley.run.succeeded': succeeded,
          'volley.run.failed': failed,
          ...(usd !== null && { 'volley.cost.usd': usd }),
          ...(stoppedBy !== null && { 'volley.run.stopped_by': stoppedBy }),
        });
      }
    },
    close(signal) {
      const nowMs = clock.epochMs();
      // Some spans are still open if the run was interrupted.
      for (const span of taskSpans.values()) otel.end(span, nowMs);
      if (root) otel.end(root, nowMs);
      return otel.close(signal);
    },
  };
}

function usageIn(usage: RecordUsage) {
  return {
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    cacheReadTokens: usage.cache_read_tokens,
    cacheWriteTokens: usage.cache_write_tokens,
    cacheWriteLongTokens: 0,
    reasoningTokens: usage.reasoning_tokens,
  };
}
