import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { onTestFinished } from 'vitest';

const DEFINITIONS = 'test/fixtures/otlp';

/** A span with attributes and numbers as plain values. */
export interface SeenSpan {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly kind: string;
  readonly status: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface OtlpReceiver {
  readonly origin: string;
  /** Everything received, as bytes. */
  readonly bodies: readonly Buffer[];
  readonly headers: ReadonlyArray<NodeJS.Dict<string | string[]>>;
  spans(): readonly SeenSpan[];
  /** The last values for each metric and each set of attributes. */
  metrics(): Readonly<Record<string, readonly unknown[]>>;
  resource(): Readonly<Record<string, unknown>>;
}

/**
 * A collector that decodes what it receives with OTLP's own definitions. `status`: the status of
 * its answers, or `silent` for none.
 */
export async function otlpReceiver(status: number | 'silent' = 200): Promise<OtlpReceiver> {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => join(DEFINITIONS, target);
  await root.load([
    'opentelemetry/proto/collector/trace/v1/trace_service.proto',
    'opentelemetry/proto/collector/metrics/v1/metrics_service.proto',
  ]);
  const bodies: Buffer[] = [];
  const headers: Array<NodeJS.Dict<string | string[]>> = [];
  const traces: TracesRequest[] = [];
  const metrics: MetricsRequest[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const sent = await buffer(request);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      bodies.push(body);
      headers.push(request.headers);
      const read = (type: string) => {
        if (request.headers['content-type'] === 'application/json') {
          return JSON.parse(body.toString('utf8'));
        }
        const known = root.lookupType(`opentelemetry.proto.collector.${type}`);
        return known.toObject(known.decode(body), { longs: String, enums: String, bytes: String });
      };
      if (request.url === '/v1/traces') traces.push(read('trace.v1.ExportTraceServiceRequest'));
      else metrics.push(read('metrics.v1.ExportMetricsServiceRequest'));
      if (status !== 'silent') response.writeHead(status).end();
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    origin: `http://127.0.0.1:${port}`,
    bodies,
    headers,
    resource: () => attributesOf(traces[0]?.resourceSpans[0]?.resource),
    spans: () =>
      traces
        .flatMap(({ resourceSpans }) => resourceSpans)
        .flatMap(({ scopeSpans }) => scopeSpans)
        .flatMap(({ spans }) => spans)
        .map((span) => ({
          name: span.name,
          spanId: span.spanId,
          parentSpanId: span.parentSpanId ?? '',
          kind: span.kind,
          status: span.status?.code,
          attributes: attributesOf(span),
        })),
    metrics: () =>
      Object.fromEntries(
        (metrics.at(-1)?.resourceMetrics ?? [])
          .flatMap(({ scopeMetrics }) => scopeMetrics)
          .flatMap((each) => each.metrics)
          .map(({ name, sum, histogram }) => [
            name,
            (sum ?? histogram)?.dataPoints.map((point) => ({
              ...attributesOf(point),
              value: Number(point.asInt ?? point.asDouble ?? point.sum),
              ...(point.count !== undefined && { count: Number(point.count) }),
            })) ?? [],
          ]),
      ),
  };
}

/** The parts of OTLP's messages that are read. 64-bit numbers arrive as strings. */
interface Value {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly Value[] };
}

interface Attributed {
  readonly attributes?: ReadonlyArray<{ readonly key: string; readonly value: Value }>;
}

interface TracesRequest {
  readonly resourceSpans: ReadonlyArray<{
    readonly resource: Attributed;
    readonly scopeSpans: ReadonlyArray<{
      readonly spans: ReadonlyArray<
        Attributed &
          Pick<SeenSpan, 'name' | 'spanId' | 'kind'> & {
            readonly parentSpanId?: string;
            readonly status?: { readonly code?: string };
          }
      >;
    }>;
  }>;
}

interface Points {
  readonly dataPoints: ReadonlyArray<
    Attributed & {
      readonly asInt?: string;
      readonly asDouble?: number;
      readonly sum?: number;
      readonly count?: string;
    }
  >;
}

interface MetricsRequest {
  readonly resourceMetrics: ReadonlyArray<{
    readonly scopeMetrics: ReadonlyArray<{
      readonly metrics: ReadonlyArray<{
        readonly name: string;
        readonly sum?: Points;
        readonly histogram?: Points;
      }>;
    }>;
  }>;
}

function attributesOf({ attributes = [] }: Attributed = {}): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));
}

function valueOf(value: Value): unknown {
  if (value.arrayValue) return value.arrayValue.values.map(valueOf);
  if (value.intValue !== undefined) return Number(value.intValue);
  return value.stringValue ?? value.doubleValue ?? value.boolValue;
}
