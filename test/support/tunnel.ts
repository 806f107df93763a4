import { readFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** A listener on loopback that counts its connections. */
export interface Listener {
  readonly port: number;
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Certificates for `llm.example.com`, signed by the authority in `ca.pem` unless they say otherwise. */
export type Certificate = 'good' | 'wrong-host' | 'expired';

export function tlsFile(name: string): string {
  return readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8');
}

/** Calls `onSocket` with each connection. Uses TLS if there is a certificate. */
export async function listen(
  onSocket: (socket: Socket) => void,
  certificate?: Certificate,
): Promise<Listener> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = certificate
    ? createTlsServer(
        { key: tlsFile(`${certificate}.key`), cert: tlsFile(`${certificate}.pem`) },
        onSocket,
      )
    : createServer(onSocket);
  server.on('tlsClientError', () => {});
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A proxy that answers each request for a tunnel with `answer`, or connects it to that port. */
export function listenAsProxy(
  answer: string | ((socket: Socket) => void) | number,
): Promise<Listener> {
  return listen((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      if (typeof answer === 'function') answer(socket);
      else if (typeof answer === 'string') socket.end(answer);
      else {
        const through = connect(answer, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
          through.pipe(socket).pipe(through);
        });
        through.on('error', () => socket.destroy());
        socket.on('close', () => through.destroy());
      }
    });
  });
}

/** Answers one request as Chat Completions do. */
export function answerChat(socket: Socket): void {
  const body = JSON.stringify({
    choices: [{ message: { content: 'ok' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  });
  socket.on('error', () => {});
  socket.once('data', () =>
    socket.end(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    ),
  );
}
