/**
 * `npm run bench:resume`: what it costs to resume a long results file: to read it, to compare it
 * with the tasks and, if some had failed, to send those and rewrite the file. Options: --write
 * (updates docs/benchmarks.md).
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { volley } from './clients/volley.ts';
import { writeEarlierResults } from './earlier-results.ts';
import { freeServer } from './full-run.ts';
import { startClient, type Usage } from './measure/client-process.ts';
import { writeSection } from './report/docs.ts';
import { machineLine } from './report/machine.ts';
import { markdownTable } from './report/table.ts';
import { writeRows } from './work.ts';

const SIZES = [20_000, 200_000, 1_000_000];
const SEAL_KEY = 'benchmark'.repeat(4);
const CASES = [
  { title: 'nothing', failedOneIn: Infinity },
  { title: 'one in a hundred', failedOneIn: 100 },
];

const tell = (line: string): void => void process.stdout.write(`${line}\n`);

tell(machineLine());
const rows: string[][] = [];
for (const records of SIZES) {
  for (const { title, failedOneIn } of CASES) {
    const { fileMb, usage } = await resume(records, failedOneIn);
    const { wallMs, cpuMs, peakMiB } = usage;
    const row = [
      records.toLocaleString('en'),
      `${fileMb} MB`,
      title,
      `${(wallMs / 1000).toFixed(1)} s`,
      `${(cpuMs / 1000).toFixed(1)} s`,
      `${Math.round(peakMiB)} MiB`,
    ];
    tell(row.join('  '));
    rows.push(row);
  }
}
const table = markdownTable(['records', 'file', 'sent again', 'time', 'CPU', 'peak memory'], rows);
tell(`\n${table}`);
if (process.argv.includes('--write')) writeSection('resume', { tables: table });

async function resume(
  records: number,
  failedOneIn: number,
): Promise<{ readonly fileMb: number; readonly usage: Usage }> {
  const folder = mkdtempSync(join(tmpdir(), 'volley-bench-resume-'));
  const server = await freeServer();
  try {
    const rowsFile = join(folder, 'rows.jsonl');
    await writeRows(rowsFile, records);
    const job = { folder, rowsFile, origin: server.origin, wire: 'chat' } as const;
    const command = await volley.prepare({ ...job, requestsPerSecond: undefined }, {});
    const manifestFile = join(folder, 'volley.yaml');
    const results = join(folder, 'results.jsonl');
    const environment = { ...command.env, VOLLEY_SEAL_KEY: SEAL_KEY };
    const earlier = { manifestFile, environment, sealKey: SEAL_KEY, failedOneIn };
    await writeEarlierResults(results, earlier);
    const args = [...command.args, '--resume'];
    const client = startClient({ ...command, args, env: environment }, folder);
    const { code } = await client.ended;
    const usage = client.usage();
    if (code !== 0 || !usage) throw new Error(`volley ended with ${code}: ${client.tail()}`);
    return { fileMb: Math.round(statSync(results).size / 1e6), usage };
  } finally {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
