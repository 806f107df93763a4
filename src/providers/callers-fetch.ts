import type { Wire } from './own-fetch.ts';

/** A wire over the caller's own `fetch`, which decompresses and keeps its connections itself. */
export function fetchWire(fetch: typeof globalThis.fetch): Wire {
  return {
    async send(url, { method, headers, body, signal, onSent }) {
      // Nobody can tell from outside when it connects.
      onSent?.();
      const reply = await fetch(url, {
        method,
        headers: { ...headers },
        ...(body === undefined ? {} : { body }),
        signal,
        redirect: 'manual',
      });
      return {
        status: reply.status,
        headers: Object.fromEntries(reply.headers),
        body: reply.body ?? nothing(),
        discard: () => {
          // A body that is being read is locked: leaving the loop cancels it.
          if (reply.body?.locked === false) reply.body.cancel().catch(() => {});
        },
      };
    },
    close: () => Promise.resolve(),
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
