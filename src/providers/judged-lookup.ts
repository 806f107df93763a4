import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { AddressRefused } from './connection.ts';
import type { HostRules } from './host-rules.ts';

/** Looks a name up and leaves out the addresses that may not be called. Fails when none is left. */
export function judgedLookup(rules: HostRules): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '');
      const open = found.filter(({ address }) => rules.mayConnect(hostname, address));
      const [first] = open;
      if (!first) return callback(new AddressRefused(found[0]?.address ?? ''), '');
      if (options.all) return callback(null, open);
      return callback(null, first.address, first.family);
    });
  };
}
