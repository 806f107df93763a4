import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VolleyError } from '../../src/errors/volley-error.ts';
import { previewJournal } from '../../src/journal/preview-resume.ts';
import { SimulatedDisk } from '../support/simulated-disk.ts';
import { failed, jsonl, open, parsed, PATH, planned, succeeded, tornIn, work } from './records.ts';
import { isDeep } from '../support/scale.ts';

const FIVE = Array.from({ length: 5 }, (_, index) => ({
  ...succeeded(`t-${index}`, index),
  output: `é${index}`,
}));
const GOOD = Buffer.from(jsonl(...FIVE));
const PLAN = FIVE.map(({ id, index }) => planned(id, index));
/** Where each line of the good file ends. */
const ENDS = FIVE.map((_, index) => Buffer.from(jsonl(...FIVE.slice(0, index + 1))).length);

/** The second record as a line, with one field replaced by this JSON. */
function withRaw(name: string, json: string): string {
  return `${JSON.stringify({ ...FIVE[1], [name]: 'HERE' })}\n`.replace('"HERE"', json);
}

function tokens(input: string): string {
  const rest = ['output', 'cache_read', 'cache_write', 'reasoning', 'total'];
  return `{"input_tokens":${input},${rest.map((kind) => `"${kind}_tokens":2`).join(',')}}`;
}

function diskWith(content: Uint8Array | string): SimulatedDisk {
  const disk = new SimulatedDisk();
  disk.put(PATH, content);
  return disk;
}

describe('what an editor adds', () => {
  it.each([
    ['a byte order mark', '\uFEFF', ''],
    ['blank lines before', '\n \t\n', ''],
    ['blank lines after', '', '\n\r\n  \n'],
    ['all of these', '\uFEFF\n', '\n'],
  ])('is ignored: %s', async (_, before, behind) => {
    const [first = '', ...rest] = FIVE.slice(0, 4).map((record) => jsonl(record));
    const disk = diskWith(`${before}${first}\r\n${rest.join('\n')}${behind}`);
    const journal = await open(disk);
    expect(journal.torn).toBeUndefined();
    expect(journal.found).toMatchObject({ spentUsd: 4 * 0.5 });
    expect(await work(journal, PLAN)).toEqual(['t-4']);
    await journal.close({ covered: 'whole' });
    const again = await open(disk);
    expect(again.found).toMatchObject({ spentUsd: 5 * 0.5 });
    for (const line of FIVE.keys()) expect((await again.recordAt(line)).id).toBe(`t-${line}`);
    await again.close({ covered: 'part' });
    const anew = await open(disk, 'overwrite');
    await anew.close({ covered: 'part' });
    expect(disk.text(PATH)).toBe('');
  });
});

describe('a torn end', () => {
  it('is cut off and saved, wherever in the last three records the file ends', async () => {
    for (let length = ENDS[1] ?? 0; length <= GOOD.length; length++) {
      const isNearEnd = ENDS.some((end) => Math.abs(end - length) <= 3);
      if (!isDeep && !isNearEnd && length % 5 !== 0) continue;
      const disk = diskWith(GOOD.subarray(0, length));
      const whole = ENDS.filter((end) => end <= length).length;
      const start = ENDS[whole - 1] ?? 0;
      const journal = await open(disk);
      const lacksNewline = ENDS.includes(length + 1);
      const isTorn = length > start && !lacksNewline;
      expect(journal.torn).toEqual(
        isTorn ? { bytes: length - start, keptIn: `${PATH}.volley` } : undefined,
      );
      expect(tornIn(disk)).toEqual(isTorn ? GOOD.subarray(start, length) : Buffer.alloc(0));
      const sent = await work(journal, PLAN);
      expect(sent).toEqual(PLAN.slice(lacksNewline ? whole + 1 : whole).map(({ id }) => id));
      await journal.close({ covered: 'whole' });
      expect(parsed(disk.text(PATH)).map(({ id }) => id)).toEqual(PLAN.map(({ id }) => id));
    }
  });

  it.each([
    ['garbage', Buffer.from('garbage\n')],
    ['zeros without a line end', Buffer.alloc(5000)],
    ['zeros, then the end of a line', Buffer.concat([Buffer.alloc(4096), Buffer.from('ne"}\n')])],
    [
      'zeros, the end of a line and the start of the next',
      Buffer.concat([Buffer.alloc(512), Buffer.from('ne"}\n{"v":1,"id":"')]),
    ],
    [
      'zeros, the end of a line and a record before more zeros',
      Buffer.concat([
        Buffer.from('\0\0ne"}\n'),
        GOOD.subarray(0, (ENDS[0] ?? 0) - 1),
        Buffer.alloc(9),
      ]),
    ],
    ['half a character', Buffer.from([0x7b, 0x22, 0xc3])],
  ])('of %s is cut off and saved', async (_, end) => {
    const disk = diskWith(Buffer.concat([GOOD, end]));
    const journal = await open(disk);
    expect(journal.torn).toEqual({ bytes: end.length, keptIn: `${PATH}.volley` });
    expect(tornIn(disk)).toEqual(end);
    expect(disk.bytes(PATH)).toEqual(GOOD);
  });

  it.each([
    ['alone', Buffer.alloc(1)],
    ['and of the next lines', Buffer.concat([Buffer.alloc(512), Buffer.from('ne"}\n{"v":1')])],
  ])(
    'of NUL bytes in place of a line break %s does not affect the record before it',
    async (_, end) => {
      const disk = diskWith(Buffer.concat([GOOD.subarray(0, -1), end]));
      const journal = await open(disk);
      expect(journal.torn).toEqual({ bytes: end.length, keptIn: `${PATH}.volley` });
      expect(tornIn(disk)).toEqual(end);
      expect(disk.bytes(PATH)).toEqual(GOOD);
      expect(await work(journal, PLAN)).toEqual([]);
    },
  );

  it('may be the whole file if only the first line was being written', async () => {
    for (const end of ['{"v"', '{"v":1,"id":"t-0","ta', '\0\0\0', '{"v"\0\0\0\0']) {
      const disk = diskWith(end);
      expect(await work(await open(disk), PLAN)).toHaveLength(5);
      expect(tornIn(disk).toString()).toBe(end);
    }
  });

  it('never overwrites a torn end that was saved earlier', async () => {
    const disk = diskWith(GOOD.subarray(0, -3));
    await (await open(disk)).close({ covered: 'none' });
    const first = tornIn(disk);
    const file = await disk.open(PATH);
    await file.write(Buffer.from('{"v":1,"id'));
    await (await open(disk)).close({ covered: 'none' });
    expect(tornIn(disk).toString()).toBe(`${first.toString()}{"v":1,"id`);
  });

  it('stays in the file if it cannot be saved', async () => {
    const disk = diskWith(GOOD.subarray(0, -3));
    disk.faults.capacityBytes = GOOD.length;
    await expect(open(disk)).rejects.toMatchObject({
      message: `cannot use \`${PATH}\` for results: no space left on the disk (ENOSPC)`,
      exitCode: 74,
    });
    expect(disk.bytes(PATH)).toEqual(GOOD.subarray(0, -3));
    expect(disk.list()).toEqual([PATH]);
  });
});

describe('damage that a crash does not explain', () => {
  const [one, two, three] = FIVE.map((record) => jsonl(record));

  it.each<[problem: string, content: string]>([
    ['is not JSON', `${one}{"v":1,"id":\n${three}`],
    ['is not JSON', `${one}half a line\nanother half`],
    ['contains NUL bytes, as after a power cut', `${one}\0\0\0\n${three}`],
    ['is not a JSON object', `${one}[1]\n`],
    ['is not a record of this format: `v` is `2`', `${one}{"v":2}\n`],
    ['is not a record of this format: `v` is missing', `${one}{}\n${three}`],
    ['is not a result record: `id` is missing', `${one}{"v":1}\n${three}`],
    [
      'is not a result record: `index` is `-1`',
      `${one}${two?.replace('"index":1', '"index":-1')}${three}`,
    ],
    [
      'is not a result record: `cost_usd` is `-5`',
      `${one}${two?.replace('"cost_usd":0.5', '"cost_usd":-5')}${three}`,
    ],
    [
      'is not a result record: `superseded_usd` is `-5`',
      `${one}${two?.replace('"cost_usd":0.5', '"cost_usd":0.5,"superseded_usd":-5')}${three}`,
    ],
    [
      'is not a result record: `possibly_paid_usd` is `-5`',
      `${one}${two?.replace('"cost_usd":0.5', '"cost_usd":0.5,"possibly_paid_usd":-5')}${three}`,
    ],
    ...[
      ['cost_usd', '1e999', 'too large'],
      ['cost_usd', '1e308', '1e+308'],
      ['superseded_usd', '1e999', 'too large'],
      ['possibly_paid_usd', '1e300', '1e+300'],
      ['attempts', '1.5', '1.5'],
      ['retries', '1e300', '1e+300'],
      ['queued_ms', '-1', '-1'],
      ['duration_ms', '0.5', '0.5'],
      ['waited', '{"rpm":-3}', '{"rpm":-3}'],
      ['usage', tokens('-1'), '{"input_tokens":-1,"output_tokens":2,"ca…'],
      ['usage', tokens('1.5'), '{"input_tokens":1.5,"output_tokens":2,"c…'],
      ['usage', tokens('1e14'), '{"input_tokens":100000000000000,"output_…'],
    ].map(([name = '', value = '', shown]): [string, string] => [
      `is not a result record: \`${name}\` is \`${shown}\``,
      `${one}${withRaw(name, value)}${three}`,
    ]),
    [
      'contains values that are nested more than 200 levels deep',
      `${one}${withRaw('output', '['.repeat(100_000) + ']'.repeat(100_000))}${three}`,
    ],
    [
      'contains a number that is too large',
      `${one}${withRaw('output', '{"deep":[-1e400]}')}${three}`,
    ],
    [
      'is not a result record: `status` is `"done"`',
      `${one}${two?.replace('"succeeded"', '"done"')}${three}`,
    ],
    [
      'is not a result record: `usage` is `{"input_tokens":"1"}`',
      `${one}${two?.replace('"usage":null', '"usage":{"input_tokens":"1"}')}`,
    ],
    [
      'is not a result record: `fingerprint` is `7`',
      `${one}${two?.replace(/"sha256:\w+"/, '7')}${three}`,
    ],
    ['succeeded but has no `output`', `${one}${two?.replace('"output"', '"putout"')}${three}`],
  ])('stops the run with line and byte, and nothing is touched: %s', async (problem, content) => {
    const disk = diskWith(content);
    const error = await open(disk).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(VolleyError);
    expect(error).toMatchObject({
      message: `\`${PATH}\` is damaged: line 2 (byte ${ENDS[0]}) ${problem}`,
      hint: 'fix the line or remove it, keeping a copy, then run with `--resume`: only the task of a removed line is sent again',
      exitCode: 2,
    });
    expect(disk.text(PATH)).toBe(content);
    expect(disk.bytesWritten).toBe(0);
    // The lock is no longer held.
    await expect(open(disk)).rejects.toMatchObject({ exitCode: 2 });
  });

  it('to any byte in the middle stops the run or affects only that one task', async () => {
    const [start, end] = [ENDS[0] ?? 0, ENDS[2] ?? 0];
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: start, max: end - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const bytes = Buffer.from(GOOD);
          bytes[at] = (bytes[at] ?? 0) ^ flip;
          const disk = diskWith(bytes);
          const journal = await open(disk).catch((error: unknown) => error);
          if (journal instanceof VolleyError) {
            expect(journal.exitCode).toBe(2);
            expect(disk.bytes(PATH)).toEqual(bytes);
            return;
          }
          if (journal instanceof Error) throw journal;
          const next = await open(disk.afterKill());
          const hit = `t-${ENDS.findIndex((lineEnd) => at < lineEnd)}`;
          const sent = await work(next, PLAN);
          expect([[], [hit]]).toContainEqual(sent);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('done on purpose never crashes Volley, whatever a line contains', async () => {
    const line = fc.oneof(
      fc.json(),
      fc
        .record(Object.fromEntries(Object.keys(succeeded('a')).map((key) => [key, fc.jsonValue()])))
        .map((value) => JSON.stringify({ ...succeeded('a'), ...value })),
      fc
        .tuple(fc.constantFrom(...Object.keys(succeeded('a'))), fc.jsonValue())
        .map(([key, value]) => JSON.stringify({ ...succeeded('a'), [key]: value })),
      fc.constant('{"__proto__":{"v":1},"v":1}'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 4 }), async (lines) => {
        const disk = diskWith(lines.map((text) => `${text}\n`).join(''));
        const journal = await open(disk).catch((error: unknown) => error);
        if (journal instanceof VolleyError) return;
        if (journal instanceof Error) throw journal;
        await work(await open(disk.afterKill()), PLAN);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a preview', () => {
  it('reports what a resume would do and changes nothing', async () => {
    const content = Buffer.concat([GOOD, Buffer.from(jsonl(failed('t-9', 9))), Buffer.from('{"v')]);
    const locked = diskWith(content);
    await locked.lock(PATH);
    const preview = await previewJournal(PATH, { mode: 'resume', disk: locked });
    expect(preview?.found).toMatchObject({ spentUsd: 5 * 0.5 });
    for (const [line, task] of PLAN.entries()) {
      expect(preview?.decide(task)).toEqual({ kind: 'keep', line });
    }
    expect(preview?.decide(planned('t-9', 9))).toEqual({ kind: 'run', reason: 'failed' });
    expect(locked.bytes(PATH)).toEqual(content);
    expect(locked.list()).toEqual([PATH]);
  });

  it('needs only read permission', async () => {
    const content = jsonl(succeeded('t-0'));
    const disk = diskWith(content);
    disk.faults.fail = ({ kind }) => (kind === 'openToRead' ? undefined : 'EACCES');
    const preview = await previewJournal(PATH, { mode: 'resume', disk });
    expect(preview?.decide(planned('t-0'))).toEqual({ kind: 'keep', line: 0 });
    expect(await preview?.recordAt(0)).toMatchObject({ id: 't-0', status: 'succeeded' });
    expect(disk.text(PATH)).toBe(content);
  });

  it('is undefined without a file', async () => {
    const disk = new SimulatedDisk();
    expect(await previewJournal(PATH, { mode: 'resume', disk })).toBeUndefined();
  });
});
