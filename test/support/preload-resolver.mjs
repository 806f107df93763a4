// Answers lookups from RESOLVES, such as `gateway.example=10.0.0.1 other.example=::1`, instead of
// the machine's resolver. The path of a FIFO as the address holds a thread of the pool, as a
// resolver that does not answer does.
import dns from 'node:dns';
import { open } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { isIP } from 'node:net';

const { lookup } = dns;

dns.lookup = (hostname, options, callback) => {
  // This is read on each lookup, because a process that keeps the command loaded gets another
  // environment for each run.
  const known = (process.env.RESOLVES ?? '').split(' ').map((pair) => pair.split('='));
  const address = new Map(known).get(hostname);
  if (address === undefined) return lookup(hostname, options, callback);
  if (address.startsWith('/')) return open(address, () => {});
  const found = { address, family: isIP(address) };
  if (options.all) process.nextTick(callback, null, [found]);
  else process.nextTick(callback, null, found.address, found.family);
};
syncBuiltinESMExports();
