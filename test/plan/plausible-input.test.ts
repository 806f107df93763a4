import { describe, expect, test } from 'vitest';
import { formatFinding } from '../../src/errors/code-frame.ts';
import { loadManifest } from '../../src/manifest/load-manifest.ts';
import { planTasks } from '../../src/plan/plan-tasks.ts';
import { modelWarnings } from '../../src/run/model-warnings.ts';
import { memoryFiles } from './support.ts';

/** Input that every parser accepts, but that does not mean what the user intended. */

interface Given {
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly set?: Readonly<Record<string, string>>;
}

/** `line:column severity CODE message (hint)` of all findings of `validate`, in order. */
async function said(manifest: string, { files: texts = {}, set = {} }: Given = {}) {
  const files = memoryFiles(texts);
  const loaded = await loadManifest('m.yaml', {
    files,
    set,
    text: manifest,
    readText: (name) => files.read(name),
  });
  const shown = loaded.ok ? [...loaded.warnings] : [...loaded.findings];
  if (loaded.ok) {
    const planned = await planTasks(loaded.manifest, files);
    shown.push(...modelWarnings(loaded.manifest, { epochMs: NOW }));
    shown.push(...(planned.ok ? planned.warnings : planned.findings));
  }
  return shown.map(({ place: { file, line, column }, severity, code, message, hint }) => {
    const where = file === 'm.yaml' ? `${line}:${column}` : file;
    return `${where} ${severity} ${code} ${message} (${hint})`;
  });
}

/** One finding that matches, or none. */
function expectOne(findings: readonly string[], expected: RegExp | undefined): void {
  expect(findings).toEqual(expected ? [expect.stringMatching(expected)] : []);
}

const NOW = Date.parse('2026-11-30T00:00:00Z');
const MOCK = 'defaults: { model: mock/echo }\n';

const unused = (name: string, hint: string): string[] => [
  `--set error UNKNOWN_VARIABLE \`--set ${name}=…\` sets a value that no template uses (${hint})`,
];
const leave = (name: string): string =>
  `leave it out, or write \`{{ vars.${name} }}\` where it belongs`;

describe('a name in `--set` that no template uses is reported:', () => {
  const ONE = `${MOCK}vars: { audience: all, tone: dry }\ntasks: ["For {{ vars.audience }}"]`;
  test.each<[string, string, Record<string, string>, string[]?]>([
    [
      'a misspelled declared name',
      ONE,
      { audiance: 'x' },
      unused('audiance', 'did you mean `--set audience=…`?'),
    ],
    [
      'a declared name in another case',
      ONE,
      { Audience: 'x' },
      unused('Audience', 'did you mean `--set audience=…`?'),
    ],
    [
      'a declared name with a dash',
      `${MOCK}vars: { due_date: x }\ntasks: ["{{ vars.due_date }}"]`,
      { 'due-date': 'x' },
      unused('due-date', 'did you mean `--set due_date=…`?'),
    ],
    ['a declared name', ONE, { tone: 'x' }, unused('tone', leave('tone'))],
    ['an unknown name', ONE, { q: 'x' }, unused('q', leave('q'))],
    [
      'any name in a manifest without vars',
      `${MOCK}tasks: [hi]`,
      { audience: 'x' },
      unused('audience', leave('audience')),
    ],
    ['but not a name that is used', ONE, { audience: 'x' }],
    [
      'but not a name that is used without being declared',
      `${MOCK}tasks: ["{{ vars.who }}"]`,
      { who: 'x' },
    ],
    [
      'but not a name used only in a condition',
      `${MOCK}tasks: [{ if: 'vars.on == "1"', prompt: hi }]`,
      { on: '1' },
    ],
    [
      'but not a name used only in the context',
      `${MOCK}context: "{{ vars.who }}"\ntasks: [hi]`,
      { who: 'x' },
    ],
    [
      'but not a name used only in `system`',
      `${MOCK}tasks: [{ system: "{{ vars.who }}", prompt: hi }]`,
      { who: 'x' },
    ],
    [
      'but not a name used in a filter’s argument',
      `${MOCK}tasks: ["{{ 'a' | append: vars.who }}"]`,
      { who: 'x' },
    ],
    ['but not if `vars` is used as a whole', `${MOCK}tasks: ["{{ vars | json }}"]`, { who: 'x' }],
    [
      'but not if a value selects the name',
      `${MOCK}tasks: [{ matrix: { l: [de] }, prompt: "{{ vars[matrix.l] }}" }]`,
      { de: 'x' },
    ],
  ])('%s', async (_, manifest, set, expected = []) => {
    expect(await said(manifest, { set })).toEqual(expected);
  });

  test('at the flag, without a line', () => {
    const place = { file: '--set', line: 1, column: 1 };
    const finding = { code: 'BAD_VALUE', severity: 'error', message: 'no', place } as const;
    expect(formatFinding(finding, { color: false })).toBe('--set: error BAD_VALUE: no');
  });
});

describe('a path where `for_each` expects a map', () => {
  test.each<[string, string]>([
    ['cases/one.csv', '{ file: cases/one.csv }'],
    ['rows.tsv', '{ file: rows.tsv }'],
    ['rows.JSONL', '{ file: rows.JSONL }'],
    ['../data/rows.json', '{ file: ../data/rows.json }'],
    ['rows.yml', '{ file: rows.yml }'],
    ['names.txt', '{ file: names.txt }'],
    ['src/**/*.ts', '{ glob: src/**/*.ts }'],
    ['"*.csv"', '{ glob: "*.csv" }'],
    ['src/a?.ts', '{ glob: src/a?.ts }'],
    ['"src/{a,b}.ts"', '{ glob: src/{a,b}.ts }'],
    ['src/auth.ts', '{ glob: src/auth.ts }'],
    ['./src', '{ glob: ./src }'],
  ])('%s', async (written, meant) => {
    const [first] = await said(`${MOCK}tasks: [{ for_each: ${written}, prompt: hi }]`);
    expect(first).toContain(`(write \`for_each: ${meant}\`)`);
    expect(first).toMatch(/^2:\d+ error WRONG_TYPE `for_each` must be /);
  });

  test('a single word gets the hint to use brackets', async () => {
    const [first] = await said(`${MOCK}tasks: [{ for_each: apples, prompt: hi }]`);
    expect(first).toContain('(write it in brackets: `[apples]`)');
  });
});

const overList = (list: string, more = ''): string =>
  `${MOCK}tasks: [{ for_each: ${list}, prompt: "{{ item }}"${more} }]`;

describe('a list of file names as rows is reported:', () => {
  const files = { 'rows.csv': 'a\n1\n', 'src/a.ts': 'A', 'src/b.ts': 'B' };
  test.each<[string, string, string[]?]>([
    [
      'the name of a table',
      overList('[rows.csv]'),
      [
        '2:21 error BAD_ROW the only row is `rows.csv`, a file name: the rows in that file are not read (write `for_each: { file: rows.csv }`)',
      ],
    ],
    [
      'names of source files',
      overList('[src/a.ts, src/b.ts]'),
      [
        '2:21 warning BAD_ROW the rows are file names, such as `src/a.ts`: their names are sent, not their contents (write `for_each: { files: [src/a.ts, …] }` for `item.path` and `item.text`)',
      ],
    ],
    [
      'names of a table and a source file',
      overList('[rows.csv, src/a.ts]'),
      [
        '2:21 warning BAD_ROW the rows are file names, such as `rows.csv`: their names are sent, not their contents (write `for_each: { files: [rows.csv, …] }` for `item.path` and `item.text`)',
      ],
    ],
    ['but not names of missing files', overList('[src/c.ts]')],
    ['but not if some of the files are missing', overList('[src/a.ts, src/c.ts]')],
    ['but not words', overList('[apples, pears]')],
    ['but not versions', overList('["1.10", "2.0"]')],
    ['but not addresses', overList('["https://example.com/a.csv"]')],
    ['but not sentences', overList('["What is src/a.ts?"]')],
    ['but not numbers', overList('[1, 2]')],
  ])('%s', async (_, manifest, expected = []) => {
    expect(await said(manifest, { files })).toEqual(expected);
  });
});

const asText = (at: string, name: string): string[] => [
  `${at} warning SENT_AS_TEXT the name \`${name}\` is sent, not the file's contents (write \`{ file: ${name} }\` to send its contents)`,
];
const asIs = (at: string, written: string, meant: string): string[] => [
  `${at} warning SENT_AS_TEXT \`${written}\` is sent as is (write \`{{ ${meant} }}\`)`,
];
const overRows = (prompt: string): string =>
  `tasks:\n  - prompt: ${JSON.stringify(prompt)}\n    for_each: [{ name: x }]`;

describe('text that was probably not meant to be sent unchanged is reported:', () => {
  const files = { 'prompts/task.md': 'Hi', 'rules.md': 'Be kind', 'rows.csv': 'name\nAda\n' };
  test.each<[string, string, string[]?]>([
    [
      'a file name as a prompt',
      'tasks:\n  - prompt: prompts/task.md',
      asText('3:13', 'prompts/task.md'),
    ],
    ['a file name as a bare task', 'tasks:\n  - rules.md', asText('3:5', 'rules.md')],
    [
      'a file name as a system prompt',
      'tasks: [{ prompt: hi, system: rules.md }]',
      asText('2:31', 'rules.md'),
    ],
    [
      'a file name in a list of contexts',
      'context:\n  - rules.md\ntasks: [hi]',
      asText('3:5', 'rules.md'),
    ],
    [
      'a file name as a message',
      'tasks: [{ messages: [{ role: user, content: rules.md }] }]',
      asText('2:45', 'rules.md'),
    ],
    ['but not a file given correctly', 'tasks: [{ prompt: { file: rules.md } }]'],
    [
      'but not the name of a missing file',
      'tasks: [rule.md, "https://example.com/a.md", "1.5", and/or, hi]',
    ],
    ['but not a sentence with a file name', 'tasks: ["Sum up rules.md", "What is rules.md?"]'],
    ['`item` in single braces', overRows('hi {item}'), asIs('3:17', '{item}', 'item')],
    [
      'a field of a row in `${…}`',
      overRows('hi ${item.name}!'),
      asIs('3:17', '${item.name}', 'item.name'),
    ],
    [
      'a value of a matrix in single braces',
      'tasks: [{ prompt: "hi { matrix.to }", matrix: { to: [a] } }]',
      asIs('2:23', '{ matrix.to }', 'matrix.to'),
    ],
    [
      'a field in double angle brackets',
      overRows('hi <<name>>'),
      asIs('3:17', '<<name>>', 'item.name'),
    ],
    [
      'a field in double brackets',
      overRows('hi [[ item.name ]]'),
      asIs('3:17', '[[ item.name ]]', 'item.name'),
    ],
    [
      'a field after a percent sign',
      overRows('hi %(name)s'),
      asIs('3:17', '%(name)s', 'item.name'),
    ],
    ['a field after a dollar sign', overRows('hi $name!'), asIs('3:17', '$name', 'item.name')],
    [
      'but not another name after a dollar sign',
      overRows('what is $this, $names, $name(), US$name or [[page]]?'),
    ],
    [
      'but not a dollar sign if the prompt already uses the row',
      overRows('{{ item.name }}: what is $name?'),
    ],
    [
      'but not a dollar sign if the rows are in a file',
      'tasks: [{ prompt: "What is $name?", for_each: { file: rows.csv } }]',
    ],
    [
      'a Jinja comment',
      overRows('{# short #}{{ item.name }}'),
      [
        '3:14 warning SENT_AS_TEXT a comment in `{# … #}` is sent as is (write `{% comment %}…{% endcomment %}`)',
      ],
    ],
    [
      'but not a Jinja comment in text without a template',
      'tasks: ["What is {# this #} in Jinja?"]',
    ],
    [
      'but not code if the prompt already uses the row',
      overRows('Review {{ item.name }}: `${item}`'),
    ],
    ['but not braces if there are no rows', 'tasks: ["What does {item} mean?"]'],
    ['but not another name in braces', overRows('{"a": {name}} {{ item.name }}')],
  ])('%s', async (_, manifest, expected = []) => {
    expect(await said(MOCK + manifest, { files })).toEqual(expected);
  });
});

const cut = (at: string, word: string): string[] => [
  `${at} warning TEXT_CUT the text ends before \`${word}\`: YAML treats the rest as a comment (put the text in quotes; if it is a comment, write a space after \`#\`)`,
];

const named = (at: string, word: string): string[] => [
  `${at} warning TEXT_CUT \`&${word}\` is not part of the text: YAML reads it as the name of this value, and no \`*${word}\` refers to it (put the whole text in quotes, or delete \`&${word}\`)`,
];
const tagged = (at: string): string[] => [
  `${at} warning TEXT_CUT \`!\` is not part of the text: YAML reads it as a tag (put the whole text in quotes, or delete \`!\`)`,
];

describe('text that YAML takes for a name or a tag is reported:', () => {
  test.each<[string, string, string[]?]>([
    ['a bare task', 'tasks:\n  - &x marks the spot', named('3:8', 'x')],
    ['a prompt', 'tasks:\n  - prompt: &nbsp; is a space', named('3:20', 'nbsp;')],
    ['a system prompt', 'tasks: [{ prompt: hi, system: &you are a poet }]', named('2:36', 'you')],
    ['a number', 'tasks:\n  - prompt: "{{ item }}"\n    for_each: [&5 6]', named('4:19', '5')],
    ['an exclamation mark', 'tasks:\n  - ! Achtung', tagged('3:7')],
    ['but not a name that is used', 'tasks:\n  - &x marks the spot\n  - *x'],
    [
      'but not a name that is used in a list',
      'x-lenses: [&bugs find bugs]\ntasks: [{ prompt: "{{ matrix.l }}", matrix: { l: [*bugs] } }]',
    ],
    ['but not the name of a map', 'tasks:\n  - &x { prompt: hi }'],
    ['but not the name of a block', 'tasks:\n  - prompt: &p |\n      hi'],
    ['but not the name of quoted text', 'tasks:\n  - prompt: &p "hi"'],
    ['but not the name of a model', 'tasks:\n  - prompt: hi\n    model: &m mock/m'],
    ['but not a tag for a digit', 'tasks: [{ prompt: "{{ item }}", for_each: [! 5] }]'],
    ['but not `&` and `!` in text', 'tasks:\n  - Tom & Jerry\n  - Stop ! Now'],
  ])('%s', async (_, manifest, expected = []) => {
    expect(await said(MOCK + manifest)).toEqual(expected);
  });

  test.each([
    ['tasks:\n  - # Title', '# Title', 'a comment'],
    ['tasks:\n  - prompt: # Title', '# Title', 'a comment'],
    ['tasks:\n  - &title', '&title', 'the name of a value'],
  ])('an error for %j says how YAML reads it', async (manifest, written, reading) => {
    const hint = `(if it is text, put \`${written}\` in quotes: YAML reads it as ${reading})`;
    expect((await said(MOCK + manifest)).join('\n')).toContain(hint);
  });
});

describe('a value that ` #` cuts off is reported:', () => {
  test.each<[string, string, string[]?]>([
    ['a prompt', 'tasks:\n  - prompt: Notes for PR #532, please', cut('3:13', '#532')],
    ['a bare task', 'tasks:\n  - Notes for issue #12', cut('3:5', '#12')],
    [
      'a system prompt',
      'tasks:\n  - { prompt: hi }\n  - prompt: hi\n    system: In the tone of #general only',
      cut('5:13', '#general'),
    ],
    [
      'a context below other keys',
      'tasks: [hi]\nx-a: 1\nvars: {}\ncontext: Mind #3',
      cut('5:10', '#3'),
    ],
    ['a context in a list', 'context:\n  - See #7\ntasks: [hi]', cut('3:5', '#7')],
    [
      'a value of vars',
      'vars:\n  color: red #ff0000\ntasks: ["{{ vars.color }}"]',
      cut('3:10', '#ff0000'),
    ],
    [
      'a row',
      'tasks:\n  - prompt: "{{ item }}"\n    for_each:\n      - ticket #99',
      cut('5:9', '#99'),
    ],
    [
      'a field of a row',
      'tasks:\n  - prompt: "{{ item.t }}"\n    for_each:\n      - t: ticket #99',
      cut('5:12', '#99'),
    ],
    [
      'a value of a matrix',
      'tasks:\n  - prompt: "{{ matrix.c }}"\n    matrix:\n      c:\n        - blue #00f',
      cut('6:11', '#00f'),
    ],
    ['letters of other scripts', 'tasks:\n  - Über #größe', cut('3:5', '#größe')],
    [
      'a sentence',
      'tasks:\n  - prompt: Is this the # 1 city?',
      [
        cut('3:13', '# 1')[0]?.replace('write a space after `#`', 'give it a line of its own') ??
          '',
      ],
    ],
    ['but not a comment', 'tasks:\n  - An ordinary one. # with a comment\n  - hi # a word'],
    [
      'but not a comment after a row',
      'tasks:\n  - prompt: "{{ item }}"\n    for_each:\n      - a b # c',
    ],
    ['but not quoted text', 'tasks:\n  - "Notes for #532"'],
    ['but not text in a block', 'tasks:\n  - |\n    Notes for #532'],
    ['but not a `#` inside a word', 'tasks:\n  - C# and F#'],
    ['but not a comment after a setting', 'tasks:\n  - prompt: hi\n    model: mock/echo #cheap'],
  ])('%s', async (_, manifest, expected = []) => {
    expect(await said(MOCK + manifest)).toEqual(expected);
  });
});

const lost = (at: string, written: string, number: string): string[] => [
  `${at} error BAD_VALUE \`${written}\` would become \`${number}\`, because YAML reads it as a number (put it in quotes: \`"${written}"\`; or write \`${number}\` if you meant the number)`,
];
const vars = (value: string): string => `${MOCK}vars: { v: ${value} }\ntasks: ["{{ vars.v }}"]`;

describe('a number that YAML would change is reported:', () => {
  test.each<[string, string, string[]?]>([
    ['a version', vars('3.10'), lost('2:12', '3.10', '3.1')],
    ['a postal code', vars('01234'), lost('2:12', '01234', '1234')],
    ['the hash of a commit', vars('1e5'), lost('2:12', '1e5', '100000')],
    ['a hexadecimal number', vars('0x1F'), lost('2:12', '0x1F', '31')],
    ['an octal number', vars('0o17'), lost('2:12', '0o17', '15')],
    ['a plus sign', vars('+49'), lost('2:12', '+49', '49')],
    ['a price', vars('2.50'), lost('2:12', '2.50', '2.5')],
    ['a fraction of zero', vars('.5'), lost('2:12', '.5', '0.5')],
    ['a whole number with a decimal point', vars('1.0'), lost('2:12', '1.0', '1')],
    [
      'more digits than a double has',
      vars('0.1234567890123456789'),
      lost('2:12', '0.1234567890123456789', '0.12345678901234568'),
    ],
    [
      'a value of a matrix',
      `${MOCK}tasks: [{ matrix: { python: [3.9, 3.10] }, prompt: "{{ matrix.python }}" }]`,
      lost('2:35', '3.10', '3.1'),
    ],
    [
      'a row',
      `${MOCK}tasks: [{ for_each: [007], prompt: "{{ item }}" }]`,
      lost('2:22', '007', '7'),
    ],
    [
      'a field of a row',
      `${MOCK}tasks: [{ for_each: [{ zip: 01234 }], prompt: "{{ item.zip }}" }]`,
      lost('2:29', '01234', '1234'),
    ],
    [
      'but not an ordinary number',
      vars('[3.9, 0, -1, 1234.5, 100]').replace('{{ vars.v }}', '{{ vars.v | json }}'),
    ],
    ['but not a number in quotes', vars('"3.10"')],
    ['but not a setting', `${MOCK}tasks: [{ temperature: 0.50, prompt: hi }]`],
  ])('%s', async (_, manifest, expected = []) => {
    expect(await said(manifest)).toEqual(expected);
  });
});

describe('an invisible or broken character is reported:', () => {
  test.each<[string, string, RegExp?]>([
    [
      'a no-break space after a key',
      `${MOCK}tasks:\n  - prompt:\u00a0What is 2+2?`,
      /^3:5 error YAML_SYNTAX a no-break space \(U\+00A0\) follows `prompt:`, so YAML reads the whole line as text \(write a plain space there\)$/,
    ],
    [
      'a zero-width space after a key',
      `${MOCK}tasks:\n  - id:\u200bx`,
      /^3:5 error YAML_SYNTAX an invisible character \(U\+200B\) follows `id:`/,
    ],
    [
      'a thin space after a dash',
      `${MOCK}tasks:\n  -\u2009hi`,
      /error YAML_SYNTAX an unusual space \(U\+2009\) follows `-`/,
    ],
    [
      'a no-break space in a key',
      `${MOCK}tasks:\n  - prompt\u00a0: hi`,
      /^3:5 error UNKNOWN_KEY the key `prompt` is written with a no-break space \(U\+00A0\) \(write it with plain characters\)/,
    ],
    [
      'an invisible character in a key',
      `${MOCK}tasks:\n  - prom\u00adpt: hi`,
      /error UNKNOWN_KEY the key `prompt` is written with an invisible character \(U\+00AD\)/,
    ],
    [
      'an invisible character in a name in vars',
      `${MOCK}vars: { "au\u200bdience": x }\ntasks: [hi]`,
      /error YAML_SYNTAX the key `audience` is written with an invisible character \(U\+200B\)/,
    ],
    [
      'an invisible character in a model',
      `tasks: [{ model: "mock/echo\u200b", prompt: hi }]`,
      /error BAD_VALUE the model `mock\/echo` is written with an invisible character \(U\+200B\)/,
    ],
    [
      'a byte order mark in a model',
      `tasks: [{ model: "\ufeffmock/echo", prompt: hi }]`,
      /error BAD_VALUE the model `mock\/echo` is written with an invisible character \(U\+FEFF\)/,
    ],
    [
      'an invisible prompt',
      `${MOCK}tasks: [{ prompt: "\u200b \u00a0" }]`,
      /error BAD_VALUE the text is empty/,
    ],
    [
      'half a surrogate pair',
      `${MOCK}tasks: [{ prompt: "a \\ud83d" }]`,
      /error BAD_VALUE the text contains half of a character: a surrogate without its pair/,
    ],
    [
      'an invisible character in the name of a variable',
      `${MOCK}vars: { who: x }\ntasks: ["{{ vars.who\u200b }}"]`,
      /error UNKNOWN_VARIABLE .*did you mean `vars\.who`/,
    ],
    ['but not a no-break space in a prompt', `${MOCK}tasks: ["5\u00a0000 people"]`],
    [
      'but not a no-break space around a variable',
      `${MOCK}vars: { who: x }\ntasks: ["{{\u00a0vars.who\u00a0}}"]`,
    ],
    [
      'but not joiners in letters and emoji',
      `${MOCK}vars: { "\u0645\u06cc\u200c\u062e": "\u{1F469}\u200d\u{1F4BB}" }\ntasks: [hi]`,
    ],
  ])('%s', async (_, manifest, expected) => {
    expectOne(await said(manifest), expected);
  });
});

const askedIn = (rows: string, condition: string, prompt = 'hi'): string =>
  `${MOCK}tasks:\n  - { for_each: ${rows}, if: ${JSON.stringify(condition)}, prompt: ${JSON.stringify(prompt)} }`;
const holds = (name: string, kind = 'CSV value'): RegExp =>
  new RegExp(
    `^3:\\d+ error TEXT_AS_BOOLEAN \`${name}\` is always true: a ${kind} is text, and even \`"false"\` and empty text count as true \\(write \`${name} == "true"\`, or \`${name} != blank\` to check whether it has a value\\)$`,
  );

describe('a condition on a value that is always text is reported:', () => {
  const files = {
    'r.csv': 'name,active,note\nAnn,true,\n',
    'r.tsv': 'name\tactive\nAnn\ttrue\n',
    'r.txt': 'one\n',
    'r.jsonl': '{"name":"Ann","active":true}\n',
    'src/a.ts': 'A',
  };
  const CSV = '{ file: r.csv }';
  const never =
    /error TEXT_AS_BOOLEAN `item\.active` is never equal to `true` or `false`: a CSV value is text/;
  test.each<[string, string, RegExp?]>([
    ['a value alone', askedIn(CSV, 'item.active'), holds('item.active')],
    ['a negated value', askedIn(CSV, 'not item.active'), holds('item.active')],
    [
      'one of two conditions',
      askedIn(CSV, 'item.name == "Ann" and item.active'),
      holds('item.active'),
    ],
    ['a field in brackets', askedIn(CSV, 'item["active"]'), holds('item.active')],
    ['a value from a TSV file', askedIn('{ file: r.tsv }', 'item.active'), holds('item.active')],
    ['a line of text', askedIn('{ file: r.txt }', 'item'), holds('item', 'line')],
    [
      'the text of a file',
      askedIn('{ glob: "src/*" }', 'item.text'),
      holds('item.text', 'file name or text'),
    ],
    ['a value compared with true', askedIn(CSV, 'item.active == true'), never],
    ['a value compared with false', askedIn(CSV, 'false != item.active'), never],
    [
      'a value compared with a number',
      askedIn(CSV, 'item.active == 10'),
      /error TEXT_AS_BOOLEAN `item\.active` is never equal to a number: a CSV value is text \(put the number in quotes\)/,
    ],
    [
      'a value compared by size with a number in quotes',
      askedIn(CSV, 'item.active >= "10"'),
      /error TEXT_AS_BOOLEAN `item\.active` is compared letter by letter, .* \(write the number without quotes/,
    ],
    ['but not a value compared by size with a number', askedIn(CSV, 'item.active >= 10')],
    ['but not a value compared by order with a date', askedIn(CSV, 'item.active > "2026-01-01"')],
    ['but not a value compared with a string', askedIn(CSV, 'item.active == "true"')],
    [
      'but not a value compared with blank',
      askedIn(CSV, 'item.note != blank and item.active != blank'),
    ],
    ['but not a value searched with `contains`', askedIn(CSV, 'item.name contains "A"')],
    ['but not a value from JSONL', askedIn('{ file: r.jsonl }', 'item.active')],
    [
      'but not a value from JSONL compared with true',
      askedIn('{ file: r.jsonl }', 'item.active == true'),
    ],
    [
      'but not a value from JSONL compared with a number',
      askedIn('{ file: r.jsonl }', 'item.active == 1'),
    ],
    ['but not a value from a list', askedIn('[{ active: true }]', 'item.active')],
  ])('%s', async (_, manifest, expected) => {
    expectOne(await said(manifest, { files }), expected);
  });

  test('as a warning in a prompt', async () => {
    const prompt = '{% if item.note %}Note: {{ item.note }}{% endif %} hi';
    const [first, ...others] = await said(askedIn(CSV, 'true', prompt), { files });
    expect(first).toMatch(/warning TEXT_AS_BOOLEAN `item\.note` is always true/);
    expect(others).toEqual([]);
  });
});

const prompting = (prompt: string, rows = '{ file: r.jsonl }'): string =>
  `${MOCK}tasks:\n  - { for_each: ${rows}, prompt: ${JSON.stringify(prompt)} }`;

describe('an optional field', () => {
  const files = {
    'r.jsonl': '{"name":"Bob"}\n{"name":"Ann","title":"Dr","city":null}\n',
    'r.csv': 'name,note\nBob,\nAnn,hi\n',
  };
  test.each<[string, string, RegExp?]>([
    [
      'is accepted if it is tested first',
      prompting('{{ item.name }}{% if item.title %} {{ item.title }}{% endif %}'),
    ],
    ['is accepted with a default', prompting('{{ item.title | default: "none" }}')],
    [
      'is accepted if it is compared with blank',
      prompting('{% if item.title == blank %}no{% endif %} hi'),
    ],
    ['is accepted in an `unless` tag', prompting('{% unless item.title %}no{% endunless %} hi')],
    [
      'is accepted in a `case` tag',
      prompting('{% case item.title %}{% when "Dr" %}Dr{% else %}hi{% endcase %}'),
    ],
    [
      'is accepted as an empty cell that is compared with blank',
      prompting('{% if item.note == blank %}no{% endif %} hi', '{ file: r.csv }'),
    ],
    [
      'is accepted as an empty cell with a default',
      prompting('{{ item.note | default: "none" }}', '{ file: r.csv }'),
    ],
    ['is accepted in brackets', prompting('{{ item["title"] | default: "none" }}')],
    [
      'is accepted in a list of rows',
      prompting('{{ item.b | default: "none" }}', '[{ a: 1 }, { a: 1, b: 2 }]'),
    ],
    [
      'is reported if it has no default',
      prompting('{{ item.title }} {% if item.title %}{% endif %}'),
      /^r\.jsonl error UNKNOWN_VARIABLE row 1 has no `item\.title`.*write `\| default: ""` right after `item\.title`/,
    ],
    [
      'is reported if it is assigned without a default',
      prompting('{% assign t = item.title %}{{ t }}'),
      /error UNKNOWN_VARIABLE row 1 has no `item\.title`/,
    ],
    [
      'is reported if it is misspelled in a condition',
      prompting('{% if item.titel %}x{% endif %} hi'),
      /^3:\d+ error UNKNOWN_VARIABLE no row has `item\.titel` \(did you mean `item\.title`\?\)$/,
    ],
    [
      'is reported if it is misspelled before a default',
      prompting('{{ item.nmae | default: "x" }}'),
      /error UNKNOWN_VARIABLE no row has `item\.nmae` \(did you mean `item\.name`\?\)/,
    ],
    [
      'is reported if it is misspelled in a condition over CSV rows',
      prompting('{% if item.notes != blank %}x{% endif %} hi', '{ file: r.csv }'),
      /error UNKNOWN_VARIABLE no row has `item\.notes` \(did you mean `item\.note`\?\)/,
    ],
    [
      'is reported if it is misspelled for a list of rows',
      prompting('{{ item.bb | default: "x" }}', '[{ a: 1 }, { bbb: 1 }]'),
      /error UNKNOWN_VARIABLE/,
    ],
    [
      'is reported if no row has it',
      prompting('{{ item.priority | default: "x" }}'),
      /^3:\d+ warning UNKNOWN_VARIABLE no row has `item\.priority` \(check the name: the rows have `name`, `title`, `city`\)$/,
    ],
  ])('%s', async (_, manifest, expected) => {
    expectOne(await said(manifest, { files }), expected);
  });
});

describe('a misspelled model', () => {
  test.each<[string, string?]>([
    ['anthropic/claude-hiaku-5-5', 'did you mean `anthropic/claude-haiku-5-5`?'],
    ['anthropic/claude-haiku-55', 'did you mean `anthropic/claude-haiku-5-5`?'],
    ['anthropic/claude_haiku_5_5', 'did you mean `anthropic/claude-haiku-5-5`?'],
    ['anthropic/Claude-Haiku-5-5', 'did you mean `anthropic/claude-haiku-5-5`?'],
    ['anthropic/claud-sonnet-5-5', 'did you mean `anthropic/claude-sonnet-5-5`?'],
    ['openai/gpt-6.1-sool', 'did you mean `openai/gpt-6.1-sol`?'],
    ['anthropic:claude-haiku-5-5', 'write `anthropic/claude-haiku-5-5`'],
    ['openai:gpt-6.1-sol', 'write `openai/gpt-6.1-sol`'],
    [
      'openai/gpt-6.1-sol,anthropic/claude-haiku-5-5',
      'write a list: `models: [openai/gpt-6.1-sol, anthropic/claude-haiku-5-5]` asks each of them for every row',
    ],
    ['claude-haiku-5-5', 'write `anthropic/claude-haiku-5-5`'],
    ['anthropic/claude-haiku-5-5'],
    ['anthropic/claude-haiku-9-9'],
    ['ollama/qwen3'],
    ['mock/echoo'],
  ])('%s', async (model, hint) => {
    const findings = await said(`defaults: { model: "${model}" }\ntasks: [hi]`);
    expect(findings).toEqual(hint === undefined ? [] : [expect.stringContaining(`(${hint})`)]);
  });
});
