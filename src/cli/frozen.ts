import { EXIT, VolleyError } from '../errors/volley-error.ts';
import type { Plan } from '../plan/plan.ts';
import { counted } from '../report/format-numbers.ts';
import type { Resumption } from '../run/resume.ts';
import type { Arguments } from './arguments.ts';
import { switchFlag } from './flag-values.ts';

const MOST_NAMED = 5;

/** With `--frozen`, throws a `VolleyError` (exit 6) if anything would be sent. */
export async function refuseIfFrozen(
  args: Arguments,
  plan: Plan,
  resumption: Resumption | undefined,
): Promise<void> {
  if (!switchFlag(args, 'frozen')) return;
  const named: string[] = [];
  let count = 0;
  for await (const task of plan.tasks()) {
    if (resumption?.needsNoSending(task)) continue;
    count += 1;
    if (named.length < MOST_NAMED) named.push(task.id);
  }
  if (count === 0) return;
  const ids = named.map((id) => `\`${id}\``).join(', ');
  throw new VolleyError(
    `${counted(count, 'task')} would be sent, but \`--frozen\` allows none: ${ids}${count > named.length ? ', …' : ''}`,
    {
      exitCode: EXIT.frozen,
      hint: 'run it without `--frozen` first, and keep its results or its response cache',
    },
  );
}
