import type { Usage } from '../measure/client-process.ts';
import { distinct, titleOf } from './pacing-report.ts';
import { shown, spreadOf, type Spread } from './statistics.ts';
import { markdownTable } from './table.ts';

/** A client that ran this many tasks, or was stopped because it took too long. */
export interface FullRun {
  readonly client: string;
  readonly tasks: number;
  readonly finished: boolean;
  readonly usage: Usage;
}

/** The columns of the table of full runs. */
export const QUANTITIES = [
  { title: 'wall time, s', digits: 1, of: ({ usage }: FullRun) => usage.wallMs / 1_000 },
  { title: 'CPU per task, ms', digits: 2, of: cpuMs },
  { title: 'peak memory, MiB', digits: 0, of: ({ usage }: FullRun) => usage.peakMiB },
] as const;

type Quantity = (typeof QUANTITIES)[number];

function cpuMs({ usage, tasks }: FullRun): number {
  return usage.cpuMs / tasks;
}

export function scaleTables(runs: readonly FullRun[]): string {
  const sizes = distinct(runs.map(({ tasks }) => tasks));
  const clients = distinct(runs.map(({ client }) => client));
  return QUANTITIES.map((quantity) => {
    const rows = clients.map((client) => [
      titleOf(client),
      ...sizes.map((tasks) => cell(runs, { client, tasks, quantity })),
    ]);
    const head = ['', ...sizes.map((tasks) => `${tasks.toLocaleString('en')} tasks`)];
    return `${quantity.title}, including start-up:\n\n${markdownTable(head, rows)}`;
  }).join('\n\n');
}

function cell(
  runs: readonly FullRun[],
  of: { readonly client: string; readonly tasks: number; readonly quantity: Quantity },
): string {
  const some = runs.filter(({ client, tasks }) => client === of.client && tasks === of.tasks);
  if (some.some(({ finished }) => !finished)) return 'not finished';
  return shown(spreadOf(some.map(of.quantity.of)), of.quantity.digits);
}

/** Only of clients that finished. */
export function spreadAt(
  runs: readonly FullRun[],
  { client, tasks, quantity }: { client: string; tasks: number; quantity: Quantity },
): Spread | undefined {
  const some = runs.filter((run) => run.client === client && run.tasks === tasks && run.finished);
  return spreadOf(some.map(quantity.of));
}

export function fullRunLine(run: FullRun): string {
  const values = QUANTITIES.map(({ title, digits, of }) => `${of(run).toFixed(digits)} ${title}`);
  const end = run.finished ? '' : '  (stopped)';
  return `${titleOf(run.client).padEnd(16)}  ${run.tasks} tasks  ${values.join('  ')}${end}`;
}
