import { systemOutput } from '../ports/system-output.ts';
import { SinkClosed } from '../results/sinks/sink.ts';
import { streamWriter } from '../results/sinks/writer.ts';

/** Writes to stdout what a command is there to give. A reader that has left wants no more: no error. */
export async function printResult(text: string): Promise<void> {
  try {
    await streamWriter(systemOutput(process.stdout), 'stdout').write(text);
  } catch (error) {
    if (!(error instanceof SinkClosed)) throw error;
  }
}
