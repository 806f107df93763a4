import { realpathSync } from 'node:fs';
import { dirname, join, relative, sep, basename } from 'node:path';
import { compareResults, knownRecords } from '../against/compare-results.ts';
import { compareTasks } from '../against/compare-tasks.ts';
import { shownChanges } from '../against/shown-changes.ts';
import type { Side } from '../against/task-image.ts';
import type { Finding } from '../errors/finding.ts';
import { VolleyError } from '../errors/volley-error.ts';
import { previewJournal } from '../journal/preview-resume.ts';
import { YAML_BOUNDS } from '../errors/input-limits.ts';
import type { CommittedFiles } from '../ports/git.ts';
import { baseCommit, readCommit } from '../ports/system-commit.ts';
import { commitFiles } from '../ports/system-commit-files.ts';
import { systemDisk } from '../ports/system-disk.ts';
import { openGit } from '../ports/system-git.ts';
import { projectRoot } from '../ports/system-project-root.ts';
import { decodeText } from '../ports/text-encoding.ts';
import { planTasks } from '../plan/plan-tasks.ts';
import { usableProviders } from '../providers/resolve-providers.ts';
import type { LoadedManifest } from '../run/library.ts';
import type { PreparedRun } from '../run/prepare-run.ts';
import { hostsOf } from '../run/task-content.ts';
import type { Against } from './against.ts';
import { usageError, type Arguments } from './arguments.ts';
import { withOwnFilesLeftOut } from './own-files.ts';
import { permissionsOf } from './permission-flags.ts';
import { listFlag, switchFlag } from './flag-values.ts';

interface Compared {
  readonly name: string;
  readonly loaded: LoadedManifest;
  readonly prepared: PreparedRun;
}

/** Compares a manifest with a results file, or with its version in a commit. May throw (exit 2). */
export async function compareWithBase(args: Arguments, compared: Compared): Promise<Against> {
  const isResults = compared.name.endsWith('.jsonl');
  const flag = (['show', 'against-tip'] as const).find((each) => switchFlag(args, each));
  if (isResults && flag !== undefined) {
    throw usageError(
      `\`--${flag}\` is for a git ref, but \`${compared.name}\` is a results file`,
      'leave it out',
    );
  }
  return isResults ? withResults(compared) : withCommit(args, compared);
}

async function withResults({ name, prepared }: Compared): Promise<Against> {
  const records = knownRecords();
  const preview = await previewJournal(name, {
    mode: 'resume',
    disk: systemDisk,
    onRecord: (record) => records.add(record),
  });
  if (!preview) {
    throw usageError(
      `there is no results file \`${name}\` to compare with`,
      'pass one that exists, or a git ref such as `main`',
    );
  }
  const comparison = await compareResults(prepared, { preview, records });
  return { base: { name, commit: undefined }, comparison, findings: [], warnings: [], shown: [] };
}

async function withCommit(args: Arguments, { name, loaded, prepared }: Compared): Promise<Against> {
  const { manifest, text } = loaded;
  if (text !== undefined) {
    throw usageError(
      '`--against` needs a manifest file in the repository',
      'write it to a file and commit it, or compare with a results file',
    );
  }
  const committed = await openBase(args, manifest.file, name);
  try {
    const base = await loadBase(args, loaded, committed);
    const now: Side = {
      plan: prepared.plan,
      hostOf: hostsOf(prepared),
      files: loaded.files,
    };
    const comparison = await compareTasks({ now, base: base.side });
    const shown =
      base.side && switchFlag(args, 'show')
        ? await shownChanges({ now, base: base.side }, comparison, MOST_SHOWN)
        : [];
    return {
      base: { name, commit: committed.files.commit },
      comparison,
      findings: base.findings,
      warnings: base.warnings(),
      shown,
    };
  } finally {
    committed.files.close();
  }
}

const MOST_SHOWN = 20;

interface OpenBase {
  readonly files: CommittedFiles;
  /** Path of the manifest from the root of the repository. */
  readonly path: string;
}

async function openBase(args: Arguments, file: string, ref: string): Promise<OpenBase> {
  const directory = realpathSync(dirname(file));
  const root = await projectRoot(directory);
  const git = await openGit(root.path, process.env);
  if (!git) {
    throw usageError(
      '`--against` needs git, which is not in `PATH`',
      'install git, or compare with a results file',
    );
  }
  const found = await baseCommit(git, {
    root: root.path,
    ref,
    isTip: switchFlag(args, 'against-tip'),
  });
  if (!found.ok) {
    const { ignored } = root;
    throw ignored
      ? usageError(
          `the checkout in \`${ignored.path}\` is ignored: ${ignored.reason}`,
          'use your own checkout',
        )
      : usageError(found.message, found.hint);
  }
  const files = await readCommit(git, found.commit);
  if (!files) {
    throw usageError(
      `the files of \`${ref}\` cannot be read from this clone`,
      'clone without `--filter`',
    );
  }
  const path = relative(root.path, join(directory, basename(file)))
    .split(sep)
    .join('/');
  return { files, path };
}

interface LoadedBase {
  /** Undefined if the manifest is missing or invalid. */
  readonly side: Side | undefined;
  readonly findings: readonly Finding[];
  readonly warnings: () => readonly string[];
}

async function loadBase(
  args: Arguments,
  loaded: LoadedManifest,
  { files: committed, path }: OpenBase,
): Promise<LoadedBase> {
  const none: LoadedBase = { side: undefined, findings: [], warnings: () => [] };
  const entry = committed.files.get(path);
  if (!entry) return none;
  const read = await committed.read(entry.object, YAML_BOUNDS.bytes);
  const decoded = read.kind === 'read' ? decodeText(read.bytes) : undefined;
  if (!decoded?.ok) return none;
  const opened: { files?: ReturnType<typeof commitFiles> } = {};
  try {
    const base = await loaded.loadEarlier({
      text: decoded.text,
      files: (current) => {
        opened.files = commitFiles({
          directory: dirname(loaded.manifest.file),
          allowPaths: listFlag(args, 'allow-path'),
          committed,
          current,
        });
        return opened.files.files;
      },
    });
    const { manifest, files } = withOwnFilesLeftOut(args, base);
    const planned = await planTasks(manifest, files, { skipsBadRows: true });
    if (!planned.ok) return { ...none, findings: planned.findings };
    const providers = usableProviders(manifest, { ...permissionsOf(args), rehearses: true });
    const hosts = new Map([...providers].map(([name, { host }]) => [name, host]));
    return {
      side: { plan: planned.plan, hostOf: hostsOf({ hosts }), files },
      findings: [],
      warnings: () => opened.files?.warnings() ?? [],
    };
  } catch (error) {
    if (!(error instanceof VolleyError)) throw error;
    return { ...none, findings: error.findings };
  }
}
