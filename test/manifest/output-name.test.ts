import { describe, expect, test } from 'vitest';
import { load } from './support.ts';

describe("a manifest's `output`", () => {
  test.each<[string, string]>([
    ['a\0b', 'it contains a control character'],
    ['a\nb', 'it contains a control character'],
    ['\u009b31m.jsonl', 'it contains a control character'],
    ['x'.repeat(300), 'a part of it is longer than 230 bytes'],
    [`ok/${'ü'.repeat(200)}.jsonl`, 'a part of it is longer than 230 bytes'],
    ['x/'.repeat(600) + 'y', 'it is longer than 1000 characters'],
    ['x'.repeat(5_000), 'it is longer than 1000 characters'],
    ['../x.jsonl', 'it contains `..`'],
    ['a/../../x.jsonl', 'it contains `..`'],
    ['..', 'it contains `..`'],
    [String.raw`..\x.jsonl`, 'it contains `..`'],
    ['/etc/x.jsonl', "it is not inside the manifest's folder"],
    [String.raw`C:\x.jsonl`, "it is not inside the manifest's folder"],
    [String.raw`\\server\x`, "it is not inside the manifest's folder"],
    ['.', 'it is the name of a folder'],
    ['sub/', 'it is the name of a folder'],
    ['CON', '`CON` is a device on Windows'],
    ['nul.jsonl', '`nul.jsonl` is a device on Windows'],
    ['sub/Com1.txt', '`Com1.txt` is a device on Windows'],
  ])('is refused if it is %j', async (output, problem) => {
    const manifest = { output, defaults: { model: 'mock/m' }, tasks: ['hi'] };
    const loaded = await load(JSON.stringify(manifest));
    expect(loaded).toMatchObject({
      ok: false,
      findings: [
        {
          code: 'BAD_VALUE',
          message: `\`output\` is not a valid file name: ${problem}`,
          place: { line: 1 },
        },
      ],
    });
  });

  test.each(['r.jsonl', 'sub/r.jsonl', 'Grüße 1.jsonl', 'console.jsonl', 'a..b', '.hidden', '-'])(
    'may be %j',
    async (output) => {
      const manifest = { output, defaults: { model: 'mock/m' }, tasks: ['hi'] };
      expect(await load(JSON.stringify(manifest))).toMatchObject({ ok: true });
    },
  );
});
