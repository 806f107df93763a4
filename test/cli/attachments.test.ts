import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gitFolder } from '../support/git-folder.ts';
import { folder, recordsIn, volley } from '../support/cli.ts';
import type { TestServer } from '../support/server.ts';
import type { Wire } from '../support/wires.ts';
import { manifestOn, providerOn, served, WIRES, WITH_KEY } from './served.ts';

const PNG = readFileSync('examples/data/chart.png');
const PDF = Buffer.from('%PDF-1.7\n1 0 obj << /Type /Page >> endobj\n');
const PNG_URL = `data:image/png;base64,${PNG.toString('base64')}`;
const PDF_URL = `data:application/pdf;base64,${PDF.toString('base64')}`;

/**
 * The user content of a request with a picture, a document and text, as documented for each wire.
 */
const CONTENT: Readonly<Record<Wire, (body: Readonly<Record<string, unknown>>) => void>> = {
  anthropic: ({ messages }) =>
    expect(messages).toEqual([
      {
        role: 'user',
        content: [
          {
            type: 'image',
            source: { type: 'base64', media_type: 'image/png', data: PNG.toString('base64') },
          },
          {
            type: 'document',
            title: 'b.pdf',
            source: { type: 'base64', media_type: 'application/pdf', data: PDF.toString('base64') },
          },
          { type: 'text', text: 'compare' },
        ],
      },
    ]),
  responses: ({ input }) =>
    expect(input).toEqual([
      {
        role: 'user',
        content: [
          { type: 'input_image', image_url: PNG_URL, detail: 'auto' },
          { type: 'input_file', filename: 'b.pdf', file_data: PDF_URL },
          { type: 'input_text', text: 'compare' },
        ],
      },
    ]),
  chat: ({ messages }) =>
    expect(messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: PNG_URL } },
          { type: 'file', file: { filename: 'b.pdf', file_data: PDF_URL } },
          { type: 'text', text: 'compare' },
        ],
      },
    ]),
};

/** A folder that is a repo of its own, with a picture, a document and a manifest in it. */
function project(manifest: string): string {
  const cwd = folder({ 'm.yaml': manifest, 'notes.png': 'only a text' });
  gitFolder(cwd);
  mkdirSync(join(cwd, 'in'));
  writeFileSync(join(cwd, 'in', 'a.png'), PNG);
  writeFileSync(join(cwd, 'in', 'b.pdf'), PDF);
  return cwd;
}

interface Parts {
  readonly wire?: Wire;
  readonly [key: string]: unknown;
}

function manifest(server: TestServer, task: object, parts: Parts = {}): string {
  const { wire = 'anthropic', provider, ...rest } = parts;
  return manifestOn(server, {
    tasks: [{ prompt: 'compare', ...task }],
    provider: { ...providerOn(server, wire), ...Object(provider) },
    ...rest,
  });
}

describe.each(WIRES)('attachments in the wire format %s', (wire) => {
  test('go before the prompt, in the form that the provider documents', async () => {
    const server = await served();
    const provider = { attachments: 'all' };
    const task = { attachments: ['in/a.png', 'in/*.pdf', 'in/*'] };
    const cwd = project(manifest(server, task, { wire, provider }));
    const run = await volley(['run', 'm.yaml'], { ...WITH_KEY, cwd });
    expect(run.code).toBe(0);
    CONTENT[wire](server.requests[0]?.body ?? {});
  });
});

describe('attachments', () => {
  test('can be named by each row', async () => {
    const server = await served();
    const task = { for_each: { glob: 'in/*' }, attachments: '{{ item.path }}' };
    const cwd = project(manifest(server, task));
    await volley(['run', 'm.yaml'], { ...WITH_KEY, cwd });
    const types = server.requests.map(({ text }) => /"type":"(image|document)"/.exec(text)?.[1]);
    expect(new Set(types)).toEqual(new Set(['document', 'image']));
  });

  test('change the fingerprint if their content changes', async () => {
    const server = await served();
    const cwd = project(manifest(server, { attachments: ['in/a.png'] }));
    const run = () =>
      volley(['run', 'm.yaml', '-o', 'out.jsonl', '--resume'], { ...WITH_KEY, cwd });
    await run();
    await run();
    expect(server.requests).toHaveLength(1);
    writeFileSync(join(cwd, 'in', 'a.png'), Buffer.concat([PNG, Buffer.from([0])]));
    await run();
    expect(server.requests).toHaveLength(2);
  });

  test('count in the plan and toward the limits', async () => {
    const server = await served();
    const parts = { provider: { limits: { itpm: 2_000 } } };
    const cwd = project(manifest(server, { attachments: ['in/b.pdf'] }, parts));
    const plan = await volley(['plan', 'm.yaml', '--json'], { ...WITH_KEY, cwd });
    expect(JSON.parse(plan.stdout).total.input_tokens).toBeGreaterThan(3_000);
    const run = await volley(['run', 'm.yaml'], { ...WITH_KEY, cwd });
    expect(recordsIn(run.stdout)).toMatchObject([{ attempts: 0, error: { code: 'TOO_LARGE' } }]);
  });

  test('are named in the hint if the model refuses them', async () => {
    const server = await served({ respond: () => ({ kind: 'error', status: 400 }) });
    const cwd = project(manifest(server, { attachments: ['in/a.png'] }));
    const run = await volley(['run', 'm.yaml'], { ...WITH_KEY, cwd });
    expect(recordsIn(run.stdout)[0]?.error?.hint).toContain('might not accept these attachments');
  });

  test.each<[string, object, Parts, string]>([
    [
      'do not exist',
      { attachments: ['in/c.png'] },
      {},
      'FILE_NOT_FOUND: no file matches `in/c.png`',
    ],
    [
      'are text files',
      { attachments: ['notes.png'] },
      {},
      'FILE_UNREADABLE: `notes.png` is neither',
    ],
    ['lie outside the repo', { attachments: ['link.png'] }, {}, 'FILE_NOT_FOUND'],
    [
      'come from a row and lie outside the repo',
      { for_each: ['../x.png'], attachments: '{{ item }}' },
      {},
      'FILE_OUTSIDE_ROOT',
    ],
    [
      'are PDFs for a server that is known to take images',
      { attachments: ['in/b.pdf'] },
      { wire: 'chat' },
      'ATTACHMENT_REFUSED: `local` does not accept PDFs, but `in/b.pdf` is one',
    ],
    [
      'are images for a server that accepts none',
      { attachments: ['in/a.png'] },
      { provider: { attachments: 'none' } },
      'ATTACHMENT_REFUSED: `local` does not accept images',
    ],
    [
      'are refused by a fallback',
      { attachments: ['in/a.png'], model: ['local/small', 'deepseek/v4'] },
      {},
      'ATTACHMENT_REFUSED: `deepseek` does not accept images',
    ],
    [
      'name a variable that does not exist',
      { attachments: ['{{ item.path }}'] },
      {},
      'UNKNOWN_VARIABLE',
    ],
    [
      'are of the wrong type',
      { attachments: [5] },
      {},
      'WRONG_TYPE: entry 1 of `attachments` must be',
    ],
  ])('are reported before anything is sent if they %s', async (_name, task, parts, said) => {
    const server = await served();
    const cwd = project(manifest(server, task, parts));
    const outside = folder();
    writeFileSync(join(outside, 'x.png'), PNG);
    symlinkSync(join(outside, 'x.png'), join(cwd, 'link.png'));
    const run = await volley(['validate', 'm.yaml'], { ...WITH_KEY, cwd });
    expect(run.code).toBe(2);
    expect(run.stdout.match(/ error /g)).toHaveLength(1);
    expect(run.stdout).toContain(said);
    expect(server.requests).toHaveLength(0);
  });

  test('are reported before anything is sent if they are too large', async () => {
    const server = await served();
    const cwd = project(manifest(server, { attachments: ['big.png'] }));
    writeFileSync(join(cwd, 'big.png'), Buffer.concat([PNG, Buffer.alloc(4_000_000)]));
    const { stdout } = await volley(['validate', 'm.yaml'], { cwd });
    expect(stdout).toContain(
      '`big.png` has 3.81 MiB, more than the 3.75 MiB that the provider accepts',
    );
  });
});
