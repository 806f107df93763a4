import type { Wire } from './transport.ts';

/** A wire over the caller's own `fetch`, which handles compression and connections itself. */
export function fetchWire(fetch: typeof globalThis.fetch): Wire {
  return {
    async send(url, { method, headers, body, signal, onSent }) {
      // `fetch` does not reveal when it connects.
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
          // A body that is being read is locked; leaving its loop cancels it.
          if (reply.body?.locked === false) reply.body.cancel().catch(() => {});
        },
      };
    },
    close: () => Promise.resolve(),
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
