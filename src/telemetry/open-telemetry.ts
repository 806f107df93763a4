import { messageOf } from '../errors/failure.ts';
import type { Attributes, Meter, Span } from '@opentelemetry/api';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { afterReading, type Clock } from '../ports/clock.ts';
import type { OtlpSender } from './otlp-sender.ts';
import type { OtlpSettings, Signal } from './otlp-settings.ts';

export type { Counter, Histogram, Span } from '@opentelemetry/api';

/** Creates spans and metrics, and sends them as they arise. */
export interface OpenTelemetry {
  readonly meter: Meter;
  startSpan(
    name: string,
    span: {
      readonly startEpochMs: number;
      /** The parent span. If undefined, the span starts a trace. */
      readonly parent: Span | undefined;
      /** Whether the span is a call to another server. */
      readonly isCall?: boolean;
      readonly attributes?: Attributes;
    },
  ): Span;
  end(span: Span, atEpochMs: number, options?: { readonly isError: boolean }): void;
  /** Sends what is left, within a bounded time. Returns what to tell the user, if anything. */
  close(signal: AbortSignal): Promise<string | undefined>;
}

/** How long `close` may wait until what is left has been sent. */
const CLOSING_MS = 3_000;
const MOST_WAITING_SPANS = 8_192;

/** Imports OpenTelemetry's optional packages. Throws a `VolleyError` (exit 2) if one is missing. */
export async function openTelemetry(
  settings: OtlpSettings,
  {
    sender,
    clock,
    version,
  }: { readonly sender: OtlpSender; readonly clock: Clock; readonly version: string },
): Promise<OpenTelemetry> {
  const { api, sdkTrace, sdkMetrics, resources, otlp } = await packages();
  const { SpanKind, SpanStatusCode, ROOT_CONTEXT } = api;
  const resource = resources.resourceFromAttributes(settings.resource);
  const { traces, metrics } = settings.targets;
  const tallies: Record<Signal, Tally> = {
    traces: { sent: 0, lost: 0, reason: undefined },
    metrics: { sent: 0, lost: 0, reason: undefined },
  };
  let ended = 0;

  /** Never rejects: what cannot be sent is counted. */
  async function deliver(
    signal: Signal,
    count: number,
    encode: () => Uint8Array | undefined,
    done: (delivery: Delivery) => void,
  ): Promise<void> {
    const tally = tallies[signal];
    const target = settings.targets[signal];
    try {
      const body = encode();
      if (target && body) await sender.send(target, body);
      tally.sent += count;
      done({ code: 0 });
    } catch (error) {
      tally.lost += count;
      tally.reason = messageOf(error);
      done({ code: 1, error: new Error(tally.reason) });
    }
  }

  const spans =
    traces?.encoding === 'json' ? otlp.JsonTraceSerializer : otlp.ProtobufTraceSerializer;
  const spanExporter: SpanExporter = {
    export(batch, done) {
      void deliver('traces', batch.length, () => spans.serializeRequest(batch), done);
    },
    shutdown: () => Promise.resolve(),
  };
  const tracerProvider = new sdkTrace.TracerProvider({
    resource,
    sampler: new sdkTrace.TraceIdRatioBasedSampler(settings.sampledShare),
    spanProcessors: traces
      ? [
          new sdkTrace.BatchSpanProcessor({
            maxQueueSize: MOST_WAITING_SPANS,
            exporter: spanExporter,
          }),
        ]
      : [],
  });
  const series =
    metrics?.encoding === 'json' ? otlp.JsonMetricsSerializer : otlp.ProtobufMetricsSerializer;
  const { CUMULATIVE, DELTA } = sdkMetrics.AggregationTemporality;
  const metricExporter: PushMetricExporter = {
    export(collected, done) {
      void deliver('metrics', 1, () => series.serializeRequest(collected), done);
    },
    selectAggregationTemporality: () => (settings.isDelta ? DELTA : CUMULATIVE),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  const meterProvider = new sdkMetrics.MeterProvider({
    resource,
    readers: metrics
      ? [
          new sdkMetrics.PeriodicExportingMetricReader({
            exportIntervalMillis: settings.metricIntervalMs,
            exporter: metricExporter,
          }),
        ]
      : [],
  });
  const tracer = tracerProvider.getTracer('volley', version);

  return {
    meter: meterProvider.getMeter('volley', version),
    startSpan: (name, { startEpochMs, parent, isCall = false, attributes = {} }) =>
      tracer.startSpan(
        name,
        {
          kind: isCall ? SpanKind.CLIENT : SpanKind.INTERNAL,
          startTime: new Date(startEpochMs),
          attributes,
        },
        parent ? api.trace.setSpan(ROOT_CONTEXT, parent) : ROOT_CONTEXT,
      ),
    end(span, atEpochMs, { isError } = { isError: false }) {
      if (isError) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(new Date(atEpochMs));
      ended += 1;
    },
    async close(signal) {
      const flushed = Promise.allSettled([tracerProvider.shutdown(), meterProvider.shutdown()]);
      await bounded(flushed, clock, signal);
      await sender.close();
      // By now, everything that was given up has been counted.
      await bounded(flushed, clock, signal);
      return lostText(tallies, traces && settings.sampledShare === 1 ? ended : undefined);
    },
  };
}

interface Delivery {
  /** 0: sent. */
  readonly code: number;
  readonly error?: Error;
}

interface Tally {
  sent: number;
  lost: number;
  reason: string | undefined;
}

/** Resolves when the work is done, the time is up or the signal aborts. */
function bounded(work: Promise<unknown>, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = afterReading(clock, CLOSING_MS, finish);
    signal.addEventListener('abort', finish, { once: true });
    if (signal.aborted) finish();
    else void work.finally(finish);
  });
}

/** `ended`: the number of spans; undefined if only a sample is sent. */
function lostText(
  { traces, metrics }: Readonly<Record<Signal, Tally>>,
  ended: number | undefined,
): string | undefined {
  const reason = traces.reason ?? metrics.reason;
  const spans = ended === undefined ? traces.lost : ended - traces.sent;
  const parts = [
    ...(spans > 0 ? [`${spans} ${spans === 1 ? 'span' : 'spans'}`] : []),
    ...(metrics.lost > 0 ? ['metrics'] : []),
  ];
  if (parts.length === 0) return undefined;
  const why = reason === undefined ? 'they arrived faster than they could be sent' : reason;
  return `OpenTelemetry: ${parts.join(' and ')} could not be sent: ${why}; the results are not affected`;
}

const PACKAGES = [
  '@opentelemetry/api',
  '@opentelemetry/sdk-trace',
  '@opentelemetry/sdk-metrics',
  '@opentelemetry/resources',
  '@opentelemetry/otlp-transformer',
] as const;

async function packages() {
  try {
    const [api, sdkTrace, sdkMetrics, resources, otlp] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/sdk-metrics'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/otlp-transformer'),
    ]);
    return { api, sdkTrace, sdkMetrics, resources, otlp };
  } catch (cause) {
    throw new VolleyError('OpenTelemetry is enabled, but its packages are not installed', {
      exitCode: EXIT.usage,
      hint: `install them next to volley: npm install ${PACKAGES.join(' ')}`,
      cause,
    });
  }
}
