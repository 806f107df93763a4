import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A Chromium on this machine; undefined if there is none. `VOLLEY_TEST_BROWSER` selects another. */
export function browserPath(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  return [process.env['VOLLEY_TEST_BROWSER'] ?? '', ...names].find(
    (name) => name !== '' && spawnSync(name, ['--version'], { timeout: 20_000 }).status === 0,
  );
}

/** A page in a browser without network access, controlled over the DevTools protocol. */
export interface BrowserPage {
  /** The value of an expression, as JSON. */
  evaluate(expression: string): Promise<unknown>;
  /** Types keys: `ArrowDown`, or text. */
  press(...keys: readonly string[]): Promise<void>;
  screenshot(options?: { readonly dark?: boolean }): Promise<Uint8Array>;
  /** What the page wrote to its console, and what its policy blocked. */
  messages(): readonly string[];
  /** The addresses that were requested, except the page's own. */
  requests(): readonly string[];
}

/** Opens a file and waits until its script reports that it is ready. */
export async function openPage(browser: string, file: string): Promise<BrowserPage> {
  const profile = mkdtempSync(join(tmpdir(), 'volley-browser-'));
  const child = spawn(browser, [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--remote-debugging-port=0',
    '--window-size=1400,1000',
    `--user-data-dir=${profile}`,
    'about:blank',
  ]);
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.on('exit', () => reject(new Error(`the browser ended: ${said}`)));
  });
  const origin = address.replace(/^ws:/, 'http:').replace(/\/devtools.*$/, '');
  const targets: ReadonlyArray<{ type: string; webSocketDebuggerUrl: string }> = JSON.parse(
    await (await fetch(`${origin}/json`)).text(),
  );
  const target = targets.find(({ type }) => type === 'page');
  if (!target) throw new Error('the browser has no page');
  return connected(target.webSocketDebuggerUrl, file);
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

async function connected(address: string, file: string): Promise<BrowserPage> {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  const waiting = new Map<number, (message: Message) => void>();
  const messages: string[] = [];
  const requests: string[] = [];
  const url = `file://${file}`;
  socket.addEventListener('message', ({ data }) => {
    const message: Message = JSON.parse(String(data));
    if (message.id !== undefined) waiting.get(message.id)?.(message);
    const { method, params = {} } = message;
    if (method === 'Network.requestWillBeSent') {
      const asked = JSON.stringify(params['request']);
      if (!asked.includes(url)) requests.push(asked);
    }
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded') {
      messages.push(JSON.stringify(params));
    }
    if (method === 'Runtime.consoleAPICalled' || method === 'Page.javascriptDialogOpening') {
      messages.push(JSON.stringify(params));
    }
  });
  let last = 0;
  const send = (method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, ({ result = {}, error }) =>
        error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result),
      );
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result, exceptionDetails } = await send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
    return typeof result === 'object' && result !== null && 'value' in result
      ? result.value
      : undefined;
  };
  for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await send(`${domain}.enable`);
  await send('Page.navigate', { url });
  for (let tries = 0; (await evaluate("document.body?.dataset.ready ?? ''")) !== 'true'; tries++) {
    if (tries > 600) throw new Error(`the page is not ready: ${messages.join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    evaluate,
    async press(...keys) {
      for (const key of keys) {
        const text = KEYS[key] === undefined ? { text: key } : {};
        const code = KEYS[key] ?? {};
        await send('Input.dispatchKeyEvent', { type: 'keyDown', key, ...code, ...text });
        await send('Input.dispatchKeyEvent', { type: 'keyUp', key, ...code });
      }
    },
    async screenshot({ dark = false } = {}) {
      const value = dark ? 'dark' : 'light';
      await send('Emulation.setEmulatedMedia', {
        features: [{ name: 'prefers-color-scheme', value }],
      });
      const { data } = await send('Page.captureScreenshot', {
        format: 'png',
        captureBeyondViewport: true,
      });
      return Buffer.from(String(data), 'base64');
    },
    messages: () => messages,
    requests: () => requests,
  };
}

/** Keys that do not type text. */
const KEYS: Readonly<Record<string, object>> = {
  ArrowDown: { code: 'ArrowDown', windowsVirtualKeyCode: 40 },
  ArrowUp: { code: 'ArrowUp', windowsVirtualKeyCode: 38 },
  Enter: { code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' },
  Escape: { code: 'Escape', windowsVirtualKeyCode: 27 },
  End: { code: 'End', windowsVirtualKeyCode: 35 },
};
