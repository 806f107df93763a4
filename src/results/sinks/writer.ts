import type { OutputStream } from '../../ports/output.ts';
import { sinkError } from './sink.ts';

/** Takes the text of a sink, whichever its format. Rejects with `SinkClosed` or `SinkFailed`. */
export interface ResultWriter {
  /** Appends whole lines, in the order of the calls. */
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/** Results to a stream. The stream stays open. */
export function streamWriter(stream: OutputStream, target: string): ResultWriter {
  return {
    async write(text) {
      try {
        await stream.write(text);
      } catch (error) {
        throw sinkError(error, target);
      }
    },
    close: async () => {},
  };
}
