import { join } from 'node:path';
import type { BaseCommit, CommittedFile, CommittedFiles } from './git.ts';
import type { Git } from './system-git.ts';
import { objectReader } from './system-git-objects.ts';
import { exists } from './system-project-root.ts';

/**
 * The commit to compare with: where the current branch diverged from `ref`, so that later commits
 * on `ref` do not count. With `isTip`, it is `ref` itself.
 */
export async function baseCommit(
  git: Git,
  { root, ref, isTip }: { readonly root: string; readonly ref: string; readonly isTip: boolean },
): Promise<BaseCommit> {
  const tip = await commitOf(git, ref);
  const isShallow = await exists(join(root, '.git', 'shallow'));
  if (tip === undefined) return { ok: false, ...(await unknownRef(git, { ref, isShallow })) };
  if (isTip) return { ok: true, commit: tip };
  const head = await commitOf(git, 'HEAD');
  if (head === undefined) return { ok: true, commit: tip };
  const found = await git.run(['merge-base', tip, head]);
  const commit = HASH.exec(found.stdout.toString('utf8'))?.[0];
  if (found.ok && commit !== undefined) return { ok: true, commit };
  return {
    ok: false,
    message: `\`${ref}\` and \`HEAD\` have no common commit${isShallow ? ' in this shallow clone' : ''}`,
    hint: isShallow
      ? 'fetch the history with `git fetch --unshallow` (in GitHub Actions: `fetch-depth: 0`), or compare with `--against-tip`'
      : 'compare with the commit itself: add `--against-tip`',
  };
}

async function unknownRef(
  git: Git,
  { ref, isShallow }: { readonly ref: string; readonly isShallow: boolean },
): Promise<{ readonly message: string; readonly hint: string }> {
  const message = `there is no commit \`${ref}\` in this repository`;
  const remote = `origin/${ref}`;
  if ((await commitOf(git, remote)) !== undefined) {
    return { message, hint: `did you mean \`--against ${remote}\`?` };
  }
  return {
    message,
    hint: isShallow
      ? `this clone is shallow: run \`git fetch --unshallow origin\` (in GitHub Actions: \`fetch-depth: 0\`), then compare with \`origin/${ref.replace(/^origin\//, '')}\``
      : 'use a branch, a tag or a commit; a results file ends in `.jsonl`',
  };
}

async function commitOf(git: Git, ref: string): Promise<string | undefined> {
  const options = ['--verify', '--quiet', '--end-of-options'];
  const found = await git.run(['rev-parse', ...options, `${ref}^{commit}`]);
  return found.ok ? HASH.exec(found.stdout.toString('utf8'))?.[0] : undefined;
}

const HASH = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/m;

/** The files of a commit; undefined if they cannot be listed, as in some partial clones. */
export async function readCommit(git: Git, commit: string): Promise<CommittedFiles | undefined> {
  const listed = await git.run(['ls-tree', '-r', '-z', '--full-tree', commit]);
  if (!listed.ok) return undefined;
  const objects = objectReader(git);
  let tracked: Promise<ReadonlySet<string>> | undefined;
  return {
    commit,
    files: filesOf(listed.stdout),
    read: (object, maxBytes) => objects.read(object, maxBytes),
    stream: (object) => contentOf(git, object),
    tracked: () => (tracked ??= trackedPaths(git)),
    close: () => objects.close(),
  };
}

/** Parses `<mode> <type> <object>\t<path>\0` entries. */
function filesOf(listing: Buffer): ReadonlyMap<string, CommittedFile> {
  const files = new Map<string, CommittedFile>();
  for (let at = 0; at < listing.length;) {
    const end = listing.indexOf(0, at);
    if (end === -1) break;
    const line = listing.toString('utf8', at, end);
    at = end + 1;
    const [mode = '', , object = ''] = line.slice(0, line.indexOf('\t')).split(' ');
    const kind = mode === '160000' ? 'submodule' : mode === '120000' ? 'link' : 'file';
    files.set(line.slice(line.indexOf('\t') + 1), { kind, object });
  }
  return files;
}

async function* contentOf(git: Git, object: string): AsyncGenerator<Uint8Array, void, void> {
  const child = git.start(['cat-file', 'blob', object]);
  child.on('error', () => undefined);
  child.stdin?.on('error', () => undefined).end();
  try {
    if (child.stdout) for await (const chunk of child.stdout) yield Buffer.from(chunk);
  } finally {
    child.kill('SIGKILL');
  }
}

async function trackedPaths(git: Git): Promise<ReadonlySet<string>> {
  const { stdout } = await git.run(['ls-files', '-z', '--cached']);
  return new Set(stdout.toString('utf8').split('\0'));
}
