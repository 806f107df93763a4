import { systemError } from './error-code.ts';
import type { DiskFile, ReadableFile } from './disk.ts';

/** Writes to the last byte, however little the system takes at a time. */
export async function writeAll(file: Pick<DiskFile, 'write'>, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const count = await file.write(bytes.subarray(written));
    if (count <= 0)
      throw systemError('EIO', `the disk took none of ${bytes.length - written} bytes`);
    written += count;
  }
}

/** Reads exactly the bytes of `[offset, offset + length)`. */
export async function readExactly(
  file: ReadableFile,
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length;) {
    const count = await file.read(bytes.subarray(filled), offset + filled);
    if (count === 0) throw systemError('EIO', `the file ends before byte ${offset + length}`);
    filled += count;
  }
  return bytes;
}
