import {
  DefaultRenderer,
  Listr,
  ListrLogger,
  ProcessOutput,
  ListrDefaultRendererLogLevels,
  type ListrDefaultRendererTask,
  type ListrTask,
  type ListrTaskWrapper,
  type LoggerFormat,
} from 'listr2';
import type { Color, Style } from './style.ts';

/**
 * The live tree. listr2 keeps and renders the nodes. Its default renderer repaints on every change,
 * writes to stdout and hides the cursor. A subclass renders on request, and Volley writes the
 * result. No other module imports listr2.
 */
export interface Tree {
  /** Resolves when every node can be shown: listr2 starts them level by level. */
  readonly ready: Promise<unknown>;
  /** Renders these nodes, by key, one string per row. Missing nodes are hidden. */
  draw(nodes: ReadonlyMap<string, NodePicture>): readonly string[];
  close(): Promise<void>;
}

/** Nodes cannot be added to a running tree, so all possible nodes are created at the start. */
export interface TreeShape {
  readonly key: string;
  readonly children?: readonly TreeShape[];
}

export interface NodePicture {
  /** One row, truncated to the width of the terminal. */
  readonly title: string;
  readonly state: NodeState;
  /** Rows under the title. */
  readonly output?: readonly string[];
}

export type NodeState =
  | 'waiting'
  | 'running'
  | 'paused'
  | 'done'
  | 'failed'
  | 'skipped'
  | 'canceled';

/** Columns before the title of a node at this depth, including its symbol. */
export function indentOf(depth: number): number {
  return depth * INDENT + SYMBOL;
}

const INDENT = 2;
const SYMBOL = 2;

export function growTree(shape: readonly TreeShape[], style: Style): Tree {
  const nodes = new Map<string, Node>();
  const logger = new ListrLogger<ListrDefaultRendererLogLevels>({
    processOutput: new ProcessOutput(process.stderr, process.stderr),
  });
  let shown: ReadonlyMap<string, NodePicture> = new Map();
  let frame = 0;
  let create: (() => string) | undefined;

  class OnDemandRenderer extends DefaultRenderer {
    static override nonTTY = true;
    constructor(...given: ConstructorParameters<typeof DefaultRenderer>) {
      super(...given);
      create = () => this.create();
    }
    /** Overridden so that listr2 sets no timer, writes nothing and does not hide the cursor. */
    override async render(): Promise<void> {}
    override end(): void {}
    protected override style(task: ListrDefaultRendererTask, isOutput = false): string {
      const picture = shown.get(task.initialTitle ?? '');
      if (isOutput || !picture) return super.style(task, isOutput);
      const spins = picture.state === 'running' && !task.hasSubtasks();
      const symbol = spins ? SPINNER.charAt(frame % SPINNER.length) : undefined;
      return logger.icon(ListrDefaultRendererLogLevels[LEVELS[picture.state][0]], symbol) ?? '';
    }
    protected override format(message: string, icon: string, level: number): string[] {
      if (message === '') return [];
      const [first = '', ...rest] = message.split('\n');
      const indent = ' '.repeat(level * INDENT);
      return [
        `${indent}${icon} ${first}`,
        ...rest.map((row) => `${indent}${' '.repeat(SYMBOL)}${row}`),
      ];
    }
  }

  function listrTask({
    key,
    children = [],
  }: TreeShape): ListrTask<unknown, typeof DefaultRenderer> {
    const node: Node = { started: Promise.withResolvers(), ended: Promise.withResolvers() };
    nodes.set(key, node);
    return {
      title: key,
      task(_, wrapper) {
        node.wrapper = wrapper;
        node.started.resolve();
        if (children.length === 0) return node.ended.promise;
        return wrapper.newListr(children.map(listrTask), { concurrent: true, exitOnError: false });
      },
    };
  }

  const list = new Listr(shape.map(listrTask), {
    concurrent: true,
    exitOnError: false,
    registerSignalListeners: false,
    renderer: OnDemandRenderer,
    rendererOptions: { logger, color: palette(style) },
  });
  const ran = list.run();

  return {
    ready: allStarted(nodes),
    draw(pictures) {
      // listr2 only collects a node's output after its first rendering.
      if (frame === 0) create?.();
      shown = pictures;
      frame += 1;
      for (const [key, { wrapper }] of nodes) {
        if (!wrapper) continue;
        const { title = '', output = [] } = pictures.get(key) ?? {};
        wrapper.title = title;
        wrapper.output = output.join('\n');
      }
      return create?.().split('\n').filter(Boolean) ?? [];
    },
    async close() {
      for (const { ended } of nodes.values()) ended.resolve();
      await ran;
    },
  };
}

const SPINNER = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

/**
 * listr2's name and our color for each state. listr2's own colors depend on whether stdout, not
 * stderr, supports color.
 */
const LEVELS = {
  waiting: ['WAITING', 'dim'],
  running: ['PENDING', 'cyan'],
  paused: ['PAUSED', 'yellow'],
  done: ['COMPLETED', 'green'],
  failed: ['FAILED', 'red'],
  skipped: ['SKIPPED_WITH_COLLAPSE', 'yellow'],
  canceled: ['SKIPPED_WITHOUT_COLLAPSE', 'yellow'],
  output: ['OUTPUT', 'dim'],
} as const satisfies Readonly<
  Record<NodeState | 'output', readonly [`${ListrDefaultRendererLogLevels}`, Color]>
>;

function palette(style: Style): Partial<Record<ListrDefaultRendererLogLevels, LoggerFormat>> {
  return Object.fromEntries(
    Object.values(LEVELS).map(([level, color]) => [level, (text = '') => style(color, text)]),
  );
}

interface Node {
  readonly started: PromiseWithResolvers<void>;
  readonly ended: PromiseWithResolvers<void>;
  wrapper?: ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof DefaultRenderer>;
}

/** Nodes are added when their parents start, so this waits until no more are added. */
async function allStarted(nodes: ReadonlyMap<string, Node>): Promise<void> {
  for (const { started } of nodes.values()) await started.promise;
}
