import { parseArgs } from 'node:util';
import { CLIENTS, DEFAULT_CLIENTS } from './clients/catalogue.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';

export interface BenchOptions {
  readonly runs: number;
  readonly scenarios: readonly Scenario[];
  readonly clients: readonly string[];
  /** The length of one run. */
  readonly seconds: number;
  /** How many clients run at the same time. */
  readonly parallel: number;
  /** How many processes of one client share a server. */
  readonly processes: number;
  /** Whether to include runs of up to a million tasks. */
  readonly million: boolean;
  /** Whether to update docs/. */
  readonly write: boolean;
}

/** Ends the process with a message if an option is unknown or invalid. */
export function benchOptions(argv: readonly string[]): BenchOptions {
  try {
    return optionsOf(argv);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}

function optionsOf(argv: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      runs: { type: 'string', default: '5' },
      only: { type: 'string', multiple: true, default: [] },
      clients: { type: 'string' },
      seconds: { type: 'string', default: '20' },
      parallel: { type: 'string', default: '5' },
      processes: { type: 'string', default: '1' },
      million: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  const names = values.only.flatMap((list) => list.split(','));
  return {
    runs: positive('runs', values.runs),
    seconds: positive('seconds', values.seconds),
    parallel: positive('parallel', values.parallel),
    processes: positive('processes', values.processes),
    million: values.million,
    write: values.write,
    scenarios:
      names.length === 0
        ? SCENARIOS
        : known(
            'scenario',
            names,
            SCENARIOS.map(({ name }) => name),
          ).flatMap((name) => SCENARIOS.filter((scenario) => scenario.name === name)),
    clients: known('client', values.clients?.split(',') ?? DEFAULT_CLIENTS, Object.keys(CLIENTS)),
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (value >= 1) return value;
  throw new Error(`--${name} needs a number from 1, not \`${text}\``);
}

function known(what: string, names: readonly string[], all: readonly string[]): readonly string[] {
  for (const name of names) {
    if (!all.includes(name)) {
      throw new Error(`no ${what} \`${name}\`; there are ${all.join(', ')}`);
    }
  }
  return names;
}
