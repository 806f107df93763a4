import { shown } from './recognize-secrets.ts';
import type { Written } from './written-value.ts';

/** The id of each task: its own, or `task-1`, `task-2`, … by position. Reports duplicates. */
export function taskIds(tasks: readonly Written[]): readonly string[] {
  const own = tasks.map((task) => task.get('id'));
  const ids = own.map(({ string }, index) => string ?? `task-${index + 1}`);
  const owners = new Map<string, number>();
  for (const [index, id] of ids.entries()) {
    if (own[index]?.string !== undefined && !ID.test(id)) {
      own[index].error({
        code: 'BAD_ID',
        message: `\`${shown(id)}\` is not a valid id`,
        hint: 'use letters, digits, `_`, `.` and `-`, beginning with a letter, digit or `_`',
      });
      continue;
    }
    const owner = owners.get(id);
    if (owner === undefined) {
      owners.set(id, index);
      continue;
    }
    // If an id clashes with a generated one, the user has to change the one in the manifest.
    const [written, other] = own[index]?.isGiven ? [index, owner] : [owner, index];
    const isBoth = own[other]?.isGiven;
    own[written]?.error({
      code: 'DUPLICATE_ID',
      message: isBoth
        ? `\`${shown(id)}\` is also the id of the task on line ${tasks[other]?.place.line}`
        : `\`${shown(id)}\` is also the default id of task ${other + 1}`,
      hint: isBoth ? 'rename one of them' : `rename it, or give task ${other + 1} an \`id\``,
    });
  }
  return ids;
}

const ID = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
