import { spawn } from 'node:child_process';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { systemOutput } from '../../src/ports/system-output.ts';

const PORT = new URL('../../src/ports/system-output.ts', import.meta.url).href;

function program(body: string): string[] {
  return [
    '--input-type=module',
    '-e',
    `import { systemOutput } from ${JSON.stringify(PORT)}; const out = systemOutput(process.stdout); ${body}`,
  ];
}

test('a write resolves when the reader has received it', async () => {
  let take: (() => void) | undefined;
  const stream = new Writable({
    write(_chunk, _encoding, callback) {
      take = callback;
    },
  });
  const steps: string[] = [];
  const written = systemOutput(stream)
    .write('x')
    .then(() => steps.push('written'));
  await new Promise(setImmediate);
  steps.push('taken');
  take?.();
  await written;
  expect(steps).toEqual(['taken', 'written']);
});

test('after a failure, every write rejects with it, and no rejection is unhandled', async () => {
  const stream = new Writable({
    write(_chunk, _encoding, callback) {
      callback(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    },
  });
  const out = systemOutput(stream);
  await expect(out.write('x')).rejects.toMatchObject({ code: 'EPIPE' });
  await expect(out.write('y')).rejects.toMatchObject({ code: 'EPIPE' });
});

test('a pipe without a reader rejects with EPIPE and does not end the process', async () => {
  const child = spawn(
    process.execPath,
    program(
      `try { for (;;) await out.write('x'.repeat(1000) + '\\n') } catch (e) { process.exitCode = e.code === 'EPIPE' ? 42 : 1 }`,
    ),
  );
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect({ code, stderr }).toEqual({ code: 42, stderr: '' });
});

test('everything reaches a reader that starts late', async () => {
  const lines = 100_000;
  const child = spawn(
    process.execPath,
    program(`for (let i = 0; i < ${lines}; i++) await out.write('x'.repeat(20) + i + '\\n')`),
  );
  child.stdout.pause();
  await new Promise((resolve) => setTimeout(resolve, 300));
  let seen = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    for (const byte of chunk) if (byte === 10) seen += 1;
  });
  child.stdout.resume();
  await new Promise((resolve) => child.once('close', resolve));
  expect(seen).toBe(lines);
});

test('a pipe has no size and no color', () => {
  const out = systemOutput(new Writable());
  expect({ ...out, columns: out.columns(), rows: out.rows(), write: undefined }).toMatchObject({
    isTty: false,
    color: false,
    columns: undefined,
    rows: undefined,
  });
});
