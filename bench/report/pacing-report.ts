import { CLIENTS } from '../clients/catalogue.ts';
import type { Scenario } from '../scenarios.ts';
import type { ServerReport } from '../server/server-plan.ts';
import type { Trial } from '../trial.ts';
import { shown, spreadOf } from './statistics.ts';
import { markdownTable } from './table.ts';

/** All shares and wasted requests, in Markdown. */
export function pacingTables(trials: readonly Trial[]): string {
  const clients = distinct(trials.map(({ client }) => client));
  const scenarios = distinct(trials.map(({ scenario }) => scenario));
  const table = (cell: (of: readonly Trial[], scenario: Scenario) => string): string =>
    markdownTable(
      ['scenario', ...clients.map(titleOf)],
      scenarios.map((scenario) => [
        scenario.title,
        ...clients.map((client) => cell(trialsOf(trials, { scenario, client }), scenario)),
      ]),
    );
  const share = (part: keyof ServerReport['share']): string => table((of) => percent(of, part));
  const hasSettled = scenarios.some(({ settledFromMs }) => settledFromMs !== undefined);
  return [
    'Share of the ceiling in the steady part, %:',
    share('steady'),
    'Share of the ceiling over the whole run, %:',
    share('run'),
    ...(hasSettled
      ? ['Share of the ceiling from 5 s after the change to the end, %:', settledTable()]
      : []),
    'Refused requests per 100 admitted:',
    table((of) => shown(spreadOf(of.map(wasteOf)), 1)),
    'CPU per admitted request (ms) and peak memory (MiB), each client’s own process, including start-up:',
    usageTable(),
  ].join('\n\n');

  function settledTable(): string {
    const changing = scenarios.filter(({ settledFromMs }) => settledFromMs !== undefined);
    return markdownTable(
      ['scenario', ...clients.map(titleOf)],
      changing.map((scenario) => [
        scenario.title,
        ...clients.map((client) => percent(trialsOf(trials, { scenario, client }), 'settled')),
      ]),
    );
  }

  function usageTable(): string {
    return markdownTable(
      ['', ...clients.map(titleOf)],
      [
        ['CPU, ms', ...clients.map((client) => shown(spreadOf(cpuOf(trials, client)), 1))],
        ['memory, MiB', ...clients.map((client) => shown(spreadOf(memoryOf(trials, client))))],
      ],
    );
  }
}

/** A line about one run of a scenario, printed while the others run. */
export function trialLine(trial: Trial): string {
  const { share } = trial.report;
  const settled = share.settled === undefined ? '' : `, settled ${Math.round(share.settled * 100)}`;
  return [
    trial.scenario.name.padEnd(18),
    titleOf(trial.client).padEnd(16),
    `run ${Math.round(share.run * 100)}, steady ${Math.round(share.steady * 100)}${settled} %`,
    `waste ${wasteOf(trial).toFixed(1)}`,
    `at most ${trial.report.highestInFlight} at once`,
    trial.usage ? `${Math.round(trial.usage.peakMiB)} MiB` : '',
  ].join('  ');
}

export function titleOf(client: string): string {
  return CLIENTS[client]?.name ?? client;
}

function percent(trials: readonly Trial[], part: keyof ServerReport['share']): string {
  return shown(spreadOf(trials.map(({ report }) => 100 * (report.share[part] ?? 0))));
}

export function wasteOf({ report }: Trial): number {
  const accepted = total(report.accepted);
  return accepted === 0 ? 0 : (100 * total(report.refused)) / accepted;
}

function cpuOf(trials: readonly Trial[], client: string): readonly number[] {
  return trials
    .filter((trial) => trial.client === client)
    .flatMap(({ usage, report }) => (usage ? [usage.cpuMs / total(report.accepted)] : []));
}

function memoryOf(trials: readonly Trial[], client: string): readonly number[] {
  return trials
    .filter((trial) => trial.client === client)
    .flatMap(({ usage }) => (usage ? [usage.peakMiB] : []));
}

export function trialsOf(
  trials: readonly Trial[],
  { scenario, client }: { readonly scenario: Scenario; readonly client: string },
): readonly Trial[] {
  return trials.filter((trial) => trial.scenario === scenario && trial.client === client);
}

export function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

export function distinct<Value>(values: readonly Value[]): readonly Value[] {
  return [...new Set(values)];
}
