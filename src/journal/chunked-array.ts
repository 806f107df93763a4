const CHUNK_BITS = 16;
const CHUNK_LENGTH = 2 ** CHUNK_BITS;
const PLACE_MASK = CHUNK_LENGTH - 1;
const FIRST_LENGTH = 64;

type Numbers = Uint8Array | Int32Array | Uint32Array | Float64Array;

interface Kind {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): Numbers;
}

/**
 * A growing array of numbers that are not boxed. A number that was never set is 0, and the length
 * must stay below 2³².
 */
export interface Column {
  at(index: number): number;
  set(index: number, value: number): void;
}

/**
 * Grows in chunks, so growing never copies the whole array. Only the first chunk starts small and
 * is copied as it grows, because most results files are small.
 */
export function column(kind: Kind): Column {
  const chunks: Array<Numbers | undefined> = [];

  function firstOf(length: number): Numbers {
    const [old] = chunks;
    const most = Math.max(length, 2 * (old?.length ?? FIRST_LENGTH / 2));
    const first = new kind(new ArrayBuffer(Math.min(most, CHUNK_LENGTH) * kind.BYTES_PER_ELEMENT));
    if (old) first.set(old);
    return first;
  }

  function chunkWith(number: number, place: number): Numbers {
    const chunk = chunks[number];
    if (chunk && place < chunk.length) return chunk;
    return (chunks[number] = number === 0 ? firstOf(place + 1) : wholeChunk(kind));
  }

  return {
    at: (index) => chunks[index >>> CHUNK_BITS]?.[index & PLACE_MASK] ?? 0,
    set(index, value) {
      const place = index & PLACE_MASK;
      chunkWith(index >>> CHUNK_BITS, place)[place] = value;
    },
  };
}

/**
 * A resizable buffer has its own memory pages, which return to the system when it is released. The
 * allocator keeps the memory of other buffers.
 */
function wholeChunk(kind: Kind): Numbers {
  const bytes = CHUNK_LENGTH * kind.BYTES_PER_ELEMENT;
  return new kind(new ArrayBuffer(bytes, { maxByteLength: bytes }));
}
