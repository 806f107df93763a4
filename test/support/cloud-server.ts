import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { SignedRequest } from './aws-signature.ts';
import { answerBody } from './wires.ts';

export interface CloudServer {
  readonly host: string;
  readonly origin: string;
  /** The prompts received, in order. */
  readonly prompts: SignedRequest[];
  /** How long the credentials that it issues from now on are valid. */
  lifetimeMs: number;
}

/**
 * A cloud on loopback: its models, and the services that give a machine its credentials: AWS's
 * container credentials, Google's metadata server, Azure's managed identity. Credentials are valid
 * for `lifetimeMs`.
 */
export async function cloudServer(firstLifetimeMs = 3_600_000): Promise<CloudServer> {
  const prompts: SignedRequest[] = [];
  const cloud = { lifetimeMs: firstLifetimeMs };
  const counts = { aws: 0, gcp: 0, azure: 0 };
  const server = createServer((request, response) => {
    const reply = (value: unknown, more: Record<string, string> = {}): void => {
      response.writeHead(200, { 'content-type': 'application/json', ...more });
      response.end(JSON.stringify(value));
    };
    void (async () => {
      const { method = '', url = '', headers } = request;
      const body = await text(request);
      if (url === '/aws') {
        counts.aws += 1;
        return reply({
          AccessKeyId: `AKID${counts.aws}`,
          SecretAccessKey: `secret-${counts.aws}-0123456789`,
          Token: `session-${counts.aws}`,
          Expiration: new Date(Date.now() + cloud.lifetimeMs).toISOString(),
        });
      }
      if (url.startsWith('/computeMetadata/')) {
        const google = { 'metadata-flavor': 'Google' };
        if (!url.includes('/token')) return reply('', google);
        counts.gcp += 1;
        return reply(
          {
            access_token: `google-token-${counts.gcp}`,
            expires_in: cloud.lifetimeMs / 1_000,
            token_type: 'Bearer',
          },
          google,
        );
      }
      if (url.startsWith('/azure')) {
        counts.azure += 1;
        return reply({
          access_token: `azure-token-${counts.azure}`,
          expires_on: String(Math.floor((Date.now() + cloud.lifetimeMs) / 1_000)),
          resource: 'https://cognitiveservices.azure.com',
          token_type: 'Bearer',
        });
      }
      prompts.push({ method, url, headers, body });
      const wire = url.includes('/chat/')
        ? 'chat'
        : url.endsWith('/responses')
          ? 'responses'
          : 'anthropic';
      const asked = { n: prompts.length, wire, body: JSON.parse(body) } as const;
      reply(answerBody(asked, { text: 'hello' }), { 'x-amzn-requestid': 'aws-request-1' });
    })();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return Object.assign(cloud, { host, origin: `http://${host}`, prompts });
}
