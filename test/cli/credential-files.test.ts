import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, shell, volley, type CliResult } from '../support/cli.ts';
import { gitFolder } from '../support/git-folder.ts';
import type { TestServer } from '../support/server.ts';
import { manifestOn, served } from './served.ts';

const CANARY = 'canary-5f1c9a';

/** A checkout with a manifest in `batch/`, and these files. */
function checkout(manifest: string, files: Readonly<Record<string, string>>): string {
  const top = gitFolder(folder({ 'batch/m.yaml': manifest }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(top, name)), { recursive: true });
    writeFileSync(join(top, name), text);
  }
  return top;
}

const keyless = (server: TestServer, parts: { readonly tasks: unknown }): string =>
  manifestOn(server, { provider: { api_key_env: undefined }, ...parts });

const sentBy = (server: TestServer): string => server.requests.map(({ text }) => text).join('\n');

const PEM = `-----BEGIN OPENSSH PRIVATE KEY-----\n${CANARY}\n-----END OPENSSH PRIVATE KEY-----\n`;

describe('a file that commonly contains credentials', () => {
  test.each<[string, string, object]>([
    ['as a prompt', '.git/config', { prompt: { file: '../.git/config' } }],
    ['as a system prompt', '.env', { prompt: 'hi', system: { file: '../.env' } }],
    [
      'as rows',
      '.netrc',
      { for_each: { file: '../.netrc', format: 'lines' }, prompt: '{{ item }}' },
    ],
    ['by a roundabout path', '.npmrc', { prompt: { file: '.././batch/../.npmrc' } }],
    ['through a link', '.aws/credentials', { prompt: { file: 'link' } }],
    ['through a linked folder', '.ssh/known_hosts', { prompt: { file: 'folder/known_hosts' } }],
    ['as an attachment', 'docs/tls.pem', { prompt: 'hi', attachments: ['../docs/tls.pem'] }],
    ['by its content', 'notes.txt', { prompt: { file: '../notes.txt' } }],
    [
      'by its content, in a later line of rows',
      'rows.txt',
      { for_each: { file: '../rows.txt' }, prompt: '{{ item }}' },
    ],
  ])('is refused %s (%s)', async (_, name, task) => {
    const server = await served();
    const text = name.endsWith('.txt') ? `${'a harmless line\n'.repeat(50_000)}${PEM}` : CANARY;
    const top = checkout(keyless(server, { tasks: [task] }), { [name]: text });
    symlinkSync('../.aws/credentials', join(top, 'batch/link'));
    symlinkSync('../.ssh', join(top, 'batch/folder'));
    const run = await volley(['run', 'batch/m.yaml'], { cwd: top });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('CREDENTIAL_FILE');
    expect(run.stderr).not.toContain(CANARY);
    expect(server.requests).toEqual([]);
  });

  test('is read if the printed flag allows it', async () => {
    const server = await served();
    const tasks = [{ prompt: { file: '../.env' } }];
    const top = checkout(keyless(server, { tasks }), { '.env': CANARY });
    const refused = await volley(['run', 'batch/m.yaml'], { cwd: top });
    const [, flag = ''] = /add `(--allow-path [^`]+)`/.exec(refused.stderr) ?? [];
    expect(flag).toBe('--allow-path .env');
    const run = await shell(`volley run batch/m.yaml ${flag}`, { cwd: top });
    expect(run.code).toBe(0);
    expect(sentBy(server)).toContain(CANARY);
  });

  test('is still refused in a folder that is allowed as a whole', async () => {
    const server = await served();
    const tasks = [
      { prompt: { file: '../../shared/.env' } },
      { prompt: { file: '../../shared/a' } },
    ];
    const top = folder({ 'shared/.env': CANARY, 'shared/a': 'fine' });
    mkdirSync(join(top, 'repo/batch'), { recursive: true });
    writeFileSync(join(gitFolder(join(top, 'repo')), 'batch/m.yaml'), keyless(server, { tasks }));
    const args = ['run', 'repo/batch/m.yaml', '--allow-path', 'shared'];
    const run = await volley(args, { cwd: top });
    expect(run.stderr).toContain('`../../shared/.env` is a file that commonly holds credentials');
    expect(run.stderr).not.toContain('shared/a`');
    expect(run.code).toBe(2);
  });

  test.each<[string, readonly string[]]>([
    ['run', []],
    ['plan', []],
    ['validate', []],
  ])('is skipped by a glob, and %s counts it in one note', async (command, flags) => {
    const server = await served();
    const glob = ['../.[eg]*/*', '../.e*', '../.n*', '../keys/*'];
    const tasks = [{ for_each: { glob }, prompt: '{{ item.text }}' }];
    const top = checkout(keyless(server, { tasks }), {
      '.env': CANARY,
      '.env.example': 'fine',
      '.npmrc': CANARY,
      'keys/readme.txt': 'fine as well',
      'keys/deploy': PEM,
    });
    const run: CliResult = await volley([command, 'batch/m.yaml', ...flags], { cwd: top });
    expect(run.code).toBe(0);
    expect(run.stderr.match(/globs left out/g)).toHaveLength(1);
    expect(run.stderr).toMatch(/globs left out \d+ files that may hold credentials \(`\.\.\//);
    expect(sentBy(server)).not.toContain(CANARY);
    if (command === 'run') expect(server.requests).toHaveLength(2);
  });
});

describe('a parent folder with a `.git`', () => {
  test('that is the home folder does not let a manifest read more', async () => {
    const server = await served();
    const manifest = keyless(server, { tasks: [{ prompt: { file: '../../notes.txt' } }] });
    const home = gitFolder(folder({ 'notes.txt': CANARY, 'Downloads/cool/m.yaml': manifest }));
    const run = await volley(['run', 'm.yaml'], {
      cwd: join(home, 'Downloads/cool'),
      env: { HOME: home },
    });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('is ignored: it contains your home folder');
    expect(server.requests).toEqual([]);
  });
});
