import { stringOf, type ReadContext } from './read-values.ts';
import { shown } from './secrets.ts';
import { child, type SourceNode } from './source-node.ts';

/** The id of each task: its own, or `task-1`, `task-2`, … by position. Reports duplicates. */
export function taskIds(
  nodes: readonly SourceNode[],
  { source, report }: ReadContext,
): readonly string[] {
  const ids = nodes.map((node, index) => stringOf(child(node, 'id')) ?? `task-${index + 1}`);
  const owners = new Map<string, number>();
  for (const [index, id] of ids.entries()) {
    const node = nodes[index];
    const own = child(node, 'id');
    if (own && stringOf(own) !== undefined && !ID.test(id)) {
      report.error(source.place(own), {
        code: 'BAD_ID',
        message: `\`${shown(id)}\` cannot be an id`,
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
    const written = own ? index : owner;
    const other = own ? owner : index;
    const writtenNode = child(nodes[written], 'id');
    const otherNode = nodes[other];
    const otherId = child(otherNode, 'id');
    if (!writtenNode || !otherNode) continue;
    report.error(source.place(writtenNode), {
      code: 'DUPLICATE_ID',
      message: otherId
        ? `\`${shown(id)}\` is also the id of the task on line ${source.place(otherNode).line}`
        : `\`${shown(id)}\` is also the default id of task ${other + 1}`,
      hint: otherId ? 'rename one of them' : `rename it, or give task ${other + 1} an \`id\``,
    });
  }
  return ids;
}

const ID = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
