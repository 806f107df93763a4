import { printable, printableLine } from '../../errors/escape-invisible.ts';
import { readFile } from 'node:fs/promises';
import { EXIT } from '../../errors/volley-error.ts';
import { knownProviders } from '../../manifest/known-providers.ts';
import { systemClock } from '../../ports/system-clock.ts';
import { systemOutput } from '../../ports/system-output.ts';
import { readyMadeProviders } from '../../providers/resolve-providers.ts';
import { wireOf } from '../../run/library.ts';
import type { Arguments } from '../arguments.ts';
import { type Check, AREAS, type CheckStatus } from '../doctor/check.ts';
import { keyChecks } from '../doctor/keys.ts';
import { machineChecks } from '../doctor/machine.ts';
import { manifestChecks, type ManifestChecks } from '../doctor/manifest.ts';
import { serverChecks } from '../doctor/servers.ts';
import { openLearning } from '../open-learned-limits.ts';
import { loadNamed } from '../load-named.ts';
import { packageFile } from '../package-file.ts';
import { permissionsOf } from '../permission-flags.ts';
import { printEither } from '../print-result.ts';
import { defaultManifest } from '../manifest-argument.ts';
import { switchFlag } from '../flag-values.ts';
import { createStyle, type Color } from '../../report/style.ts';
import { displayWidth, padEnd, wrapWords } from '../../report/text-width.ts';

/**
 * Checks what a run depends on. Sends nothing without `--online`, and never anything that costs
 * money.
 */
export async function doctor(args: Arguments): Promise<number> {
  const stderr = systemOutput(process.stderr);
  const stdout = systemOutput(process.stdout);
  const { version, engines } = await packageFacts();
  const epochMs = systemClock.epochMs();
  const manifest = await checkManifest(args, epochMs);
  const checks: readonly Check[] = [
    ...(await machineChecks({
      environment: process.env,
      nodeVersion: process.versions.node,
      nodeRange: engines.node,
      stderr,
      epochMs,
    })),
    ...keyChecks(process.env),
    ...(manifest?.checks ?? [NO_MANIFEST]),
    ...(switchFlag(args, 'online') ? await checkServers(args, manifest) : []),
  ];
  const isReady = checks.every(({ status }) => status !== 'missing');
  const color = args.switches.get('color') ?? stdout.color;
  const text = doctorText(checks, { columns: stdout.columns() || 80, color });
  const data = { v: 1, version, ready: isReady, checks };
  await printEither(args, data, `${text}\n${verdict(checks)}\n`);
  return isReady ? EXIT.ok : EXIT.provider;
}

const NO_MANIFEST: Check = {
  area: 'manifest',
  name: 'volley.yaml',
  status: 'absent',
  message: 'there is none in this folder; pass a manifest to check what it needs',
};

async function checkManifest(
  args: Arguments,
  epochMs: number,
): Promise<ManifestChecks | undefined> {
  const file = args.positionals[0] ?? defaultManifest();
  if (file === undefined) return undefined;
  const { limits } = await openLearning(file);
  return manifestChecks(file, {
    load: () => loadNamed(args),
    permissions: permissionsOf(args),
    learned: limits,
    epochMs,
  });
}

/** Checks the manifest's providers; without a manifest, every built-in one whose key is set. */
async function checkServers(
  args: Arguments,
  manifest: ManifestChecks | undefined,
): Promise<readonly Check[]> {
  const permissions = permissionsOf(args);
  const providers =
    manifest?.providers ??
    readyMadeProviders(permissions).filter(({ name }) => !knownProviders.get(name)?.loopback);
  const wire = wireOf(permissions);
  try {
    return await serverChecks(providers, {
      models: manifest?.models ?? [],
      wire,
      clock: systemClock,
      areNeeded: manifest !== undefined,
    });
  } finally {
    await wire.close();
  }
}

function verdict(checks: readonly Check[]): string {
  const missing = checks.filter(({ status }) => status === 'missing').length;
  const warnings = checks.filter(({ status }) => status === 'warning').length;
  if (missing > 0) return `Not ready: ${missing} of these must be fixed before a run.`;
  return warnings > 0 ? `Ready, with ${warnings} to look at.` : 'Ready.';
}

async function packageFacts(): Promise<{
  readonly version: string;
  readonly engines: { readonly node: string };
}> {
  return JSON.parse(await readFile(packageFile('package.json'), 'utf8'));
}

const SIGNS: Readonly<Record<CheckStatus, readonly [string, Color]>> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  missing: ['✗', 'red'],
  absent: ['–', 'dim'],
};

const WIDEST_NAME = 24;

/** Names and messages quote the manifest and the environment, so they are made printable. */
function printableCheck(check: Check): Check {
  const { name, message, hint } = check;
  return {
    ...check,
    name: printableLine(name),
    message: printable(message),
    ...(hint !== undefined && { hint: printable(hint) }),
  };
}

function doctorText(
  checks: readonly Check[],
  { columns, color }: { readonly columns: number; readonly color: boolean },
): string {
  const style = createStyle(color);
  const areas = Object.entries(AREAS).flatMap(([area, title]) => {
    const own = checks.filter((check) => check.area === area).map(printableCheck);
    if (own.length === 0) return [];
    const width = Math.min(WIDEST_NAME, Math.max(...own.map(({ name }) => displayWidth(name))));
    return [[style('bold', title), ...own.flatMap(linesOf(width))]];
  });
  return areas.map((lines) => lines.map((line) => `${line}\n`).join('')).join('\n');

  function linesOf(width: number): (check: Check) => readonly string[] {
    return ({ name, status, message, hint }) => {
      const [sign, color] = SIGNS[status];
      const indent = ' '.repeat(4 + width + 2);
      const room = Math.max(20, columns - indent.length);
      const words = wrapWords(message, room);
      const head = `  ${style(color, sign)} ${padEnd(name, width)}`;
      const isLong = displayWidth(name) > width;
      const first = isLong ? [head, indent + words[0]] : [`${head}  ${words[0]}`];
      const hints = hint === undefined ? [] : wrapWords(`hint: ${hint}`, room);
      return [
        ...first,
        ...words.slice(1).map((line) => indent + line),
        ...hints.map((line) => indent + style('dim', line)),
      ];
    };
  }
}
