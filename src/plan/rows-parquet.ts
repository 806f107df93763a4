import zlib from 'node:zlib';
import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import type { RowsFromFile } from '../manifest/manifest.ts';
import type { ProjectFiles } from '../ports/files.ts';
import type { JsonValue } from '../ports/json.ts';
import { decodeText } from '../ports/text-encoding.ts';
import { badRow, checkedRow, opened, type RowBatches, type RowRead } from './read-row.ts';

/** Keeps the file in memory and decodes one row group at a time. */
export async function* readParquet(source: RowsFromFile, files: ProjectFiles): RowBatches {
  const { place } = source;
  const read = opened(await files.read(source.file, { maxBytes: MAX_BYTES }));
  const bytes = new Uint8Array(read).buffer;
  const file = {
    byteLength: bytes.byteLength,
    slice: (start: number, end?: number): ArrayBuffer => bytes.slice(start, end),
  };
  try {
    const metadata = await parquetMetadataAsync(file);
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      if (group.total_byte_size > MAX_GROUP_BYTES) {
        const message = `a row group of \`${source.file}\` is larger than 1 GiB`;
        yield [badRow(message, 'write it with smaller row groups', place)];
        return;
      }
      const rowEnd = rowStart + Number(group.num_rows);
      const options = { file, metadata, rowStart, rowEnd, utf8: false, compressors, parsers };
      const rows = await parquetReadObjects(options);
      yield rows.map((row, at): RowRead => {
        const number = rowStart + at + 1;
        const item = jsonOf(row);
        if (item !== undefined) return checkedRow(item, number, undefined, place);
        const message = `row ${number} of \`${source.file}\` has bytes that are not text`;
        return badRow(message, 'leave this column out', place);
      });
      rowStart = rowEnd;
    }
  } catch (error) {
    const reason = error instanceof Error ? `: ${error.message}` : '';
    const message = `\`${source.file}\` cannot be read as Parquet${reason}`;
    yield [badRow(message, 'write it again, or export it as CSV', place)];
  }
}

const MAX_BYTES = 256 * 1024 * 1024;
const MAX_GROUP_BYTES = 1024 * 1024 * 1024;

/** Decompressors that the package lacks. It supports Snappy itself. */
const compressors = {
  GZIP: (input: Uint8Array, length: number): Uint8Array =>
    zlib.gunzipSync(input, { maxOutputLength: length }),
  BROTLI: (input: Uint8Array, length: number): Uint8Array =>
    zlib.brotliDecompressSync(input, { maxOutputLength: length }),
  // Node 22.13 and 22.14 do not support Zstandard.
  ...('zstdDecompressSync' in zlib && {
    ZSTD: (input: Uint8Array, length: number): Uint8Array =>
      zlib.zstdDecompressSync(input, { maxOutputLength: length }),
  }),
};

const parsers = { stringFromBytes };

function stringFromBytes(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  const decoded = decodeText(bytes);
  if (!decoded.ok) throw new Error(`a string is not valid UTF-8: it has ${decoded.bad.found}`);
  return decoded.text;
}

/** As JSON, without losing digits of large numbers. Undefined for bytes that are not text. */
function jsonOf(value: unknown): JsonValue | undefined {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) {
    const decoded = decodeText(value);
    return decoded.ok ? decoded.text : undefined;
  }
  if (Array.isArray(value)) {
    const items = value.map(jsonOf);
    return items.includes(undefined) ? undefined : items.map((item) => item ?? null);
  }
  if (typeof value !== 'object') return undefined;
  const fields = Object.entries(value).map(([name, field]) => [name, jsonOf(field)] as const);
  if (fields.some(([, field]) => field === undefined)) return undefined;
  return Object.fromEntries(fields.map(([name, field]) => [name, field ?? null]));
}
