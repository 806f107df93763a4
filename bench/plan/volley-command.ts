import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startClient, type Usage } from '../measure/client-process.ts';

const BIN = resolve(import.meta.dirname, '../../dist/cli/bin.js');

/** Runs the built command in `folder`; throws with the end of its output if it fails. */
export async function volley(
  folder: string,
  args: readonly string[],
  { mayExit = [0] }: { readonly mayExit?: readonly number[] } = {},
): Promise<{ readonly text: string; readonly usage: Usage }> {
  const client = startClient({ args: [BIN, ...args], env: {} }, folder);
  const { code } = await client.ended;
  const usage = client.usage();
  if (usage === undefined || !mayExit.includes(code ?? -1)) {
    throw new Error(`volley ${args.join(' ')} ended with ${code}: ${client.tail()}`);
  }
  return { text: client.tail(), usage };
}

/** Creates a folder with these files, calls a function with it, and removes it afterwards. */
export async function inFolder<Value>(
  files: Readonly<Record<string, string>>,
  work: (folder: string) => Promise<Value>,
): Promise<Value> {
  const folder = mkdtempSync(join(tmpdir(), 'volley-bench-plan-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
