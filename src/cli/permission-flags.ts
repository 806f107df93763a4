import { existsSync } from 'node:fs';
import type { HostPermissions } from '../providers/allowed-hosts.ts';
import type { Arguments } from './arguments.ts';
import { listFlag, textFlag } from './flag-values.ts';

/** Where other tools keep their keys. */
const KEYS_FILE = '.env';

/** What the command line and the environment allow. The manifest has no say in it. */
export function permissionsOf(args: Arguments): HostPermissions {
  const typed = textFlag(args, 'base-url') ?? '';
  return {
    environment: process.env,
    // A host typed on the command line is allowed.
    allowHosts: [
      ...listFlag(args, 'allow-host'),
      ...(URL.parse(typed) ? [new URL(typed).host] : []),
    ],
    allowHttp: listFlag(args, 'allow-http'),
    keysFile:
      textFlag(args, 'keys-file') === undefined && existsSync(KEYS_FILE) ? KEYS_FILE : undefined,
  };
}
