import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { startLoopback, type Loopback } from './loopback.ts';
import { newVolley, type Volley } from './volley.ts';

export interface ReaderFigures {
  /** How many times `| head -1` was tried, each time with another volley. */
  readonly heads: number;
  /** The most requests that were sent after the reader had left, not counting those in flight. */
  readonly sentForNobody: number;
  /**
   * Peak memory of a volley whose reader reads everything immediately, and of one whose reader is
   * slow.
   */
  readonly fastReaderMb: number;
  readonly slowReaderMb: number;
  /** How many ways to close stdin, stdout and stderr were tried. */
  readonly closings: number;
  readonly violations: readonly string[];
}

const BIN = resolve('dist/cli/bin.js');
const CONCURRENCY = 16;

/**
 * Reads results in every way except the right one. In every case, there is no stack trace and no
 * wrong exit code, memory is bounded, and the results file is complete.
 */
export async function tortureByReaders(options: {
  readonly heads: number;
  readonly slowRecords: number;
}): Promise<ReaderFigures> {
  const server = await startLoopback({ seed: 1, faultShare: 0, latencyMs: 5, answerBytes: 5000 });
  const violations: string[] = [];
  try {
    const sentForNobody = await heads(options.heads, server, violations);
    const fastReaderMb = await peakMb(options.slowRecords, 'cat', server, violations);
    const slowReaderMb = await peakMb(options.slowRecords, SLOW, server, violations);
    if (slowReaderMb > fastReaderMb + 64) violations.push('a slow reader fills the memory');
    const closings = await closedStreams(server, violations);
    return {
      heads: options.heads,
      sentForNobody,
      fastReaderMb,
      slowReaderMb,
      closings,
      violations,
    };
  } finally {
    server.close();
  }
}

let nextTask = 0;
function volleyOf(tasks: number, server: Loopback): Volley {
  const firstTask = nextTask;
  nextTask += tasks;
  return newVolley({ url: server.url, tasks, firstTask, concurrency: CONCURRENCY });
}

async function heads(times: number, server: Loopback, violations: string[]): Promise<number> {
  let most = 0;
  for (let time = 0; time < times; time++) {
    const volley = volleyOf(2000, server);
    const before = await server.look();
    const { stdout, stderr } = await bash(
      'volley run volley.yaml -q | head -1; echo "${PIPESTATUS[0]}"',
      volley.cwd,
    );
    const { requests } = await server.look();
    most = Math.max(most, requests - before.requests - CONCURRENCY);
    if (stderr !== '') violations.push(`| head -1 said ${stderr}`);
    if (!/^{"v":1,.*}\n0\n$/.test(stdout))
      violations.push(`| head -1 gave ${stdout.slice(0, 200)}`);
    volley.remove();
  }
  return most;
}

/** Reads 256 KiB, pauses, and repeats. */
const SLOW = `'${process.execPath}' -e '
  const fs = require("fs");
  const buffer = Buffer.alloc(256 * 1024);
  for (;;) {
    const count = fs.readSync(0, buffer);
    if (count === 0) break;
    fs.writeSync(1, buffer.subarray(0, count));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 25);
  }'`;

async function peakMb(
  records: number,
  reader: string,
  server: Loopback,
  violations: string[],
): Promise<number> {
  const volley = volleyOf(records, server);
  const line = `volley run volley.yaml -q | ${reader} | wc -l`;
  const measured = `set -o pipefail; ${line.replace('volley run', 'measured run')}`;
  const { stdout, code } = await bash(measured, volley.cwd);
  if (stdout !== `${records}\n`)
    violations.push(`${reader.slice(0, 10)} got ${stdout} of ${records}`);
  if (code !== 0) violations.push(`the run behind ${reader.slice(0, 10)} ended in ${code}`);
  const peak = Number(readFileSync(`${volley.cwd}/peak`, 'utf8'));
  volley.remove();
  return Math.round(peak / 1024);
}

const STREAMS = ['<&-', '>&-', '2>&-'] as const;

/** Tries every combination of closed streams, with a results file: they must not affect the run. */
async function closedStreams(server: Loopback, violations: string[]): Promise<number> {
  const choices = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) =>
    STREAMS.filter((_, at) => (bits & (1 << at)) !== 0).join(' '),
  );
  for (const closed of choices) {
    const volley = volleyOf(20, server);
    const { code } = await bash(`volley run volley.yaml -o out.jsonl ${closed}`, volley.cwd);
    if (code !== 0) violations.push(`with ${closed || 'nothing closed'} it ended in ${code}`);
    const { records, tornEnd } = volley.read();
    if (records.length !== 20 || tornEnd !== '')
      violations.push(`with ${closed} results are missing`);
    volley.remove();
  }
  return choices.length;
}

/**
 * Runs a line of bash that can use `volley`, and `measured`, which writes its peak memory in KiB to
 * `./peak`.
 */
async function bash(
  line: string,
  cwd: string,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const define = `volley() { '${process.execPath}' '${BIN}' "$@"; }
measured() { '${process.execPath}' --import '${PEAK}' '${BIN}' "$@"; }`;
  const child = spawn('bash', ['-c', `${define}\n${line}`], {
    cwd,
    // The home is the working folder, so that learned limits do not affect another run's start.
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end();
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((done) => {
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

const PEAK = `data:text/javascript,import{writeFileSync}from"node:fs";process.on("exit",()=>writeFileSync("peak",String(process.resourceUsage().maxRSS)))`;
