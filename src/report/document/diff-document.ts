import {
  valuesByName,
  type ChangedTask,
  type DiffedAnswer,
  type DiffSide,
  type ResultsDiff,
} from '../../compare/results-diff.ts';
import { wordDiff } from '../../compare/word-diff.ts';
import { formatUsd } from '../../money/cost.ts';
import type { JsonValue } from '../../ports/json.ts';
import { formatCount, formatShare } from '../format.ts';
import { foreign, type Block, type Words } from './blocks.ts';
import { agreementText, shortened } from './digest-document.ts';

/** What changed between two sets of results, as `volley diff` says it. */
export function diffDocument(diff: ResultsDiff): readonly Block[] {
  const { a, b, counts, fields, agreement, tasks, omitted } = diff;
  return [
    { kind: 'heading', text: [foreign(a.name), ' and ', foreign(b.name)] },
    { kind: 'line', text: countsText(counts) },
    { kind: 'line', text: `Tasks with two answers: ${agreementText(agreement)}` },
    sidesTable(a, b),
    ...(fields.length === 0
      ? []
      : [
          {
            kind: 'table' as const,
            columns: [{ title: 'field' }, { title: 'agreement' }, { title: 'tasks' }],
            rows: fields.map(({ name, compared, equal }) => [
              foreign(name),
              formatShare(equal / compared),
              `${equal}/${compared}`,
            ]),
          },
        ]),
    ...tasks.flatMap(taskBlocks),
    ...(omitted > 0
      ? [
          {
            kind: 'line' as const,
            text: `… and ${omitted.toLocaleString('en')} more (all of them: \`--all\`)`,
          },
        ]
      : []),
  ];
}

function countsText({ same, answer, status, only_a, only_b }: ResultsDiff['counts']): string {
  const parts = [
    [same, 'the same'],
    [answer, 'with another answer'],
    [status, 'with another status'],
    [only_a, 'only in the first'],
    [only_b, 'only in the second'],
  ] as const;
  return parts
    .filter(([count], at) => count > 0 || at === 0)
    .map(([count, words]) => `${count.toLocaleString('en')} ${words}`)
    .join(' · ');
}

function sidesTable(a: DiffSide, b: DiffSide): Block {
  const costs = a.cost_usd === null || b.cost_usd === null ? null : b.cost_usd - a.cost_usd;
  return {
    kind: 'table',
    columns: ['', 'tasks', 'succeeded', 'input', 'output', 'cost'].map((title) => ({ title })),
    rows: [
      sideRow(a),
      sideRow(b),
      [
        'change',
        signed(b.tasks - a.tasks, String),
        signed(b.succeeded - a.succeeded, String),
        signed(b.input_tokens - a.input_tokens, formatCount),
        signed(b.output_tokens - a.output_tokens, formatCount),
        costs === null ? '' : signed(costs, formatUsd),
      ],
    ],
  };
}

function sideRow({ name, ...side }: DiffSide): readonly Words[] {
  return [
    foreign(name),
    side.tasks.toLocaleString('en'),
    side.succeeded.toLocaleString('en'),
    formatCount(side.input_tokens),
    formatCount(side.output_tokens),
    costText(side.cost_usd),
  ];
}

function costText(usd: number | null): string {
  return usd === null ? 'unknown' : formatUsd(usd);
}

function signed(difference: number, format: (amount: number) => string): string {
  if (difference === 0) return '0';
  return (difference > 0 ? '+' : '-') + format(Math.abs(difference));
}

function taskBlocks({ id, change, fields, a, b }: ChangedTask): readonly Block[] {
  const title = (words: string): Block => ({
    kind: 'heading',
    text: [foreign(shortened(id)), `: ${words}`],
  });
  if (change === 'only_a') return [title('only in the first')];
  if (change === 'only_b') return [title('only in the second')];
  if (!a || !b) return [];
  if (change === 'status') {
    return [
      title(`${a.status}, then ${b.status}`),
      ...[a, b].flatMap(({ error }): readonly Block[] =>
        error
          ? [{ kind: 'line', text: [foreign(`${error.code}: ${shortened(error.message)}`)] }]
          : [],
      ),
    ];
  }
  return [
    fields
      ? {
          kind: 'heading',
          text: [foreign(shortened(id)), ': ', ...fieldWords(fields)],
        }
      : title('another answer'),
    {
      kind: 'diff',
      parts: fields ? fieldParts(fields, a, b) : textParts(answerText(a), answerText(b)),
    },
  ];
}

/** With little of what is the same around each change. */
export function textParts(before: string, after: string): DiffParts {
  return wordDiff(before, after).map(({ kind, text }) => [kind, excerpt(kind, text)] as const);
}

type DiffParts = Extract<Block, { kind: 'diff' }>['parts'];

/** Only the fields that changed, one below the other. */
function fieldParts(fields: readonly string[], a: DiffedAnswer, b: DiffedAnswer): DiffParts {
  const [before, after] = [valuesByName(a.output), valuesByName(b.output)];
  return fields
    .slice(0, MOST_FIELDS)
    .flatMap((name, at) => [
      ['same', `${at > 0 ? '\n' : ''}${shortened(name)}: `] as const,
      ...textParts(valueText(before.get(name)), valueText(after.get(name))),
    ]);
}

const MOST_FIELDS = 8;

function fieldWords(fields: readonly string[]): ReadonlyArray<string | ReturnType<typeof foreign>> {
  const shown = fields
    .slice(0, MOST_FIELDS)
    .flatMap((name, at) => [...(at > 0 ? [', '] : []), foreign(shortened(name))]);
  return fields.length > MOST_FIELDS ? [...shown, ', …'] : shown;
}

function answerText({ output }: DiffedAnswer): string {
  return valueText(output);
}

function valueText(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Of equal text, only the words next to a change. */
const MOST_SAME = 160;
const MOST_CHANGED = 2_000;

function excerpt(kind: 'same' | 'removed' | 'added', text: string): string {
  const most = kind === 'same' ? MOST_SAME : MOST_CHANGED;
  if (text.length <= most) return text;
  const half = most / 2;
  return `${text.slice(0, half)} … ${text.slice(text.length - half)}`;
}
