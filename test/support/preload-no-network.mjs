// Ends the process with code 99 as soon as anything asks for an address or a connection.
import dns from 'node:dns';
import net from 'node:net';
import { syncBuiltinESMExports } from 'node:module';

function refuse(what) {
  process.stderr.write(`NETWORK: ${what}\n`);
  process.exit(99);
}

// Pipes and files of the process itself are sockets to Node; only a connection is of interest.
net.Socket.prototype.connect = () => refuse('connect');
net.connect = () => refuse('connect');
net.createConnection = () => refuse('connect');
dns.lookup = () => refuse('lookup');
dns.promises.lookup = () => refuse('lookup');
syncBuiltinESMExports();
