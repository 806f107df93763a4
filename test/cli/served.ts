import { onTestFinished } from 'vitest';
import type { CliOptions } from '../support/cli.ts';
import { startServer, type ServerOptions, type TestServer } from '../support/server.ts';
import type { Wire } from '../support/wires.ts';

export const KEY = 'test-key-0123456789abcdef';
export const WITH_KEY: CliOptions = { env: { TEST_KEY: KEY } };

export const WIRES: readonly Wire[] = ['anthropic', 'responses', 'chat'];

/** A server that is closed when the test ends. */
export async function served(options: ServerOptions = {}): Promise<TestServer> {
  const server = await startServer(options);
  onTestFinished(() => server.close());
  return server;
}

/** The provider entry of a manifest that talks to the server in this wire format. */
export function providerOn(server: TestServer, wire: Wire): Record<string, unknown> {
  return wire === 'anthropic'
    ? {
        type: 'anthropic',
        base_url: server.origin,
        api_key_env: 'TEST_KEY',
        // The server takes the place of Anthropic's own.
        structured_output: 'native',
      }
    : { type: 'openai', api: wire, base_url: server.openaiUrl, api_key_env: 'TEST_KEY' };
}

/** A manifest with the provider `local` in the chat wire format, as JSON, which is also YAML. */
export function manifestOn(
  server: TestServer,
  parts: {
    readonly tasks: unknown;
    readonly provider?: Readonly<Record<string, unknown>>;
    readonly [key: string]: unknown;
  },
): string {
  const { provider, ...rest } = parts;
  return JSON.stringify({
    defaults: { model: 'local/small' },
    providers: { local: { ...providerOn(server, 'chat'), ...provider } },
    ...rest,
  });
}

/** The provider entry of a mock that answers immediately. */
export const QUICK_MOCK = { mock: { latency: '1ms' } };

/** The same as a line of a manifest. */
export const WITH_QUICK_MOCK = `providers: { mock: ${JSON.stringify(QUICK_MOCK)} }\n`;

/** `count` prompts: `prompt 1`, `prompt 2`, … */
export function prompts(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `prompt ${at + 1}`);
}
