import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, test, vi } from 'vitest';
import { compared, linesOf } from '../support/against.ts';
import { folder } from '../support/cli.ts';
import { repository, type Repository } from '../support/repository.ts';

const MANIFEST = `defaults: { model: mock/echo }
tasks:
  - { id: each, for_each: { glob: "src/*.txt" }, prompt: "{{ item.text }}" }
`;

function edited(): Repository {
  const repo = repository({ 'volley.yaml': MANIFEST, 'src/a.txt': 'a', 'src/b.txt': 'b' });
  repo.write({ 'src/b.txt': 'B' });
  return repo;
}

/**
 * A program that leaves a mark when it runs. It takes the place of any program that git would
 * start.
 */
function tattletale(
  repo: Repository,
  name = 'evil',
): { readonly program: string; readonly mark: string } {
  const mark = join(folder(), 'ran');
  const program = join(repo.path, name);
  writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> '${mark}'\nexit 0\n`);
  chmodSync(program, 0o755);
  return { program, mark };
}

afterEach(() => vi.unstubAllEnvs());

describe('an untrusted repository', () => {
  it('runs nothing from its configuration', async () => {
    const repo = edited();
    const { program, mark } = tattletale(repo);
    const settings = [
      'core.fsmonitor',
      'core.sshCommand',
      'core.pager',
      'core.editor',
      'core.askPass',
      'core.alternateRefsCommand',
      'core.gitProxy',
      'diff.external',
      'diff.evil.textconv',
      'diff.evil.command',
      'filter.evil.clean',
      'filter.evil.smudge',
      'filter.evil.process',
      'credential.helper',
      'gpg.program',
      'pager.cat-file',
      'pager.ls-tree',
      'uploadpack.packObjectsHook',
      'alias.cat-file',
      'alias.merge-base',
    ];
    for (const setting of settings) repo.git('config', setting, program);
    repo.write({ '.gitattributes': '* filter=evil diff=evil\n' });
    const hooks = join(repo.path, '.git', 'hooks');
    mkdirSync(hooks, { recursive: true });
    for (const hook of [
      'reference-transaction',
      'post-index-change',
      'post-checkout',
      'fsmonitor-watchman',
      'pre-auto-gc',
    ]) {
      symlinkSync(program, join(hooks, hook));
      rmSync(join(hooks, `${hook}.sample`), { force: true });
    }
    repo.write({ 'gone.txt': '' });
    expect(linesOf(await compared(repo.path, 'main'))).toEqual(['changed each@src/b.txt: file']);
    expect(existsSync(mark)).toBe(false);
    // If git uses the user's configuration, it does run them. Then it usually fails.
    try {
      repo.git('status');
    } catch {}
    expect(existsSync(mark)).toBe(true);
  });

  test.each([
    ['a helper', 'ext::PROGRAM %S /'],
    ['ssh', 'ssh://localhost/nowhere'],
    ['another repository', 'file://PATH'],
  ])('does not fetch missing objects of a partial clone, through %s', async (_, address) => {
    const repo = edited();
    const { program, mark } = tattletale(repo);
    const url = address.replace('PROGRAM', program).replace('PATH', repo.path);
    repo.git('config', 'core.repositoryFormatVersion', '1');
    repo.git('config', 'extensions.partialClone', 'origin');
    repo.git('config', 'remote.origin.url', url);
    repo.git('config', 'remote.origin.promisor', 'true');
    repo.git('config', 'remote.origin.uploadpack', program);
    repo.git('config', 'core.sshCommand', program);
    repo.git('config', 'protocol.allow', 'always');
    repo.git('config', 'protocol.ext.allow', 'always');
    const object = repo.git('rev-parse', 'HEAD:src/b.txt');
    rmSync(join(repo.path, '.git', 'objects', object.slice(0, 2), object.slice(2)));
    expect(linesOf(await compared(repo.path, 'main'))).toEqual(['changed each@src/b.txt: file']);
    expect(existsSync(mark)).toBe(false);
    // If git uses the user's configuration, it does fetch.
    expect(() => repo.git('cat-file', 'blob', object)).toThrow();
    expect(existsSync(mark)).toBe(true);
  });

  it('does not run a program named git from the repository', async () => {
    const repo = edited();
    const { mark } = tattletale(repo, 'git');
    vi.stubEnv('PATH', `${repo.path}:.:${process.env['PATH'] ?? ''}`);
    expect(linesOf(await compared(repo.path, 'main'))).toEqual(['changed each@src/b.txt: file']);
    expect(existsSync(mark)).toBe(false);
    vi.stubEnv('PATH', repo.path);
    await expect(compared(repo.path, 'main')).rejects.toThrow(/not in `PATH`/);
  });

  test.each([
    '--output=x',
    '-h',
    '',
    'main --',
    'main;id',
    '$(id)',
    'main^{tree}',
    '../x',
    '@{u}',
    'a\nb',
  ])('treats the name %j only as a ref', async (ref) => {
    const repo = edited();
    await expect(compared(repo.path, ref)).rejects.toMatchObject({ exitCode: 2 });
    expect(existsSync(join(repo.path, 'x'))).toBe(false);
  });

  it('is not misled by replaced objects or grafts', async () => {
    const repo = edited();
    const real = repo.git('rev-parse', 'HEAD:src/a.txt');
    repo.write({ other: 'something else' });
    const other = repo.git('hash-object', '-w', 'other');
    repo.git('replace', real, other);
    expect(linesOf(await compared(repo.path, 'main'))).toEqual(['changed each@src/b.txt: file']);
  });

  it('does not compare credential files or follow links out of the repository', async () => {
    const repo = repository({
      'volley.yaml': MANIFEST.replace('src/*.txt', '{src,.env.d}/*'),
      'src/a.txt': 'a',
      'src/key.txt': '-----BEGIN PRIVATE KEY-----\n',
    });
    symlinkSync('/etc/passwd', join(repo.path, 'src', 'out'));
    repo.commit();
    expect(linesOf(await compared(repo.path, 'main'))).toEqual([]);
  });

  it('skips a submodule, and reports it', async () => {
    const inner = repository({ 'a.txt': 'a' });
    const repo = repository({
      'volley.yaml':
        'defaults: { model: mock/echo }\ntasks: [{ id: one, prompt: { file: sub/a.txt } }]\n',
    });
    repo.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '--quiet', inner.path, 'sub');
    repo.commit();
    const found = await compared(repo.path, 'HEAD');
    expect(linesOf(found)).toEqual(['new one']);
    expect(found.findings).toMatchObject([{ code: 'FILE_NOT_FOUND' }]);
  });
});

describe('a base that cannot be found', () => {
  it('is reported with the name of the remote branch, if there is one', async () => {
    const repo = edited();
    repo.git('update-ref', 'refs/remotes/origin/trunk', 'HEAD');
    await expect(compared(repo.path, 'trunk')).rejects.toMatchObject({
      message: 'there is no commit `trunk` in this repository',
      hint: 'did you mean `--against origin/trunk`?',
    });
  });

  it('is reported with the right `git fetch` for a shallow clone', async () => {
    const origin = edited();
    origin.commit();
    const path = join(folder(), 'clone');
    origin.git('clone', '--quiet', '--depth', '1', `file://${origin.path}`, path);
    const clone = { hint: expect.stringContaining('git fetch --unshallow') };
    await expect(compared(path, 'v1.0')).rejects.toMatchObject(clone);
  });

  it('is an error without a repository, and for a missing results file', async () => {
    const path = folder({ 'volley.yaml': MANIFEST, 'src/a.txt': 'a' });
    await expect(compared(path, 'main')).rejects.toMatchObject({ exitCode: 2 });
    await expect(compared(path, join(path, 'none.jsonl'))).rejects.toThrow(/no results file/);
  });
});
