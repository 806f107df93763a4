import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../errors/volley-error.ts';
import { printable } from '../errors/printable.ts';
import type { LoadedManifest } from '../run/library.ts';
import type { Arguments } from './arguments.ts';
import { confirm } from './confirm.ts';
import { earlierResults } from './destination.ts';
import { printPlan } from './print-plan.ts';
import type { Choice } from '../run/choose-some.ts';
import { sendVolley } from './send-volley.ts';
import { seedFlag, switchFlag } from './settings.ts';
import { isInteractive } from './terminal.ts';

/** Samples larger than this are asked about on a terminal. */
const ASK_ABOVE = 10;

/**
 * Runs `count` tasks for real, then plans by their answers. With a results file they are kept there,
 * and the plan is of the rest; else it is of all.
 */
export async function planAfterSample(
  given: Arguments,
  loaded: LoadedManifest,
  count: number,
): Promise<number> {
  const sample: Choice = { count, seed: seedFlag(given) };
  // To a run these would say which tasks take part at all.
  const args = withoutValues(given, ['sample', 'seed']);
  if (count > ASK_ABOVE && isInteractive() && !switchFlag(args, 'yes')) {
    await confirm(printable(`Send ${count} tasks of ${loaded.manifest.file} as a sample?`));
  }
  const kept = await earlierResults(withSwitch(args, 'overwrite', false), loaded.manifest);
  if (kept) return sampleInto(kept.file, { args, loaded, sample, isKept: true });
  const folder = await mkdtemp(join(tmpdir(), 'volley-sample-'));
  try {
    const file = join(folder, 'results.jsonl');
    return await sampleInto(file, { args, loaded, sample, isKept: false });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sampleInto(
  file: string,
  {
    args,
    loaded,
    sample,
    isKept,
  }: {
    readonly args: Arguments;
    readonly loaded: LoadedManifest;
    readonly sample: Choice;
    readonly isKept: boolean;
  },
): Promise<number> {
  const isAnew = switchFlag(args, 'overwrite') || switchFlag(args, 'retry-failed');
  const output = new Map([...args.values, ['output', [file]] as const]);
  const running = withSwitch(withSwitch(args, 'json', false), 'resume', !isAnew);
  const code = await sendVolley({ ...running, values: output }, loaded, { only: sample });
  // A task of the sample that failed does not keep the plan from being made.
  if (code !== EXIT.ok && code !== EXIT.tasksFailed) return code;
  return printPlan(args, loaded, { sample: { file, isKept } });
}

function withoutValues(args: Arguments, names: readonly string[]): Arguments {
  return { ...args, values: new Map([...args.values].filter(([name]) => !names.includes(name))) };
}

function withSwitch(args: Arguments, name: string, value: boolean): Arguments {
  return { ...args, switches: new Map([...args.switches, [name, value]]) };
}
