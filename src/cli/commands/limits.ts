import { EXIT } from '../../errors/volley-error.ts';
import type { Manifest, ModelName } from '../../manifest/manifest.ts';
import { parseModelName } from '../../manifest/model-name.ts';
import { resolveProviders, usableProviders } from '../../providers/resolve-providers.ts';
import type { LearnedLimits } from '../../run/learned-store.ts';
import { limitsReport } from '../../run/limits-report.ts';
import { usageError, type Arguments } from '../arguments.ts';
import { openLearning } from '../open-learned-limits.ts';
import { limitsDocument } from '../limits-document.ts';
import { permissionsOf } from '../permission-flags.ts';
import { printDocument } from '../print-document.ts';
import { listFlag, switchFlag, textFlag } from '../flag-values.ts';
import { tellEarly } from '../terminal.ts';

/** Shows the known limits of a manifest's models, or of every provider. Sends nothing. */
export async function limits(args: Arguments): Promise<number> {
  const manifest = await manifestOf(args);
  const { limits: learned, distrust } = await openLearning(manifest?.file ?? '.');
  if (distrust !== undefined) await tellEarly(args, distrust);
  const resolution = manifest && resolveProviders(manifest, permissionsOf(args));
  const problems = resolution?.ok === false ? resolution.problems : [];
  const report = limitsReport({
    manifest,
    model: manifest ? undefined : modelAlone(args, learned),
    providers: manifest ? usableProviders(manifest, permissionsOf(args)) : new Map(),
    problems: new Map(problems.map(({ provider, message }) => [provider, message])),
    learned,
  });
  await printDocument(switchFlag(args, 'json') ? 'json' : 'text', limitsDocument(report), report);
  return EXIT.ok;
}

/**
 * The model given with `--model` if there is no manifest. Its provider is built in, or earlier runs
 * used it. Throws a `VolleyError` (exit 2) for flags that need a manifest.
 */
function modelAlone(args: Arguments, learned: LearnedLimits | undefined): ModelName | undefined {
  for (const name of FOR_MANIFESTS) {
    if (listFlag(args, name).length === 0) continue;
    throw usageError(
      `\`--${name}\` needs a manifest`,
      `write \`volley limits manifest.yaml --${name} …\``,
    );
  }
  const text = textFlag(args, 'model');
  if (text === undefined) return undefined;
  const names = new Set(learned?.lanes.map(({ provider }) => provider));
  const parsed = parseModelName(text, names);
  if (parsed.ok) return parsed.value;
  throw usageError(
    `--model: ${parsed.message}`,
    parsed.hint ?? 'write `--model anthropic/claude-haiku-5-5`',
  );
}

const FOR_MANIFESTS = ['set', 'allow-host', 'allow-http', 'allow-path'] as const;

async function manifestOf(args: Arguments): Promise<Manifest | undefined> {
  if (args.positionals[0] === undefined) return undefined;
  // Imported here because no YAML parser is needed without a manifest.
  const { loadNamed } = await import('../load-named.ts');
  return (await loadNamed(args)).manifest;
}
