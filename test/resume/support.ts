import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { companionName } from '../../src/journal/companion.ts';
import { manifestOn, served, WITH_KEY } from '../cli/served.ts';
import { folder, recordsIn, volley, type CliResult } from '../support/cli.ts';
import type { ServerOptions, TestServer } from '../support/server.ts';
import { promptOf } from '../support/wires.ts';
import type { ResultRecord } from '../../src/results/record.ts';

export const RESULTS = 'out.jsonl';

/** A folder with a manifest and its results file, and the server that the manifest uses. */
export interface Repo {
  readonly cwd: string;
  readonly server: TestServer;
  /** `volley run volley.yaml -o out.jsonl` with further flags. */
  run(...flags: readonly string[]): Promise<CliResult>;
  /** The prompts that were sent since the last call, sorted. */
  sent(): readonly string[];
  read(name: string): string;
  write(name: string, text: string): void;
  records(): readonly ResultRecord[];
  /** The records in the companion. */
  moved(): readonly ResultRecord[];
}

/**
 * `parts` is the manifest without its provider, or the manifest's text, in which `ORIGIN` stands
 * for the server's origin.
 */
export async function repo(
  parts: string | { readonly tasks: unknown; readonly [key: string]: unknown },
  options: ServerOptions & {
    readonly files?: Readonly<Record<string, string>>;
    /** A server to use instead of the repo's own one. */
    readonly server?: TestServer;
  } = {},
): Promise<Repo> {
  const server = options.server ?? (await served(options));
  const text =
    typeof parts === 'string'
      ? parts.replaceAll('ORIGIN', server.origin)
      : manifestOn(server, parts);
  const cwd = folder({ 'volley.yaml': text, ...options.files });
  let looked = server.requests.length;
  const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');
  return {
    cwd,
    server,
    run: (...flags) =>
      volley(['run', 'volley.yaml', '-o', RESULTS, ...flags], { ...WITH_KEY, cwd }),
    sent() {
      const prompts = server.requests.slice(looked).map(promptOf);
      looked = server.requests.length;
      return prompts.toSorted();
    },
    read,
    write: (name, written) => writeFileSync(join(cwd, name), written),
    records: () => recordsIn(read(RESULTS)),
    moved: () => movedIn(join(cwd, companionName(RESULTS))),
  };
}

function movedIn(companion: string): readonly ResultRecord[] {
  if (!existsSync(companion)) return [];
  const lines = readFileSync(companion, 'utf8').split('\n').slice(0, -1);
  return lines.flatMap((text) => {
    const { record }: { readonly record?: ResultRecord } = JSON.parse(text);
    return record ?? [];
  });
}
