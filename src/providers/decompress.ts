import { Readable } from 'node:stream';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { UndecodableBody } from './transport.ts';

/**
 * Undoes a `content-encoding`, chunk by chunk, so that a bomb is stopped at the reader's cap. Volley
 * asks for none; servers send one even so. A body that is cut inside the encoding fails, which plain
 * `fetch` would pass over. `encoding` may name several, in the order in which they were applied.
 */
export function decompressed(
  body: AsyncIterable<Uint8Array>,
  encoding: string | undefined,
): AsyncIterable<Uint8Array> {
  const names = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  // A list of five encodings is an attack, not a server.
  if (names.length > 2) return failing(names.join(', '));
  return names.toReversed().reduce(undone, body);
}

function undone(body: AsyncIterable<Uint8Array>, encoding: string): AsyncIterable<Uint8Array> {
  const decoder = decoderFor(encoding);
  return decoder ? through(body, decoder, encoding) : failing(encoding);
}

async function* through(
  body: AsyncIterable<Uint8Array>,
  decoder: Duplex,
  encoding: string,
): AsyncGenerator<Uint8Array> {
  let broken: unknown;
  const source = Readable.from(watched(body, (error) => (broken = error)));
  // Its failure destroys the decoder, and so surfaces in the loop below.
  const piping = pipeline(source, decoder).catch(() => {});
  try {
    for await (const chunk of decoder) if (chunk instanceof Uint8Array) yield chunk;
  } catch {
    // The network's own error says more than the decoder's that followed from it.
    throw broken ?? new UndecodableBody(encoding);
  } finally {
    decoder.destroy();
    source.destroy();
    void piping;
  }
}

async function* watched(
  body: AsyncIterable<Uint8Array>,
  onError: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    onError(error);
    throw error;
  }
}

function decoderFor(encoding: string): Duplex | undefined {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip();
    case 'deflate':
      return zlib.createInflate();
    case 'br':
      return zlib.createBrotliDecompress();
    case 'zstd':
      // Node 22.13 and 22.14 have none.
      return 'createZstdDecompress' in zlib ? zlib.createZstdDecompress() : undefined;
    default:
      return undefined;
  }
}

// oxlint-disable-next-line require-yield
async function* failing(encoding: string): AsyncGenerator<Uint8Array> {
  throw new UndecodableBody(encoding);
}
