import type { OutputStream } from '../../ports/output.ts';
import { sinkError } from './sink.ts';

/**
 * Writes the text that a sink in any format produces. Rejects with `SinkClosed` or `SinkFailed`.
 */
export interface ResultWriter {
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/** Writes to a stream. Stdout, which has no `close`, stays open. */
export function streamWriter(
  stream: Pick<OutputStream, 'write'> & { readonly close?: () => Promise<void> },
  target: string,
): ResultWriter {
  return {
    async write(text) {
      try {
        await stream.write(text);
      } catch (error) {
        throw sinkError(error, target);
      }
    },
    close: async () => stream.close?.().catch(() => undefined),
  };
}
