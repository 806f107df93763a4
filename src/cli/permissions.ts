import { existsSync } from 'node:fs';
import type { HostPermissions } from '../providers/host-rules.ts';
import type { Arguments } from './arguments.ts';
import { listFlag, textFlag } from './settings.ts';

/** Where other tools keep keys. */
const KEYS_FILE = '.env';

/** What the command line and the environment permit; a manifest has no say in it. */
export function permissionsOf(args: Arguments): HostPermissions {
  const typed = textFlag(args, 'base-url') ?? '';
  return {
    environment: process.env,
    // Whoever types an address allows its host.
    allowHosts: [
      ...listFlag(args, 'allow-host'),
      ...(URL.parse(typed) ? [new URL(typed).host] : []),
    ],
    allowHttp: listFlag(args, 'allow-http'),
    keysFile:
      textFlag(args, 'keys-file') === undefined && existsSync(KEYS_FILE) ? KEYS_FILE : undefined,
  };
}
