import type { Flag } from './flag.ts';

/** What a person sees. */
export const DISPLAY_FLAGS = {
  quiet: { alias: 'q', description: 'Print only failures on stderr' },
  progress: {
    default: 'auto',
    value: 'MODE',
    choices: ['auto', 'tty', 'plain', 'json', 'none'],
    description: 'auto, tty, plain, json or none',
  },
  format: {
    default: 'text',
    value: 'FORMAT',
    choices: ['text', 'markdown', 'json'],
    description: 'text, markdown or json',
  },
  otel: {
    description:
      'Report the run to the OpenTelemetry collector that OTEL_EXPORTER_OTLP_ENDPOINT names',
  },
  all: { description: 'Show every difference, not only the first 20' },
  color: {
    negatable: true,
    description: 'Use color even if stderr is not a terminal (--no-color: never)',
  },
} as const satisfies Record<string, Flag>;
