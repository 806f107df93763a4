import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { suggest } from '../../errors/suggest.ts';
import { EXIT } from '../../errors/volley-error.ts';
import { knownProviders } from '../../manifest/known-providers.ts';
import { shippedPrices } from '../../money/shipped-prices.ts';
import { SHELLS } from '../command-specs/setup.ts';
import { usageError, type Arguments } from '../arguments.ts';
import { completionScript, completionsFor } from '../completion.ts';
import { printResult } from '../print-result.ts';

/** Prints what a shell loads to complete `volley` command lines. */
export async function printCompletion(args: Arguments): Promise<number> {
  const word = args.positionals[0];
  const shell = SHELLS.find((each) => each === word);
  if (shell === undefined) {
    const likely = SHELLS.find((each) => each === basename(process.env['SHELL'] ?? '')) ?? 'bash';
    throw usageError(
      word === undefined ? 'for which shell?' : `there is no completion for the shell \`${word}\``,
      `write \`volley completion ${suggest(word ?? '', SHELLS) ?? likely}\`; there are: ${SHELLS.join(', ')}`,
    );
  }
  await printResult(completionScript(shell));
  return EXIT.ok;
}

/** Answers a shell: what may come next after the words of a command line. */
export async function complete(words: readonly string[]): Promise<void> {
  const answer = completionsFor(words, {
    namesIn(folder) {
      try {
        const entries = readdirSync(folder, { withFileTypes: true });
        return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
      } catch {
        return [];
      }
    },
    models: () => [
      ...shippedPrices().keys(),
      ...[...knownProviders].flatMap(([name, { loopback }]) => (loopback ? [`${name}/`] : [])),
    ],
  });
  await printResult(answer);
}
