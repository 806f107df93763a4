import type { BenchWire } from '../server/server-plan.ts';
import type { Installed, PeerName } from '../install.ts';

/** A program that sends the rows to a server. */
export interface Client {
  readonly name: string;
  /** How the client is set up, as the report describes it. */
  readonly setting: string;
  /** What has to be installed for the client, outside the project. */
  readonly needs?: PeerName;
  /** Writes the files that the client needs into `job.folder`, and returns how to start it. */
  prepare(job: Job, installed: Installed): Command | Promise<Command>;
}

export interface Job {
  readonly folder: string;
  /** In JSONL: see work.ts. */
  readonly rowsFile: string;
  readonly origin: string;
  readonly wire: BenchWire;
  /** The limits that are given to clients that need them; undefined if there are none. */
  readonly requestsPerSecond: number | undefined;
  /** Where clients that can share limits do so; absent if they do not share any. */
  readonly share?: string | undefined;
}

/** Runs the client with the same Node as this process. */
export interface Command {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** As long as a real key, because Volley looks for the key in every answer. */
export const KEY = 'sk-bench-0123456789abcdefghijklmnopqrstuvwxyz';
export const MAX_TOKENS = 1_000;
/** The concurrency for clients that have a setting for it. */
export const MAX_AT_ONCE = 200;
