import { describe, expect, test } from 'vitest';
import {
  checkVariables,
  GLOB_FIELDS,
  type KnownVariables,
} from '../../src/manifest/unknown-variable.ts';
import { template } from '../plan/support.ts';

const KNOWN: KnownVariables = { vars: ['audience', 'tone'], item: GLOB_FIELDS, matrix: ['lens'] };

describe('a variable is accepted:', () => {
  test.each<[string, Partial<KnownVariables>]>([
    ['{{ vars.tone }} {{ item.path }} {{ matrix.lens }} {{ task.id }} {{ task.index }}', {}],
    ['{{ item | json }} {{ matrix | json }}', {}],
    ['{{ item.anything.at.all }}', { item: 'open' }],
    ['{{ item }} {{ item.size }}', { item: 'scalar' }],
    ['{% assign mine = item.path %}{{ mine }}', {}],
  ])('%s', (text, known) => {
    expect(findings(text, known)).toEqual([]);
  });
});

describe('a variable is refused:', () => {
  test.each<[string, Partial<KnownVariables>, string]>([
    ['item.pth', {}, 'did you mean `item.path`?'],
    ['item.zzzz', {}, 'a row has `path`, `name`, `stem`, `ext`, `text`'],
    ['itm.path', {}, 'did you mean `item.path`?'],
    ['path', {}, 'did you mean `item.path`?'],
    ['audience', {}, 'did you mean `vars.audience`?'],
    ['prompt', {}, 'a variable begins with one of `vars`, `item`, `matrix`, `task`'],
    ['prompt', { item: 'none', matrix: 'none' }, 'a variable begins with one of `vars`, `task`'],
    ['item.path', { item: 'none' }, 'this task has no `for_each`, so it has no `item`'],
    ['item.path', { item: 'scalar' }, 'the rows are plain values: write `item`'],
    ['matrix.lens', { matrix: 'none' }, 'this task has no `matrix`'],
    ['matrix.lense', {}, 'did you mean `matrix.lens`?'],
    ['vars.nothing', {}, 'add it under `vars`, or pass it in with `--set`'],
    ['task.name', {}, 'a task has `id`, `index`, `model`'],
    [
      'env.HOME',
      {},
      'a template never sees the environment: pass the value in with `--set HOME=…` and write `vars.HOME`',
    ],
    [
      'os.environ.TEAM',
      {},
      'a template never sees the environment: pass the value in with `--set TEAM=…` and write `vars.TEAM`',
    ],
    ['os', { item: 'open' }, 'if it is a field of the rows, write `item.os`'],
    ['row.text', {}, 'did you mean `item.text`?'],
    ['row', { item: 'scalar' }, 'did you mean `item`?'],
    ['record.text', { item: 'open' }, 'did you mean `item.text`?'],
    ['loop.index', { item: 'open' }, 'did you mean `forloop.index`?'],
    ['None', { item: 'open' }, 'write `nil`, or `blank` to include empty text'],
    ['True', { item: 'open' }, 'write `true`'],
    [
      'review.output',
      { item: 'open', needs: { needs: [], tasks: ['review'] } },
      'add `needs: [review]` to this task, and write `needs.review.output`',
    ],
    ['needs.review', {}, 'this task has no `needs`'],
  ])('unknown: %s', (name, known, hint) => {
    expect(findings(`{{ ${name} }}`, known)).toEqual([
      `1:4 UNKNOWN_VARIABLE unknown variable \`${name}\` (${hint})`,
    ]);
  });

  test.each<[string, Partial<KnownVariables>, string]>([
    [
      'item',
      {},
      'use one of its fields (`item.path`, `item.name`, `item.stem`, `item.ext`, `item.text`) or write `item | json`',
    ],
    ['matrix', {}, 'use one of its fields (`matrix.lens`) or write `matrix | json`'],
    ['vars', { vars: [] }, 'write `vars | json`'],
  ])('an object: %s', (name, known, hint) => {
    expect(findings(`{{ ${name} }}`, known)).toEqual([
      `1:4 OBJECT_IN_TEXT \`${name}\` is an object, which cannot be used as text (${hint})`,
    ]);
  });

  test('once for each place that uses it', () => {
    expect(
      findings('{{ a }} {{ item.path }} {% if b %}{% endif %}', {}).map((each) =>
        each.slice(0, 45),
      ),
    ).toEqual([
      '1:4 UNKNOWN_VARIABLE unknown variable `a` (a ',
      '1:31 UNKNOWN_VARIABLE unknown variable `b` (a',
    ]);
  });
});

function findings(text: string, known: Partial<KnownVariables>): string[] {
  return checkVariables(template(text), { ...KNOWN, ...known }).map(
    ({ code, message, hint, place }) =>
      `${place.line}:${place.column} ${code} ${message} (${hint})`,
  );
}
