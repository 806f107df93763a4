import { entry, type SourceNode } from './source-node.ts';
import type { ReadContext } from './read-values.ts';

/** Refuses the keys that the manifest's format has and this version does not act on. */
export function refuseNotYet(root: SourceNode, context: ReadContext): void {
  const tasks = entry(root, 'tasks')?.value;
  const places = [entry(root, 'defaults')?.value, ...(tasks?.kind === 'list' ? tasks.items : [])];
  for (const node of places) {
    if (!node) continue;
    refuse(node, IN_TASK, context);
    const rows = entry(node, 'for_each')?.value;
    if (rows) refuse(rows, IN_ROWS, context);
  }
}

type Advice = Readonly<Record<string, string>>;

const IN_TASK: Advice = {
  needs:
    'run the needed tasks first with `-o first.jsonl`, and read that in a second manifest with `for_each: {file: first.jsonl}`',
  if: 'delete it, or list only the rows that you want',
  repeat: 'write `matrix: {sample: [1, 2, 3]}` for three samples',
  schema: 'ask for JSON in the prompt, or pass the provider’s own setting in `params`',
};

const IN_ROWS: Advice = {
  needs: 'run the needed task first with `-o first.jsonl`, and name that file here',
};

function refuse(node: SourceNode, advice: Advice, { source, report }: ReadContext): void {
  if (node.kind !== 'map') return;
  for (const each of node.entries) {
    if (!Object.hasOwn(advice, each.key)) continue;
    report.error(source.keyPlace(each), {
      code: 'NOT_YET_SUPPORTED',
      message: `\`${each.key}\` is not supported by this version`,
      hint: advice[each.key] ?? '',
    });
  }
}
