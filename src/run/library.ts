import { dirname } from 'node:path';
import type { Bounds } from '../errors/input-limits.ts';
import { errorCount, type Finding } from '../errors/finding.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { loadManifest as checkManifest, type Overrides } from '../manifest/load-manifest.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { ProjectFiles } from '../ports/files.ts';
import { systemClock } from '../ports/system-clock.ts';
import { projectFiles } from '../ports/system-project-files.ts';
import { readUserFile } from '../ports/system-user-file.ts';
import { newWork, type Work } from '../ports/work.ts';
import { fetchWire } from '../providers/callers-fetch.ts';
import { hostRules } from '../providers/allowed-hosts.ts';
import type { Wire } from '../providers/transport.ts';
import { undiciWire } from '../providers/undici-wire.ts';
import { counted } from '../report/format-numbers.ts';
import type { RunEvent } from '../results/run-events.ts';
import { createSeal } from '../results/seal.ts';
import { openShare as openRunShare, type RunShare } from '../share/open-share.ts';
import { checkedBounds, checkOverrides } from './check-load-options.ts';
import { prepareRun, type PreparedRun, type RunPreparation } from './prepare-run.ts';
import { startRun } from './run.ts';
import type { RunOptions } from './run-options.ts';
import { inputFiles, type ReadStandardInput } from './input-files.ts';
import { drawFrame } from '../errors/code-frame.ts';

export interface LoadOptions {
  /**
   * The manifest's text, if it should not be read from the file. Relative paths are still relative
   * to the file's folder.
   */
  readonly text?: string;
  /** Values for `vars` that override the manifest's. */
  readonly set?: Readonly<Record<string, string>>;
  /** Settings that override the manifest's. */
  readonly overrides?: Overrides;
  /** Folders outside the root whose files the manifest may read. */
  readonly allowPaths?: readonly string[];
  /** Takes prompts literally, not as templates. */
  readonly literalPrompts?: boolean;
  /** Reads stdin for a rows file named `-`. By default, `-` is the name of a file. */
  readonly readStandardInput?: ReadStandardInput;
  /**
   * Limits on the work that the manifest, its files and its answers may cause; default
   * `DEFAULT_BOUNDS`.
   */
  readonly bounds?: Partial<Bounds>;
}

/** A manifest that passed every check, with the files it may read. */
export interface LoadedManifest {
  readonly manifest: Manifest;
  /** The text of the manifest, if it was not read from a file. */
  readonly text: string | undefined;
  readonly files: ProjectFiles;
  readonly warnings: readonly Finding[];
  /**
   * Absolute paths of the files read so far, including the manifest, because a run must not write
   * to them. Call it once: files read later are not recorded.
   */
  takeFilesRead(): readonly string[];
  /** An earlier version of the manifest, with the same settings. Throws like `loadManifest`. */
  loadEarlier(earlier: EarlierSource): Promise<LoadedManifest>;
}

/** An earlier version of a manifest and its files. */
interface EarlierSource {
  readonly text: string;
  /** Gets the current files and returns the earlier ones. */
  readonly files: (current: ProjectFiles) => ProjectFiles;
}

/** Reads and checks a manifest. Sends nothing. Throws a `VolleyError`, often with `findings`. */
export async function loadManifest(
  file: string,
  options: LoadOptions = {},
): Promise<LoadedManifest> {
  const directory = dirname(file);
  const bounds = checkedBounds(options.bounds);
  checkOverrides(options.overrides);
  const work = newWork(bounds);
  const { files, note, take } = inputFiles(
    projectFiles({ directory, allowPaths: options.allowPaths ?? [], bounds, work }),
    directory,
    options.readStandardInput,
  );
  note(file);
  return load({ text: options.text, files }, work);

  async function load(
    { text, files }: Pick<LoadedManifest, 'text' | 'files'>,
    work: Work,
  ): Promise<LoadedManifest> {
    const loaded = await checkManifest(file, {
      files,
      readText(name, maxBytes) {
        note(name);
        return readUserFile(name, maxBytes);
      },
      ...(text === undefined ? {} : { text }),
      bounds,
      work,
      set: options.set ?? {},
      overrides: options.overrides ?? {},
      literalPrompts: options.literalPrompts ?? false,
    });
    if (!loaded.ok) throw loadError(file, loaded.findings, loaded.omittedErrors);
    const { manifest, warnings } = loaded;
    return {
      manifest,
      text,
      files,
      warnings,
      takeFilesRead: take,
      loadEarlier: (earlier) =>
        load({ text: earlier.text, files: earlier.files(files) }, newWork(bounds)),
    };
  }
}

/** The default is the environment of the process, and the caller allows no additional hosts. */
export type PrepareOptions = Partial<Omit<RunPreparation, 'files' | 'epochMs'>>;

/**
 * Expands the tasks, checks every row, and resolves hosts and keys. Sends nothing. Throws a
 * `VolleyError`: exit code 2 with `findings`, or 4 for keys and hosts.
 */
export async function prepare(
  loaded: LoadedManifest,
  options: PrepareOptions = {},
): Promise<PreparedRun> {
  const prepared = await prepareRun(loaded.manifest, {
    ...options,
    environment: options.environment ?? process.env,
    allowHosts: options.allowHosts ?? [],
    files: loaded.files,
    epochMs: systemClock.epochMs(),
  });
  if (!prepared.ok) {
    throw loadError(loaded.manifest.file, await framed(prepared.findings, loaded));
  }
  const warnings = await framed(prepared.prepared.warnings, loaded);
  return { ...prepared.prepared, warnings };
}

/** The maximum size of a row file whose lines are shown with a finding. */
const FRAME_BYTES = 16 * 1024 * 1024;

/** Adds code frames to findings about rows: lines of the manifest or of the row file. */
export function framed(
  findings: readonly Finding[],
  { manifest, text }: LoadedManifest,
): Promise<readonly Finding[]> {
  return withFrames(findings, async (file) => {
    if (file === manifest.file && text !== undefined) return text;
    const bytes = await readUserFile(file, FRAME_BYTES);
    return bytes.ok ? Buffer.from(bytes.value).toString('utf8') : undefined;
  });
}

export interface LibraryRunOptions
  extends Omit<PrepareOptions, 'purpose'>, Omit<Partial<RunOptions>, 'wire' | 'seal'> {
  /**
   * How requests reach the network. The default is Volley's own connections, which refuse host
   * names that resolve to a private address. With your own `fetch`, only the host name itself is
   * checked.
   */
  readonly fetch?: typeof fetch;
  /** At least 32 random bytes, used to seal every record. By default, records have no seal. */
  readonly sealKey?: string | Uint8Array;
}

/**
 * Connects to a Redis through which runs share the limits of a key and, if you give a budget's
 * name, the money that they may spend. Pass the result to `run` as `share`, as often as you like,
 * and close it at the end. Requires the package `ioredis`. Throws a `VolleyError` if Redis cannot
 * be reached.
 */
export function openShare(
  url: string,
  { budget }: { readonly budget?: string } = {},
): Promise<RunShare> {
  return openRunShare(url, { budget, clock: systemClock, random: Math.random });
}

/**
 * Runs a manifest and yields its events. Prints nothing and sets no signal handler. Leaving the
 * loop or aborting `signal` abandons requests in flight.
 */
export async function* run(
  loaded: LoadedManifest,
  options: LibraryRunOptions = {},
): AsyncGenerator<RunEvent, void, void> {
  const prepared = await prepare(loaded, options);
  const { sealKey, ...rest } = options;
  yield* startRun(prepared, {
    ...rest,
    seal: sealKey === undefined ? undefined : createSeal(sealKey),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    wire: wireOf(options),
  });
}

export function wireOf(
  options: Pick<LibraryRunOptions, 'fetch' | 'environment' | 'allowHosts' | 'allowHttp'>,
): Wire {
  if (options.fetch) return fetchWire(options.fetch);
  const { environment = process.env, allowHosts = [], allowHttp } = options;
  return undiciWire({ environment, rules: hostRules({ environment, allowHosts, allowHttp }) });
}

function loadError(manifest: string, findings: readonly Finding[], omittedErrors = 0): VolleyError {
  const errors = counted(errorCount(findings) + omittedErrors, 'error');
  return new VolleyError(`${errors} in ${inputOf(findings, manifest)}`, {
    exitCode: EXIT.usage,
    findings,
    omittedErrors,
  });
}

/** What contains the errors: the command, the only file that has any, or the manifest. */
function inputOf(findings: readonly Finding[], manifest: string): string {
  if (findings.every(({ place }) => place.file.startsWith('--'))) return 'the command';
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [file = manifest, ...others] = new Set(errors.map(({ place }) => place.file));
  return file === manifest || others.length > 0 ? 'the manifest' : `\`${file}\``;
}

/** Adds the missing code frames. Reads each file once. */
async function withFrames(
  findings: readonly Finding[],
  textOf: (file: string) => Promise<string | undefined>,
): Promise<readonly Finding[]> {
  const texts = new Map<string, string | undefined>();
  const framed: Finding[] = [];
  for (const finding of findings) {
    const { file } = finding.place;
    if (finding.frame === undefined && !texts.has(file)) texts.set(file, await textOf(file));
    const text = texts.get(file);
    const frame = finding.frame ?? (text === undefined ? '' : drawFrame(text, finding.place));
    framed.push(frame === '' ? finding : { ...finding, frame });
  }
  return framed;
}
