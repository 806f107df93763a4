import { markdownTable } from '../report/table.ts';
import { inFolder, volley } from './volley-command.ts';

interface Speed {
  readonly tasks: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
}

const SIZES = [1_000, 10_000, 100_000, 1_000_000];

const MANIFEST = {
  defaults: { model: 'anthropic/claude-haiku-5-5', max_tokens: 800 },
  providers: { anthropic: { limits: { rpm: 1000, itpm: '400k', otpm: '80k', concurrency: 16 } } },
  tasks: [
    {
      id: 'review',
      for_each: { file: 'rows.csv' },
      prompt: 'Is this review of a product friendly? Answer with a word.\n\n{{ item.text }}',
    },
  ],
};

const REVIEW =
  'It came on time and does what it says but the handle is loose and the paint smells of glue';

/** Plans of CSV files with more and more rows. */
export async function measureSpeed(): Promise<readonly Speed[]> {
  const speeds: Speed[] = [];
  for (const tasks of SIZES) {
    const rows = Array.from({ length: tasks }, (_, at) => `r${at},${REVIEW} number ${at}`);
    const files = {
      'volley.yaml': JSON.stringify(MANIFEST),
      'rows.csv': ['id,text', ...rows, ''].join('\n'),
    };
    const { usage } = await inFolder(files, (folder) => volley(folder, ['plan', 'volley.yaml']));
    speeds.push({ tasks, ...usage });
  }
  return speeds;
}

export function speedTable(speeds: readonly Speed[]): string {
  return markdownTable(
    ['tasks planned', 'time', 'CPU time', 'peak memory'],
    speeds.map(({ tasks, wallMs, cpuMs, peakMiB }) => [
      tasks.toLocaleString('en'),
      `${(wallMs / 1000).toFixed(1)} s`,
      `${(cpuMs / 1000).toFixed(1)} s`,
      `${Math.round(peakMiB)} MiB`,
    ]),
  );
}
