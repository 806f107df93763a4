import { EXIT } from '../../errors/volley-error.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import { usableProviders, type ResolveOptions } from '../../providers/resolve.ts';
import { limitsReport } from '../../run/limits-report.ts';
import type { Arguments } from '../arguments.ts';
import { openLearning } from '../learning.ts';
import { limitsText } from '../limits-text.ts';
import { printResult } from '../print-result.ts';
import { listFlag, switchFlag } from '../settings.ts';

/** Shows what is known of the limits of a manifest's models, or of every provider. Sends nothing. */
export async function limits(args: Arguments): Promise<number> {
  const manifest = await manifestOf(args);
  const report = limitsReport({
    manifest,
    providers: manifest ? usableProviders(manifest, resolveOptions(args)) : new Map(),
    learned: await openLearning(),
  });
  const text = switchFlag(args, 'json')
    ? `${JSON.stringify(report, null, 2)}\n`
    : limitsText(report);
  await printResult(text);
  return EXIT.ok;
}

function resolveOptions(args: Arguments): ResolveOptions {
  return { environment: process.env, allowHosts: listFlag(args, 'allow-host') };
}

async function manifestOf(args: Arguments): Promise<Manifest | undefined> {
  if (args.positionals[0] === undefined) return undefined;
  // Only here: without a manifest there is no YAML to load a parser for.
  const { loadNamed } = await import('../load-named.ts');
  return (await loadNamed(args)).manifest;
}
