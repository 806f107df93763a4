import type { Environment } from '../ports/environment.ts';

/** What OpenTelemetry's standard variables request. */
export interface OtlpSettings {
  /** Where each signal is sent; a signal without a target is not collected. */
  readonly targets: Readonly<Partial<Record<Signal, OtlpTarget>>>;
  /** Describes this process: `service.name` and what the user adds. */
  readonly resource: Readonly<Record<string, string>>;
  /** Whether prompts and answers may be sent too. */
  readonly capturesContent: boolean;
  /** The share of runs that are traced, 0 to 1. */
  readonly sampledShare: number;
  readonly metricIntervalMs: number;
  /** Whether counters report increments instead of totals. */
  readonly isDelta: boolean;
}

export type Signal = 'traces' | 'metrics';

export interface OtlpTarget {
  readonly url: URL;
  /** The variable that contains the address. */
  readonly variable: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The variables that the headers come from. */
  readonly headerVariables: readonly string[];
  readonly encoding: 'protobuf' | 'json';
  readonly isCompressed: boolean;
  readonly timeoutMs: number;
}

/** A variable with an invalid value. The value is not repeated, because it may be a secret. */
export interface SettingProblem {
  readonly message: string;
  readonly hint: string;
}

/** Reads the `OTEL_*` variables. Undefined if they request nothing. */
export function otlpSettings(
  environment: Environment,
): OtlpSettings | undefined | { readonly problem: SettingProblem } {
  const valueOf = (name: string): string => environment[name]?.trim() ?? '';
  const problems: SettingProblem[] = [];
  const refuse = (variable: string, message: string, hint: string): undefined => {
    problems.push({ message: `\`${variable}\` ${message}`, hint });
    return undefined;
  };

  /** The signal's own variable, or the general one. */
  const named = (signal: Signal, end: string): { variable: string; value: string } => {
    const own = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${end}`;
    const variable = valueOf(own) === '' ? `OTEL_EXPORTER_OTLP_${end}` : own;
    return { variable, value: valueOf(variable) };
  };

  const numberOf = (variable: string, usual: number, [min, max]: readonly [number, number]) => {
    const value = valueOf(variable);
    const number = value === '' ? usual : Number(value);
    if (number >= min && number <= max) return number;
    refuse(variable, `is not a number from ${min} to ${max}`, `set it to ${usual}, or unset it`);
    return usual;
  };

  const pairsOf = (variable: string): Readonly<Record<string, string>> => {
    const pairs: Record<string, string> = {};
    for (const part of valueOf(variable).split(',')) {
      if (part.trim() === '') continue;
      const at = part.indexOf('=');
      const value = decoded(part.slice(at + 1).trim());
      if (at < 1 || value === undefined) {
        refuse(variable, 'is not a list of names and values', 'write `name=value,other=value`');
        continue;
      }
      pairs[part.slice(0, at).trim()] = value;
    }
    return pairs;
  };

  const headersOf = (variables: readonly string[]): Readonly<Record<string, string>> => {
    const headers: Record<string, string> = {};
    for (const variable of variables) {
      for (const [name, value] of Object.entries(pairsOf(variable))) {
        if (/^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\u0020-\u007e]*$/.test(value)) {
          headers[name.toLowerCase()] = value;
        } else refuse(variable, 'is not a valid header', 'write `name=value,other=value`');
      }
    }
    return headers;
  };

  const targetOf = (signal: Signal): OtlpTarget | undefined => {
    const exporter = `OTEL_${signal.toUpperCase()}_EXPORTER`;
    if (valueOf(exporter) === 'none') return undefined;
    const endpoint = named(signal, 'ENDPOINT');
    if (endpoint.value === '') return undefined;
    if (!['', 'otlp'].includes(valueOf(exporter))) {
      return refuse(exporter, 'asks for an unknown exporter', 'set it to otlp or none');
    }
    const isBase = endpoint.variable === 'OTEL_EXPORTER_OTLP_ENDPOINT';
    const url = URL.parse(
      isBase ? `${endpoint.value.replace(/\/+$/, '')}/v1/${signal}` : endpoint.value,
    );
    if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
      return refuse(
        endpoint.variable,
        'is not the address of a collector',
        'for example, write `http://127.0.0.1:4318`, and put tokens in OTEL_EXPORTER_OTLP_HEADERS',
      );
    }
    const protocol = named(signal, 'PROTOCOL');
    if (!['', 'http/protobuf', 'http/json'].includes(protocol.value)) {
      return refuse(
        protocol.variable,
        'asks for an unsupported protocol',
        'set it to http/protobuf or http/json; collectors accept both on port 4318',
      );
    }
    const compression = named(signal, 'COMPRESSION');
    if (!['', 'none', 'gzip'].includes(compression.value)) {
      return refuse(
        compression.variable,
        'asks for an unknown compression',
        'set it to gzip or none',
      );
    }
    const headerVariables = [
      'OTEL_EXPORTER_OTLP_HEADERS',
      named(signal, 'HEADERS').variable,
    ].filter((variable, at, all) => valueOf(variable) !== '' && all.indexOf(variable) === at);
    return {
      url,
      variable: endpoint.variable,
      headers: headersOf(headerVariables),
      headerVariables,
      encoding: protocol.value === 'http/json' ? 'json' : 'protobuf',
      isCompressed: compression.value === 'gzip',
      timeoutMs: numberOf(named(signal, 'TIMEOUT').variable, 10_000, [1, 600_000]),
    };
  };

  if (valueOf('OTEL_SDK_DISABLED').toLowerCase() === 'true') return undefined;
  const traces = targetOf('traces');
  const metrics = targetOf('metrics');
  const settings: OtlpSettings = {
    targets: { ...(traces && { traces }), ...(metrics && { metrics }) },
    resource: {
      'service.name': 'volley',
      ...pairsOf('OTEL_RESOURCE_ATTRIBUTES'),
      ...(valueOf('OTEL_SERVICE_NAME') !== '' && { 'service.name': valueOf('OTEL_SERVICE_NAME') }),
    },
    capturesContent: CAPTURES_IN_SPANS.has(
      valueOf('OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT').toLowerCase(),
    ),
    sampledShare: valueOf('OTEL_TRACES_SAMPLER').endsWith('traceidratio')
      ? numberOf('OTEL_TRACES_SAMPLER_ARG', 1, [0, 1])
      : valueOf('OTEL_TRACES_SAMPLER').endsWith('always_off')
        ? 0
        : 1,
    metricIntervalMs: numberOf('OTEL_METRIC_EXPORT_INTERVAL', 60_000, [100, 86_400_000]),
    isDelta: valueOf('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE').toLowerCase() === 'delta',
  };
  const [problem] = problems;
  if (problem) return { problem };
  return traces || metrics ? settings : undefined;
}

/** `event_only` puts prompts and answers into log records, which Volley does not send. */
const CAPTURES_IN_SPANS: ReadonlySet<string> = new Set(['true', 'span_only', 'span_and_event']);

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
