import type { Manifest } from '../manifest/manifest.ts';
import type { Environment } from '../ports/environment.ts';
import { systemClock } from '../ports/system-clock.ts';
import { bindingFlag } from '../providers/host-problem.ts';
import { hostRules, type HostPermissions, type HostRules } from '../providers/allowed-hosts.ts';
import { undiciWire } from '../providers/undici-wire.ts';
import type { PreparedLane } from '../run/prepare-run.ts';
import { openTelemetry } from '../telemetry/open-telemetry.ts';
import { createRunTelemetry } from '../telemetry/run-telemetry.ts';
import { createOtlpSender } from '../telemetry/otlp-sender.ts';
import { otlpSettings, type OtlpSettings, type OtlpTarget } from '../telemetry/otlp-settings.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { usageError } from './arguments.ts';
import { packageVersion } from './package-file.ts';

/**
 * Starts reporting a run as OpenTelemetry's standard variables say. Throws a `VolleyError` (exit 2)
 * before anything is sent if that is not possible.
 */
export async function openedTelemetry(
  { plan, lanes }: Reported,
  permissions: HostPermissions,
): Promise<Telemetry | undefined> {
  const { environment } = permissions;
  const settings = settingsIn(environment);
  if (!settings) return undefined;
  const rules = hostRules(permissions);
  for (const target of Object.values(settings.targets)) refuseUnbound(target, rules);
  const asked = new Map(lanes.map(({ provider }) => [provider.name, provider]));
  const { name = plan.manifest.file } = plan.manifest;
  const wire = undiciWire({ environment, rules });
  const otel = await openTelemetry(settings, {
    sender: createOtlpSender({ wire, clock: systemClock }),
    clock: systemClock,
    version: packageVersion(),
  });
  return createRunTelemetry(otel, {
    clock: systemClock,
    name,
    askedOf: (provider) => asked.get(provider) ?? { name: provider, type: 'openai', host: '' },
    capturesContent: settings.capturesContent,
  });
}

/** What to report about a run in addition to its events. */
interface Reported {
  readonly plan: { readonly manifest: Partial<Pick<Manifest, 'name'>> & Pick<Manifest, 'file'> };
  readonly lanes: ReadonlyArray<Pick<PreparedLane, 'provider'>>;
}

function settingsIn(environment: Environment): OtlpSettings | undefined {
  const settings = otlpSettings(environment);
  if (settings && 'problem' in settings)
    throw usageError(settings.problem.message, settings.problem.hint);
  if (settings || environment['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return settings;
  throw usageError(
    'OpenTelemetry is enabled, but no collector is set',
    'set OTEL_EXPORTER_OTLP_ENDPOINT to its address, such as http://127.0.0.1:4318',
  );
}

/** Applies the rules for providers: the caller must allow hosts and variables. */
function refuseUnbound({ url, variable, headerVariables }: OtlpTarget, rules: HostRules): void {
  const refusal = rules.refusal(url);
  const unbound = headerVariables.filter((each) => !rules.isBound(each, url));
  // The URL may come from a secret variable, so show its host only if that host is allowed.
  const host = refusal === undefined ? url.host : undefined;
  const flags = (unbound.length > 0 ? unbound : [undefined])
    .map((each) => bindingFlag(url, each, host))
    .join(' ');
  if (refusal !== undefined) {
    const what = {
      unknown: 'points to a server that is not allowed',
      port: 'points to a server that is allowed only on another port',
      loopback: 'points to this machine; in CI, the command must allow that',
      unencrypted: 'would send telemetry unencrypted to another machine',
    }[refusal];
    throw usageError(`\`${variable}\` ${what}`, `to report there, add ${flags}`);
  }
  if (unbound.length === 0) return;
  const names = unbound.map((each) => `\`${each}\``).join(' and ');
  throw usageError(
    `${names} must not be sent to \`${url.host}\`: ${unbound.length === 1 ? 'it is' : 'they are'} not bound to it`,
    `to allow that, add ${flags}`,
  );
}
