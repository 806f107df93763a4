import type { Disk, DiskFile } from '../ports/disk.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import { writeAll } from '../ports/write-all.ts';

const CHUNK_BYTES = 64 * 1024;

/** Copies what stands in a file from `offset` on, durably, and gives the number of bytes. */
export async function copyRest(from: DiskFile, to: DiskFile, offset: number): Promise<number> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  let bytes = 0;
  for (;;) {
    const count = await from.read(buffer, offset + bytes);
    if (count === 0) break;
    await writeAll(to, buffer.subarray(0, count));
    bytes += count;
  }
  await to.sync();
  return bytes;
}

/** A new file under the first number that is free; how often something was kept aside is the bound. */
export async function createNumbered(
  disk: Disk,
  prefix: string,
): Promise<{ readonly name: string; readonly side: DiskFile }> {
  for (let number = 1; ; number++) {
    const name = `${prefix}${number}`;
    try {
      return { name, side: await disk.create(name) };
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    }
  }
}
