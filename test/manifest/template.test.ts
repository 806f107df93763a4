import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { literalTemplate, parseTemplate } from '../../src/manifest/parse-template.ts';
import type { Template, TemplateOrigin } from '../../src/manifest/template.ts';
import type { JsonValue } from '../../src/ports/json.ts';

const LACKING_HINT = 'give every row the value, or write `| default: ""` right after its name';
const OBJECT_HINT = 'use one of its fields, or write `| json` after it';
const FORM = 'write it like `{{ item.name }}` or `{{ item.name | filter: "argument" }}`';

describe('a template renders', () => {
  test.each<[string, Record<string, JsonValue>, string]>([
    [
      'Review {{ item.path }} for {{ matrix.lens }}',
      { item: { path: 'a.ts' }, matrix: { lens: 'bugs' } },
      'Review a.ts for bugs',
    ],
    ['{{ item }}', { item: 'plain' }, 'plain'],
    ['{{ item["a b"].c[0] }}', { item: { 'a b': { c: [7] } } }, '7'],
    ['{{ item[vars.column] }}', { item: { x: 'X' }, vars: { column: 'x' } }, 'X'],
    [
      '{{ item.n }} {{ item.yes }} [{{ item.none }}]',
      { item: { n: 1.5, yes: true, none: null } },
      '1.5 true []',
    ],
    [
      '{% for q in item.list %}{{ q.a }};{% endfor %}',
      { item: { list: [{ a: 1 }, { a: 2 }] } },
      '1;2;',
    ],
    ['{{ item | json }}', { item: { a: [1, 'x'] } }, '{"a":[1,"x"]}'],
    ['{{ item | join: ", " }}', { item: ['a', 'b'] }, 'a, b'],
    ['{{ item | upcase | truncate: 4 }}', { item: 'abcdef' }, 'A...'],
    ['{% raw %}{{ item }}{% endraw %}', {}, '{{ item }}'],
    ['{{ 0 | date: "%Y-%m-%d %H" }}', {}, '1970-01-01 00'],
    ['{{ item[ "a:b" ][ 0 ] }}', { item: { 'a:b': ['x'] } }, 'x'],
    ['{% for i in (1..3) reversed limit:2, offset: 1 -%}{{ i }}{% endfor %}', {}, '32'],
    [
      '{% liquid\n assign x = item | default: "y"\n if x\n echo x | upcase\n endif %}{% if item\n and item %}z{% endif %}',
      { item: 'a' },
      'Az',
    ],
    ['}} and %} and ${HOME} and $item', {}, '}} and %} and ${HOME} and $item'],
  ])('%s', async (text, data, expected) => {
    expect(await parsed(text).render(data)).toEqual({ ok: true, text: expected });
  });

  test('a value that contains template syntax without expanding it', async () => {
    const nasty =
      '{{ vars.secret }} ${HOME} {% include "x" %} {{ constructor.constructor("return 1")() }}';
    const rendered = await parsed('{{ item }}{% assign a = item %}{{ a }}').render({
      item: nasty,
      vars: { secret: 's' },
    });
    expect(rendered).toEqual({ ok: true, text: nasty + nasty });
  });

  test('any value of any row unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (value) => {
        expect(await parsed('<{{ item.a }}>').render({ item: { a: value } })).toEqual({
          ok: true,
          text: `<${value}>`,
        });
      }),
    );
  });

  test('the same text each time, whatever it assigns', async () => {
    const template = parsed(
      '{% assign seen = item %}{% capture item %}x{% endcapture %}{{ seen }}',
    );
    const data = { item: 'first' };
    expect([await template.render(data), await template.render(data), data]).toEqual([
      { ok: true, text: 'first' },
      { ok: true, text: 'first' },
      { item: 'first' },
    ]);
  });

  test('a literal string without expanding it', async () => {
    const template = literalTemplate('{{ item }} {% if');
    expect(template.variables).toEqual([]);
    expect(await template.render({})).toEqual({ ok: true, text: '{{ item }} {% if' });
  });
});

const OBJECTS: ReadonlyArray<
  readonly [text: string, data: Record<string, JsonValue>, span: string]
> = [
  ['{{ item }}', { item: { a: 1 } }, '1:1-11'],
  ['{{ item | upcase }}', { item: { a: 1 } }, '1:1-20'],
  ['{{ item | raw }}', { item: { a: 1 } }, '1:1-17'],
  ['{{ "a" | append: item }}', { item: { a: 1 } }, '1:1-25'],
  ['{% echo item %}', { item: { a: 1 } }, '1:1-16'],
  ['{% capture x %}{{ item }}{% endcapture %}', { item: { a: 1 } }, '1:16-26'],
  ['{{ item | join: "" }}', { item: [{ a: 1 }] }, '1:1-22'],
];

describe('a template cannot be rendered', () => {
  test.each<[string, Record<string, JsonValue>, string, string]>([
    [
      '{{ item.b }}',
      { item: { a: 1 } },
      '1:4-10 UNKNOWN_VARIABLE unknown variable `item.b`',
      LACKING_HINT,
    ],
    [
      'a\n {{ vars.x }}',
      { vars: {} },
      '2:5-11 UNKNOWN_VARIABLE unknown variable `vars.x`',
      'add it under `vars`, or pass it in with `--set`',
    ],
    [
      '{{ item.constructor }}',
      { item: {} },
      '1:4-20 UNKNOWN_VARIABLE unknown variable `item.constructor`',
      LACKING_HINT,
    ],
    [
      '{{ item.__proto__ }}',
      { item: {} },
      '1:4-18 UNKNOWN_VARIABLE unknown variable `item.__proto__`',
      LACKING_HINT,
    ],
    [
      '{{ item }}',
      { item: [{ a: 1 }] },
      '1:1-11 OBJECT_IN_TEXT a list cannot be used as text',
      'write `| json` after it',
    ],
    [
      '{{ item }}',
      { item: ['a', 'b'] },
      '1:1-11 OBJECT_IN_TEXT a list cannot be used as text',
      'write `| join: ", "` or `| json` after it',
    ],
    [
      '{{ "now" | date: "%s" }}',
      {},
      '1:1-25 TEMPLATE_SYNTAX `now` would give a different prompt on every run',
      'pass the date in with `--set date=2026-01-31` and write `vars.date`',
    ],
    [
      '{% for i in (1..9999999999) %}x{% endfor %}',
      {},
      '1:1-31 TEMPLATE_SYNTAX the template produces too much text',
      'make its loops shorter',
    ],
    ...OBJECTS.map(([text, data, span]): [string, Record<string, JsonValue>, string, string] => [
      text,
      data,
      `${span} OBJECT_IN_TEXT an object cannot be used as text`,
      OBJECT_HINT,
    ]),
  ])('%s', async (text, data, expected, hint) => {
    const rendered = await parsed(text).render(data);
    if (rendered.ok) throw new Error(`it printed ${rendered.text}`);
    const { code, message, place } = rendered;
    expect(`${place.line}:${place.column}-${place.endColumn} ${code} ${message}`).toBe(expected);
    expect(rendered.hint).toBe(hint);
  });
});

const unexpected = (at: string, found: string, hint = FORM): string =>
  `${at} TEMPLATE_SYNTAX unexpected \`${found}\` in the template (${hint})`;
const filter = (at: string, name: string, hint = SOME_FILTERS): string =>
  `${at} UNKNOWN_FILTER unknown filter \`${name}\` (${hint})`;
const SOME_FILTERS = 'for example, use `upcase`, `strip`, `join` or `json`';

describe('a mistake in a template is reported at its place', () => {
  test.each<[string, string | string[]]>([
    ['{{ item | upcas }}', filter('1:11-16', 'upcas', 'did you mean `upcase`?')],
    [
      '{{ a | upcas }}\n{{ "| nope" | nope | dwncase }}',
      [
        filter('1:8-13', 'upcas', 'did you mean `upcase`?'),
        filter('2:15-19', 'nope'),
        filter('2:22-29', 'dwncase', 'did you mean `downcase`?'),
      ],
    ],
    ['{{ a | constructor }}', filter('1:8-19', 'constructor')],
    ['{{ a | where_exp: "x", "x" }}', filter('1:8-17', 'where_exp')],
    ['x\n{% fo a in item %}', '2:1-19 TEMPLATE_SYNTAX unknown tag `fo` (did you mean `for`?)'],
    [
      '{% if a %}\nx',
      '1:1-11 TEMPLATE_SYNTAX `{% if a %}` is never closed (write `{% endif %}` where it ends)',
    ],
    [
      '{% endfor %}',
      '1:1-13 TEMPLATE_SYNTAX `endfor` has no opening tag before it (write `{% for … %}` before it, or delete it)',
    ],
    [
      '{% if a %}{% else if b %}{% endif %}',
      '1:1-11 TEMPLATE_SYNTAX unexpected words after `else` (did you mean `elsif`?)',
    ],
    [
      'x {{ a',
      '1:3-5 TEMPLATE_SYNTAX `{{` is never closed (close it with `}}`; for the characters themselves write `{% raw %}{{{% endraw %}`)',
    ],
    [
      'x {% if',
      '1:3-5 TEMPLATE_SYNTAX `{%` is never closed (close it with `%}`; for the characters themselves write `{{ "{%" }}`)',
    ],
    [
      '{{ }}',
      '1:4-5 TEMPLATE_SYNTAX there is no value between the brackets (write a variable, such as `{{ item.path }}`)',
    ],
    ...(
      [
        ['[0:100]', 'slice: 0, 100'],
        ['[:100]', 'slice: 0, 100'],
        ['[1:]', 'slice: 1, item.text.size'],
        ['[2:5]', 'slice: 2, 3'],
        ['[ -5: ]', 'slice: -5, 5'],
        ['[:-1]', 'slice: START, LENGTH'],
        ['[::2]', 'slice: START, LENGTH'],
        ['[vars.a:vars.b]', 'slice: START, LENGTH'],
      ] as const
    ).map(([slice, hint]): [string, string] => [
      `{{ item.text${slice} }}`,
      `1:13-${13 + slice.length} TEMPLATE_SYNTAX templates have no slices such as \`${slice.replaceAll(' ', '')}\` (write \`{{ item.text | ${hint} }}\`)`,
    ]),
    [
      '{{ "x" | append: a[0].b[0:2] }}',
      '1:24-29 TEMPLATE_SYNTAX templates have no slices such as `[0:2]` (write `{{ a[0].b | slice: 0, 2 }}`)',
    ],
    [
      '{% for x in a[0:2] %}{% endfor %}',
      '1:14-19 TEMPLATE_SYNTAX templates have no slices such as `[0:2]` (assign it first: `{% assign part = a | slice: 0, 2 %}`)',
    ],
    [
      '{% if a[0:2] == "x" %}{% endif %}',
      '1:8-13 TEMPLATE_SYNTAX templates have no slices such as `[0:2]` (compare the whole value, or search it with `contains`)',
    ],
    ['{{ a[0 1] }}', unexpected('1:5-10', '1')],
    ['{{ a[] }}', unexpected('1:5-7', '[]')],
    ['{% assign x = a, b %}', unexpected('1:16-19', ', b')],
    ['{% if a ) b -%}{% endif %}', unexpected('1:9-12', ') b')],
    [
      '{% for x in a | reverse %}{% endfor %}',
      unexpected(
        '1:15-24',
        '| reverse',
        'assign it first, as in `{% assign list = item.list | reverse %}`',
      ),
    ],
    ...(
      [
        ['len(item.text)', 'write `item.text | size`, or in a condition `item.text.size`'],
        ['item.get("text")', 'write `item.text`'],
        ['item.get("a", "x")', 'write `item.a | default: "x"`'],
        ['range(3)', 'write `(1..3)`'],
        ['range(2, 5)', 'write `(2..5)`'],
        ['item.text.upper()', 'write `item.text | upcase`'],
        ['item.text.replace("a", "b")', 'write `item.text | replace: "a", "b"`'],
        ['call(1)', 'use a filter, such as `{{ item.text | size }}`'],
        [
          'os.getenv("TEAM")',
          'a template never sees the environment: pass the value in with `--set TEAM=…` and write `vars.TEAM`',
        ],
      ] as const
    ).map(([call, hint]): [string, string] => [
      `{{ ${call} }}`,
      `1:4-${4 + call.length} TEMPLATE_SYNTAX templates have no functions: \`${call}\` (${hint})`,
    ]),
    [
      '{% for i in range(3) %}{% endfor %}',
      '1:13-21 TEMPLATE_SYNTAX templates have no functions: `range(3)` (write `(1..3)`)',
    ],
    [
      '{{ a | truncate(10) }}',
      '1:16-20 TEMPLATE_SYNTAX templates have no functions: `truncate(10)` (write `truncate: 10`)',
    ],
    [
      '{{ a | length() }}',
      '1:14-16 TEMPLATE_SYNTAX templates have no functions: `length()` (write `size`)',
    ],
    [
      "{{ a | default 'x' }}",
      "1:16-19 TEMPLATE_SYNTAX the filter `default` has no `:` before its arguments (write `default: 'x'`)",
    ],
    [
      '{{ item.a if item.b else "x" }}',
      unexpected(
        '1:11-13',
        'if',
        'write `{% if … %}…{% else %}…{% endif %}`, or `| default: …` for a value that may be missing',
      ),
    ],
    ['{{ a ~ b }}', unexpected('1:6-7', '~', 'join strings with a filter: `| append: …`')],
    [
      '{% if a %}{% end %}',
      '1:11-20 TEMPLATE_SYNTAX unknown tag `end` (say what it ends: `{% endif %}` or `{% endfor %}`)',
    ],
    ['{% set x = 1 %}', '1:1-16 TEMPLATE_SYNTAX unknown tag `set` (did you mean `assign`?)'],
    ['{{ a b }}', unexpected('1:6-7', 'b')],
    ['{{ a == }}', unexpected('1:6-8', '==')],
    ['{{ a, b }}', unexpected('1:5-8', ', b')],
    ['{{ a | }}', unexpected('1:6-7', '|')],
    [
      '{{ a + b }}',
      unexpected('1:6-7', '+', 'calculate with a filter: `plus`, `minus`, `times` or `divided_by`'),
    ],
    ['{{ a. }}', unexpected('1:4-6', 'a.')],
    ['{{ !a }}', '1:4-5 TEMPLATE_SYNTAX unexpected `!` in the template (write `not` instead)'],
    ...['include', 'render', 'layout'].map((tag): [string, string] => [
      `{% ${tag} "/etc/passwd" %}`,
      `1:1-${tag.length + 21} TEMPLATE_SYNTAX a template cannot read another file: \`${tag}\` (put shared text in \`context\`, or the whole prompt in a file with \`prompt: {file: …}\`)`,
    ]),
    [
      '{% increment n %}',
      '1:1-18 TEMPLATE_SYNTAX unknown tag `increment` (the tags are `if`, `unless`, `case`, `for`, `assign`, `capture`, `raw`)',
    ],
  ])('%s', (text, expected) => {
    expect(slips(text)).toEqual([expected].flat());
  });

  test('a hostile template is refused quickly instead of being parsed for minutes', () => {
    expect(slips('{{a}}'.repeat(200_000))).toEqual([
      '1:1-undefined TEMPLATE_SYNTAX the template has more than 10,000 `{{` and `{%` (put what repeats into rows, with `for_each`)',
    ]);
    expect(slips('{% if a %}'.repeat(9_000))[0]).toContain('TEMPLATE_SYNTAX');
    expect(slips(`{{ ${'a['.repeat(20_000)}1${']'.repeat(20_000)} }}`)[0]).toContain(
      'nested too deeply',
    );
    expect(slips(`{{ item${'.a'.repeat(100)} }}`)[0]).toContain('more than 100 steps');
    expect(parsed(`{% if a${' or a'.repeat(5_000)} %}{% endif %}`).variables).toHaveLength(5_001);
  });

  test('the parser does not throw for any text', async () => {
    const parts = '{{·}}·{%·%}· if · for ·endif· a·.b·|·:·"·\'·[·]·(·..·)·,·=·\n·raw·x·#·-·liquid';
    const part = fc.constantFrom(...parts.split('·'));
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 14 }), async (some) => {
        const text = some.join('');
        const result = parseTemplate(text, origin(text));
        if (result.ok) await result.template.render({ a: 1 });
        else expect(result.findings.length).toBeGreaterThan(0);
      }),
      { numRuns: 400 },
    );
  });
});

describe('the variables of a template', () => {
  test('are full paths with places, except those that the template defines itself', () => {
    const text =
      '{% for row in item.rows %}{{ row.a }}{{ forloop.index }}{% endfor %}{% assign q = vars.b %}{{ q }}\n' +
      '{% capture c %}{{ task.id }}{% endcapture %}{{ c }}{{ row }} {{ item[vars.k] | append: matrix.x }}';
    expect(uses(parsed(text))).toEqual([
      'item.rows 1:15-24',
      'vars.b 1:83-89',
      'task.id 2:19-26 printed',
      'row 2:55-58 printed',
      'item 2:65-77',
      'vars.k 2:70-76',
      'matrix.x 2:88-96',
    ]);
  });

  test('include those in conditions, ranges and tag arguments', () => {
    const text =
      '{% if item.a == vars.b and item.c %}{% elsif item.d %}{% endif %}{% for i in (1..vars.n) limit: vars.m %}{% endfor %}{% case item.e %}{% when item.f %}{% endcase %}';
    expect(parsed(text).variables.map(({ path }) => path.join('.'))).toEqual([
      'item.a',
      'vars.b',
      'item.c',
      'item.d',
      'vars.n',
      'vars.m',
      'item.e',
      'item.f',
    ]);
  });

  test('exclude those in raw text and comments', () => {
    expect(
      parsed('{% raw %}{{ a }}{% endraw %}{% comment %}{{ b }}{% endcomment %}').variables,
    ).toEqual([]);
  });
});

function origin(text: string): TemplateOrigin {
  return {
    file: 'p.md',
    placeAt(offset) {
      const lines = text.slice(0, offset).split('\n');
      return { file: 'p.md', line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
    },
  };
}

function parsed(text: string): Template {
  const result = parseTemplate(text, origin(text));
  if (!result.ok) throw new Error(JSON.stringify(result.findings));
  return result.template;
}

function slips(text: string): string[] {
  const result = parseTemplate(text, origin(text));
  if (result.ok) return [];
  return result.findings.map(
    ({ code, message, hint, place }) =>
      `${place.line}:${place.column}-${place.endColumn} ${code} ${message} (${hint})`,
  );
}

function uses({ variables }: Template): string[] {
  return variables.map(
    ({ path, place, isPrinted }) =>
      `${path.join('.')} ${place.line}:${place.column}-${place.endColumn}${isPrinted ? ' printed' : ''}`,
  );
}
