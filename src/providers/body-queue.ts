/** A response body as it arrives. It costs much less than one of Node's streams. */
export interface IncomingBody extends AsyncIterable<Uint8Array> {
  add(chunk: Uint8Array): void;
  /** Ends the body. If there is an `error`, it is thrown to the reader after the last chunk. */
  end(error?: Error): void;
  readonly hasEnded: boolean;
}

/** When this many bytes wait for the reader, the sender is paused. */
const MOST_WAITING_BYTES = 64 * 1024;

/** There can be one reader. `pause` and `resume` stop and continue the sender. */
export function incomingBody(sender: { pause(): void; resume(): void }): IncomingBody {
  const chunks: Uint8Array[] = [];
  let waitingBytes = 0;
  let isPaused = false;
  let ended: { readonly error: Error | undefined } | undefined;
  let wake: (() => void) | undefined;

  async function next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (chunks.length === 0 && !ended) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const chunk = chunks.shift();
    if (chunk) {
      waitingBytes -= chunk.byteLength;
      if (isPaused && waitingBytes < MOST_WAITING_BYTES) {
        isPaused = false;
        sender.resume();
      }
      return { done: false, value: chunk };
    }
    if (ended?.error) throw ended.error;
    return { done: true, value: undefined };
  }

  return {
    add(chunk) {
      chunks.push(chunk);
      waitingBytes += chunk.byteLength;
      if (waitingBytes >= MOST_WAITING_BYTES) {
        isPaused = true;
        sender.pause();
      }
      wake?.();
    },
    end(error) {
      ended ??= { error };
      wake?.();
    },
    get hasEnded() {
      return ended !== undefined;
    },
    [Symbol.asyncIterator]: () => ({ next }),
  };
}
