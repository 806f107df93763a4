import { Listr, type ListrRenderer } from 'listr2';

/**
 * The live tree: listr2 holds the nodes and their states, and Volley draws them. listr2's own
 * renderers repaint on every change, write to stdout and install signal handlers, so it gets one
 * that does nothing by itself. This is the only module that imports listr2.
 */
export interface Tree {
  /** Resolves once every node can be set; it takes listr2 a moment to start them. */
  readonly ready: Promise<unknown>;
  /** Sets one node's line and the lines below it; an empty title hides the node. */
  set(node: number, title: string, below: readonly string[]): void;
  /** The tree as it stands, a string per row. */
  lines(): readonly string[];
  /** Completes every node. */
  close(): Promise<void>;
}

export function growTree(nodes: number): Tree {
  let nodesDrawn: readonly Node[] = [];
  const completed = Promise.withResolvers<void>();
  const wrappers: Wrapper[] = [];
  const starts = Array.from({ length: nodes }, () => Promise.withResolvers<void>());

  class OnDemandRenderer implements ListrRenderer {
    static nonTTY = true;
    static rendererOptions: Record<PropertyKey, unknown> = {};
    static rendererTaskOptions: Record<PropertyKey, unknown> = {};
    constructor(tasks: readonly Node[]) {
      nodesDrawn = tasks;
    }
    render(): void {}
    end(): void {}
  }

  const list = new Listr(
    Array.from({ length: nodes }, (_, node) => ({
      title: '',
      task: (_context: unknown, wrapper: Wrapper) => {
        wrappers[node] = wrapper;
        starts[node]?.resolve();
        return completed.promise;
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      renderer: OnDemandRenderer,
    },
  );
  const ran = list.run();

  return {
    ready: Promise.all(starts.map(({ promise }) => promise)),
    set(node, title, below) {
      const wrapper = wrappers[node];
      if (!wrapper) return;
      wrapper.title = title;
      wrapper.output = below.join('\n');
    },
    lines: () =>
      nodesDrawn.flatMap(({ title, output }) =>
        title ? [title, ...(output ? output.split('\n') : [])] : [],
      ),
    async close() {
      completed.resolve();
      await ran;
    },
  };
}

/** The part of listr2's task wrapper that is used. */
interface Wrapper {
  title: string;
  output: string;
}

/** The part of listr2's task that is drawn. */
interface Node {
  title?: string | undefined;
  output?: string | undefined;
}
