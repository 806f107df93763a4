/** Lets one piece of work through at a time: the lowest priority number first, then first come. */
export interface Gate {
  enter<Value>(priority: number, work: () => Promise<Value>): Promise<Value>;
}

export function createGate(): Gate {
  const waiting = createWaitingList();
  let isBusy = false;

  async function letThrough(): Promise<void> {
    isBusy = true;
    // Who comes in the same instant is let through in the order of priorities, too.
    await Promise.resolve();
    for (let next = waiting.take(); next; next = waiting.take()) await next();
    isBusy = false;
  }

  return {
    enter: (priority, work) =>
      new Promise((resolve, reject) => {
        waiting.add(priority, async () => {
          try {
            resolve(await work());
          } catch (error) {
            // Not this gate's to judge.
            reject(error);
          }
        });
        if (!isBusy) void letThrough();
      }),
  };
}

/** Never rejects: whoever brought it is told. */
type Work = () => Promise<void>;

/** In the order in which to let through. */
function createWaitingList() {
  const queues = new Map<number, Work[]>();
  return {
    add(priority: number, work: Work): void {
      const queue = queues.get(priority);
      if (queue) queue.push(work);
      else queues.set(priority, [work]);
    },
    take(): Work | undefined {
      let first: number | undefined;
      for (const [priority, { length }] of queues) {
        if (length > 0 && (first === undefined || priority < first)) first = priority;
      }
      return first === undefined ? undefined : queues.get(first)?.shift();
    },
  };
}
