import { printableLine } from '../errors/escape-invisible.ts';
import { modelsOf, modelText } from '../manifest/task-models.ts';
import { counted } from '../report/format-numbers.ts';
import type { NodeNeed, TaskNode } from '../plan/graph.ts';
import type { Plan } from '../plan/plan.ts';

/**
 * The dependencies as a tree, with each entry below those that it needs, and as a Mermaid diagram.
 */
export function graphText(plan: Plan): string {
  const nodes = plan.nodes.filter((node) => countOf(plan, node) > 0);
  return [...treeLines(plan, nodes), '', ...mermaidLines(plan, nodes)]
    .map((line) => `${printableLine(line)}\n`)
    .join('');
}

function countOf({ selection }: Plan, node: TaskNode): number {
  return selection?.countOf(node) ?? node.total;
}

interface Edge {
  readonly node: TaskNode;
  readonly need: NodeNeed;
}

function treeLines(plan: Plan, nodes: readonly TaskNode[]): readonly string[] {
  const waiting = new Map<TaskNode, Edge[]>();
  for (const node of nodes) {
    for (const need of node.needs) {
      const edges = waiting.get(need.node) ?? [];
      waiting.set(need.node, [...edges, { node, need }]);
    }
  }
  const lines: string[] = [];
  const shown = new Set<TaskNode>();
  const roots = nodes.filter(({ needs }) => needs.length === 0);
  /** Not recursive: a chain can be as long as the manifest. */
  const stack = roots
    .toReversed()
    .map((node): Branch => ({ node, how: '', before: '', below: '' }));
  for (let branch = stack.pop(); branch; branch = stack.pop()) {
    const { node, how, before, below } = branch;
    const isAgain = shown.has(node);
    shown.add(node);
    lines.push(before + node.template.id + (isAgain ? ' (above)' : facts(plan, node, how)));
    if (isAgain) continue;
    const edges = waiting.get(node) ?? [];
    const branches = edges.map(({ node: next, need }, at): Branch => {
      const isLast = at === edges.length - 1;
      return {
        node: next,
        how: HOW[need.kind] + (need.allowFailed ? ', failed or not' : ''),
        before: `${below}${isLast ? '└─ ' : '├─ '}`,
        below: `${below}${isLast ? '   ' : '│  '}`,
      };
    });
    stack.push(...branches.toReversed());
  }
  return lines;
}

interface Branch {
  readonly node: TaskNode;
  readonly how: string;
  readonly before: string;
  readonly below: string;
}

const HOW = { own: 'one for each', one: 'after it', all: 'after all' } as const;

function facts(plan: Plan, node: TaskNode, how: string): string {
  const { template } = node;
  const parts = [
    counted(countOf(plan, node), 'task'),
    ...(how === '' ? [] : [how]),
    modelsOf(template)
      .map(modelText)
      .join(template.models ? ' and ' : ' or '),
    ...(template.condition ? [`if ${template.condition.text}`] : []),
  ];
  return `: ${parts.join(', ')}`;
}

/** For a pull request or a wiki. Ids contain no characters that are special in Mermaid. */
function mermaidLines(plan: Plan, nodes: readonly TaskNode[]): readonly string[] {
  const names = new Map(nodes.map((node, at) => [node, `t${at + 1}`]));
  const boxes = nodes.map((node) => {
    const count = countOf(plan, node);
    const times = count === 1 ? '' : ` × ${count}`;
    return `  ${names.get(node)}["${node.template.id}${times}"]`;
  });
  const arrows = nodes.flatMap((node) =>
    node.needs.map(({ node: needed, kind, allowFailed }) => {
      const arrow = allowFailed ? '-.->' : '-->';
      const label = kind === 'one' ? '' : `|${kind === 'own' ? 'each' : 'all'}|`;
      return `  ${names.get(needed)} ${arrow}${label} ${names.get(node)}`;
    }),
  );
  return ['```mermaid', 'flowchart LR', ...boxes, ...arrows, '```'];
}
