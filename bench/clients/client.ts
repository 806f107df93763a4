import type { BenchWire } from '../server/server-plan.ts';
import type { Installed, PeerName } from '../install.ts';

/** A program that sends the rows to a server. */
export interface Client {
  readonly name: string;
  /** How it is set up, in the words of the report. */
  readonly setting: string;
  /** What has to be installed for it, outside the project. */
  readonly needs?: PeerName;
  /** Writes what it needs into `job.folder` and says how to start it. */
  prepare(job: Job, installed: Installed): Command | Promise<Command>;
}

export interface Job {
  readonly folder: string;
  /** JSONL, see work.ts. */
  readonly rowsFile: string;
  readonly origin: string;
  readonly wire: BenchWire;
  /** What those clients are told that have to be; undefined where nothing limits. */
  readonly requestsPerSecond: number | undefined;
  /** Where clients meet that can share limits; absent: nowhere. */
  readonly share?: string | undefined;
}

/** Run by this same Node. */
export interface Command {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** As long as a real one: Volley looks for it in every answer. */
export const KEY = 'sk-bench-0123456789abcdefghijklmnopqrstuvwxyz';
export const MAX_TOKENS = 1_000;
/** Requests at once, for clients that have a setting for it. */
export const MAX_AT_ONCE = 200;
