import { EXIT } from '../errors/volley-error.ts';
import { prepare, type LoadedManifest } from '../run/library.ts';
import { usageError, type Arguments } from './arguments.ts';
import { graphText } from './graph-text.ts';
import { printResult } from './print-result.ts';
import { selectionOf } from './selection.ts';
import { switchFlag } from './settings.ts';

/** Prints which tasks wait for which. */
export async function printGraph(args: Arguments, loaded: LoadedManifest): Promise<number> {
  if (switchFlag(args, 'json')) {
    throw usageError(
      '`--graph` and `--json` exclude each other',
      '`--graph` prints a tree and a Mermaid diagram, `--json` the figures of the plan',
    );
  }
  const { plan } = await prepare(loaded, {
    environment: process.env,
    purpose: 'plan',
    selection: selectionOf(args),
  });
  await printResult(graphText(plan));
  return EXIT.ok;
}
