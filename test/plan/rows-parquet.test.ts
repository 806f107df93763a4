import { describe, expect, test } from 'vitest';
import { findingsOf, manifestOf, memoryFiles, planned } from './support.ts';

/**
 * Four columns and three rows in two groups, compressed with Snappy; created with
 * `hyparquet-writer`.
 */
const FILE = Buffer.from(
  'UEFSMRUGFSQVKFwVBBUAFQQVABUEFQAAAAMDEDwBAAAAAAAAAAEAAAAAACAAFQYVIhUmXBUEFQAVBBUAFQQVAAAAAwMPOAMAAABBbm4EAAAAWm/DqxUGFSQVJFwVBBUAFQQVABUEFQAAAAMDEAAABQEk4D8AAAAAAAAAQBUGFQYVClwVBBUAFQQVABUEFQAAAAMDAQABFQYVFBUYXBUCFQAVAhUAFQQVAAAAAwEIHAMAAAAAAAAAFQYVBBUGXBUCFQIVAhUAFQQVAAAAAwAAFQYVFBUYXBUCFQAVAhUAFQQVAAAAAwEIHAAAAAAAAPC/FQYVBhUKXBUCFQAVAhUAFQQVAAAAAwEBAAEVBBlcSARyb290FQgAFQQlAhgCaWQAFQwlAhgEbmFtZSUAABUKJQIYBXNjb3JlABUAJQIYAm9rABYGGSwZTCYIHBUEGRUAGRgCaWQVAhYEFk4WUiYIPDYAKAgBAAAAAAAgABgIAQAAAAAAAAAAGRwVBhUAFQIAAAAmWhwVDBkVABkYBG5hbWUVAhYEFkwWUCZaPDYAKARab8OrGANBbm4AGRwVBhUAFQIAAAAmqgEcFQoZFQAZGAVzY29yZRUCFgQWThZOJqoBPDYAKAgAAAAAAAAAQBgIAAAAAAAA4D82AAAZHBUGFQAVAgAAACb4ARwVABkVABkYAm9rFQIWBBYwFjQm+AE8NgAoAQEYAQAAGRwVBhUAFQIAAAAWmAIWBDakAgAZTCasAhwVBBkVABkYAmlkFQIWAhY+FkImrAI8NgAoCAMAAAAAAAAAGAgDAAAAAAAAAAAZHBUGFQAVAgAAACbuAhwVDBkVABkYBG5hbWUVAhYCFi4WMCbuAjw2AgAZHBUGFQAVAgAAACaeAxwVChkVABkYBXNjb3JlFQIWAhY+FkImngM8NgAoCAAAAAAAAPC/GAgAAAAAAADwvzYAABkcFQYVABUCAAAAJuADHBUAGRUAGRgCb2sVAhYCFjAWNCbgAzw2ACgBARgBAQAZHBUGFQAVAgAAABbaARYCNugBACgJaHlwYXJxdWV0GUwcAAAcAAAcAAAcAAAAHQIAAFBBUjE=',
  'base64',
);
const ROWS = {
  kind: 'file',
  file: 'r.parquet',
  format: 'parquet',
  key: undefined,
  place: { file: 'm.yaml', line: 9, column: 5 },
} as const;

test('rows are read from Parquet without losing digits of large numbers', async () => {
  const plan = await planned(
    manifestOf([{ prompt: '{{ item.id }}', forEach: ROWS }]),
    memoryFiles({ 'r.parquet': FILE }),
  );
  const rows: unknown[] = [];
  for await (const { key, item } of plan.tasks()) rows.push([key, item]);
  expect(rows).toEqual([
    [1, { id: 1, name: 'Ann', score: 0.5, ok: true }],
    ['9007199254740993', { id: '9007199254740993', name: 'Zoë', score: 2, ok: false }],
    [3, { id: 3, name: null, score: -1, ok: true }],
  ]);
});

describe('a file that is incomplete or not Parquet is refused:', () => {
  test.each<[string, Uint8Array]>([
    ['a CSV file', Buffer.from('id,name\n1,Ann\n')],
    ['nothing', new Uint8Array()],
    ['the first half', FILE.subarray(0, FILE.length / 2)],
    ['the second half', FILE.subarray(FILE.length / 2)],
    [
      'a footer with a wrong length',
      Buffer.concat([FILE.subarray(0, -8), Buffer.from([255, 255, 255, 127]), FILE.subarray(-4)]),
    ],
    ['pages of zeros', Buffer.concat([FILE.subarray(0, 4), Buffer.alloc(200), FILE.subarray(204)])],
  ])('%s', async (_, bytes) => {
    const manifest = manifestOf([{ prompt: '{{ item.id }}', forEach: ROWS }]);
    const findings = await findingsOf(manifest, memoryFiles({ 'r.parquet': bytes }));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatch(/^m\.yaml:9:5 BAD_ROW `r\.parquet` cannot be read as Parquet: /);
  });
});
