import type { Client } from './client.ts';
import { peerCommand } from './sdk-peer.ts';

/**
 * The minimum cost of a request: the official SDK's own call on the connections that Volley uses.
 */
export const bare: Client = {
  name: 'bare SDK calls',
  setting: '64 at once; no retry, no limit, no record',
  prepare: (job) => peerCommand('bare-process.ts', { ...job, packages: undefined }),
};
