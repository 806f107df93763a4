import { relative } from 'node:path';
import { printableLine } from '../errors/escape-invisible.ts';
import { contactsOf } from '../providers/contacted-hosts.ts';
import type { HostPermissions } from '../providers/allowed-hosts.ts';
import type { LoadedManifest } from '../run/library.ts';

/** What a manifest contacts, reads and writes, for reviewers. */
export interface PermissionsReport {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly contacts: ReadonlyArray<{
    readonly provider: string;
    /**
     * Null if the address is in a variable that is not set, or that names a host that is not
     * allowed.
     */
    readonly host: string | null;
    readonly address_variable: string | null;
    readonly allowed: boolean;
    readonly variables: ReadonlyArray<{
      readonly name: string;
      readonly use: 'key' | 'header' | 'credentials';
      /** Whether the caller allows sending it to this host. */
      readonly bound: boolean;
    }>;
    /** Flags that a run would need in addition to those given. */
    readonly flags: readonly string[];
  }>;
  /** Every variable that the provider settings name. No others are read. */
  readonly variables: readonly string[];
}

/** Lists the files that have been read so far, so call it after reading all rows. */
export function permissionsReport(
  loaded: LoadedManifest,
  permissions: HostPermissions,
): PermissionsReport {
  const { manifest } = loaded;
  const contacts = contactsOf(manifest, permissions);
  const variables = contacts.flatMap(({ addressVariable, variables: sent }) => [
    ...(addressVariable === null ? [] : [addressVariable]),
    ...sent.flatMap(({ name, use }) => (use === 'credentials' ? [] : [name])),
  ]);
  return {
    reads: loaded.takeFilesRead().map((file) => relative('', file)),
    writes: manifest.output === undefined ? [] : [manifest.output],
    contacts: contacts.map((contact) => ({
      provider: contact.provider,
      host: contact.host,
      address_variable: contact.addressVariable,
      allowed: contact.isAllowed,
      variables: contact.variables.map(({ name, use, isBound }) => ({ name, use, bound: isBound })),
      flags: contact.flags,
    })),
    variables: [...new Set(variables)],
  };
}

export function permissionsText({ reads, writes, contacts }: PermissionsReport): string {
  const lines = [
    ...section('reads', reads),
    ...section('writes', writes.length > 0 ? writes : ['only what the command specifies']),
    ...section('contacts', contacts.length > 0 ? contacts.map(contactLine) : ['nobody']),
  ];
  return lines.map((line) => `${printableLine(line)}\n`).join('');
}

function contactLine(contact: PermissionsReport['contacts'][number]): string {
  const { provider, host, address_variable: variable, variables, allowed, flags } = contact;
  const where = host ?? `the server in \`${variable ?? ''}\``;
  const sent = variables.map(
    ({ name, use, bound }) => `${use} \`${name}\`${bound ? '' : ' (not sent there)'}`,
  );
  const what = sent.length > 0 ? `, with ${sent.join(', ')}` : '';
  const needs = flags.length > 0 ? `; a run needs ${flags.join(' ')}` : '';
  return `${where} (\`${provider}\`)${what}${allowed || needs !== '' ? '' : '; not allowed'}${needs}`;
}

function section(title: string, entries: readonly string[]): readonly string[] {
  return [`${title}:`, ...entries.map((entry) => `  ${entry}`)];
}
