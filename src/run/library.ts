import { dirname } from 'node:path';
import { DEFAULT_BOUNDS, type Bounds } from '../errors/bounds.ts';
import { errorCount, type Finding } from '../errors/finding.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { loadManifest as checkManifest, type Overrides } from '../manifest/load.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { SharedParts } from '../manifest/share-of.ts';
import type { Environment } from '../ports/environment.ts';
import type { ProjectFiles } from '../ports/files.ts';
import { systemClock } from '../ports/system-clock.ts';
import { projectFiles } from '../ports/system-files.ts';
import { readUserFile } from '../ports/system-user-file.ts';
import { newWork, type Work } from '../ports/work.ts';
import { fetchWire } from '../providers/callers-fetch.ts';
import { hostRules } from '../providers/host-rules.ts';
import type { Wire } from '../providers/own-fetch.ts';
import { undiciWire } from '../providers/undici-wire.ts';
import type { SelectionRules } from '../plan/select.ts';
import { counted } from '../report/format.ts';
import type { RunEvent } from '../results/events.ts';
import { createSeal } from '../results/seal.ts';
import { openShare as openRunShare, type RunShare } from '../share/open-share.ts';
import { prepareRun, type PreparedRun } from './prepare.ts';
import { startRun, type RunOptions } from './run.ts';
import { notedFiles } from './noted-files.ts';
import { withStandardInput, type ReadStandardInput } from './standard-input.ts';
import { drawFrame } from '../errors/code-frame.ts';

export interface LoadOptions {
  /** The manifest's text, when it is not in the file; the file's folder is still where names start. */
  readonly text?: string;
  /** Values for `vars`, over the manifest's. */
  readonly set?: Readonly<Record<string, string>>;
  /** Settings that win over the manifest's. */
  readonly overrides?: Overrides;
  /** Folders outside the root whose files the manifest may read. */
  readonly allowPaths?: readonly string[];
  /** Take every prompt as it is, without templates. */
  readonly literalPrompts?: boolean;
  /** What `-` is where a manifest names a file of rows; default: a file of that name. */
  readonly readStandardInput?: ReadStandardInput;
  /** How much work the manifest, its files and its answers may make; default `DEFAULT_BOUNDS`. */
  readonly bounds?: Partial<Bounds>;
}

/** A manifest that passed every check, with the files it may read. */
export interface LoadedManifest {
  readonly manifest: Manifest;
  /** Its text, where it came from no file. */
  readonly text: string | undefined;
  readonly files: ProjectFiles;
  readonly warnings: readonly Finding[];
  /**
   * Absolute names of the files read so far, the manifest included: what must not be written to.
   * Ask once; what is read after it is not noted.
   */
  takeFilesRead(): readonly string[];
  /** The same manifest, under the same settings, as it was at another time. Throws as `loadManifest` does. */
  loadEarlier(earlier: EarlierSource): Promise<LoadedManifest>;
}

/** A manifest and its files as they were. */
interface EarlierSource {
  readonly text: string;
  /** `current`: the files as they are now. */
  readonly files: (current: ProjectFiles) => ProjectFiles;
}

/**
 * Reads and checks a manifest. Nothing is sent and no key is needed.
 * Throws a `VolleyError` whose `findings` say all that is wrong.
 */
export async function loadManifest(
  file: string,
  options: LoadOptions = {},
): Promise<LoadedManifest> {
  const directory = dirname(file);
  const bounds = { ...DEFAULT_BOUNDS, ...options.bounds };
  const work = newWork(bounds);
  const noted = notedFiles(
    projectFiles({ directory, allowPaths: options.allowPaths ?? [], bounds, work }),
    directory,
  );
  const { note, take } = noted;
  const { readStandardInput } = options;
  const files = readStandardInput ? withStandardInput(noted.files, readStandardInput) : noted.files;
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
    if (!loaded.ok) throw manifestError(loaded.findings, loaded.omittedErrors);
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

export interface PrepareOptions {
  /** Variables that provider settings may name; default the process's. */
  readonly environment?: Environment;
  /**
   * Hosts that a manifest may send requests to besides the ready-made providers' own, each
   * `HOST[:PORT][=VARIABLE]`: with a variable, its value may go there as well. `VOLLEY_ALLOW_HOSTS` of
   * the environment adds to them. Without `CI` in the environment any port of this machine may be called.
   */
  readonly allowHosts?: readonly string[];
  /** Like `allowHosts`, for hosts that are called without encryption. */
  readonly allowHttp?: readonly string[] | undefined;
  /** Default `run`. A `rehearsal` or a `plan` sends nothing and needs no key. */
  readonly purpose?: 'run' | 'rehearsal' | 'plan';
  /** Which tasks take part, with all that they need; default all. */
  readonly selection?: SelectionRules | undefined;
  /** What a shard has in common with the others, so that it is not divided; default: nothing. */
  readonly shared?: SharedParts | undefined;
}

/**
 * Expands the tasks, checks every row, finds hosts and keys. Nothing is sent.
 * Throws a `VolleyError`: exit code 2 with `findings`, or 4 for keys and hosts.
 */
export async function prepare(
  loaded: LoadedManifest,
  options: PrepareOptions = {},
): Promise<PreparedRun> {
  const prepared = await prepareRun(loaded.manifest, {
    files: loaded.files,
    epochMs: systemClock.epochMs(),
    environment: options.environment ?? process.env,
    allowHosts: options.allowHosts ?? [],
    allowHttp: options.allowHttp,
    purpose: options.purpose ?? 'run',
    selection: options.selection,
    shared: options.shared,
  });
  if (!prepared.ok) throw manifestError(await framed(prepared.findings, loaded));
  const warnings = await framed(prepared.prepared.warnings, loaded);
  return { ...prepared.prepared, warnings };
}

/** Bytes of a row file up to which its lines are shown next to a finding. */
const FRAME_BYTES = 16 * 1024 * 1024;

/** Findings about rows, with the lines they are about: of the manifest or of the file of rows. */
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
   * How requests reach the network; default Volley's own connections, which refuse a name that leads to
   * a private address. With a `fetch` of your own only the name is judged.
   */
  readonly fetch?: typeof fetch;
  /** At least 32 random bytes under which every record is sealed; default: no record has a seal. */
  readonly sealKey?: string | Uint8Array;
}

/**
 * Connects to the Redis where runs that use one key share their limits and, with the name of a budget,
 * what they may spend: to be given to `run` as `share`, as often as needed, and closed at the end.
 * Needs the package `ioredis`. Throws a `VolleyError` where it cannot be reached.
 */
export function openShare(
  url: string,
  { budget }: { readonly budget?: string } = {},
): Promise<RunShare> {
  return openRunShare(url, { budget, clock: systemClock, random: Math.random });
}

/**
 * Runs a manifest and tells what happens. Prints nothing and touches no signal handler.
 * Leaving the loop, or aborting `signal`, abandons what is in flight.
 */
export async function* run(
  loaded: LoadedManifest,
  options: LibraryRunOptions = {},
): AsyncGenerator<RunEvent, void, void> {
  const prepared = await prepare(loaded, options);
  const { sealKey, ...rest } = options;
  yield* startRun(prepared, {
    ...rest,
    ...(sealKey !== undefined && { seal: createSeal(sealKey) }),
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

function manifestError(findings: readonly Finding[], omittedErrors = 0): VolleyError {
  const errors = errorCount(findings) + omittedErrors;
  const isFlags = findings.every(({ place }) => place.file.startsWith('--'));
  return new VolleyError(`${counted(errors, 'error')} in the ${isFlags ? 'command' : 'manifest'}`, {
    exitCode: EXIT.usage,
    findings,
    omittedErrors,
  });
}

/** Draws the lines around each finding that has none yet. Texts are asked for once per file. */
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
