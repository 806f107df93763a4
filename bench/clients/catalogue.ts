import type { Client } from './client.ts';
import { promptfoo } from './promptfoo.ts';
import { awsAdaptive, pQueue, seed } from './sdk-peer.ts';
import { volley } from './volley.ts';

/** Clients by the names that `--clients` accepts. */
export const CLIENTS: Readonly<Record<string, Client>> = {
  volley,
  seed,
  'p-queue': pQueue,
  aws: awsAdaptive,
  promptfoo: promptfoo(50),
  'promptfoo-default': promptfoo(4),
  'promptfoo-200': promptfoo(200),
};

export const DEFAULT_CLIENTS = ['volley', 'seed', 'p-queue', 'aws', 'promptfoo'];
