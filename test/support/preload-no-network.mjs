// With NO_NETWORK in the environment, ends the process with code 99 as soon as anything looks up an
// address or opens a connection.
import dns from 'node:dns';
import net from 'node:net';
import { syncBuiltinESMExports } from 'node:module';

function refuse(what) {
  process.stderr.write(`NETWORK: ${what}\n`);
  process.exit(99);
}

// To Node, the process's own pipes and files are sockets too; only connections matter here.
for (const [owner, name] of [
  [net.Socket.prototype, 'connect'],
  [net, 'connect'],
  [net, 'createConnection'],
  [dns, 'lookup'],
  [dns.promises, 'lookup'],
]) {
  const original = owner[name];
  owner[name] = function (...args) {
    return process.env.NO_NETWORK ? refuse(name) : original.apply(this, args);
  };
}
syncBuiltinESMExports();
