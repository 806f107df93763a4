import { realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseArguments, type Arguments } from '../../src/cli/arguments.ts';
import { ask } from '../../src/cli/commands/ask.ts';
import { batch } from '../../src/cli/commands/batch.ts';
import { cache } from '../../src/cli/commands/cache.ts';
import { merge } from '../../src/cli/commands/merge.ts';
import { prune } from '../../src/cli/commands/prune.ts';
import { report } from '../../src/cli/commands/report.ts';
import { show } from '../../src/cli/commands/show.ts';
import { loadKeysFile } from '../../src/cli/keys-file.ts';
import { VolleyError } from '../../src/errors/volley-error.ts';
import type { Finding } from '../../src/errors/finding.ts';
import { checkRows } from '../../src/run/check-rows.ts';
import { loadManifest } from '../../src/run/library.ts';
import { folder, volley } from '../support/cli.ts';

const FILES = {
  'docs/rules.md': 'Be kind.\n',
  'src/a.ts': 'export const a = 1;\n',
  'semi.csv': 'id;name\n1;Ada\n',
  'rows.csv': 'id,name\n1,Ada\n',
  'book.xlsx': 'PK',
};

/** `line:column CODE message (hint)` of the first finding. */
async function said(manifest: string, set: Readonly<Record<string, string>> = {}): Promise<string> {
  const file = join(folder({ ...FILES, 'm.yaml': manifest }), 'm.yaml');
  const [first] = await findings(file, set);
  if (!first) return 'nothing';
  const { place, code, message, hint } = first;
  return `${place.line}:${place.column} ${code} ${message.replace(dirname(file) + sep, '')} (${hint})`;
}

async function findings(
  file: string,
  set: Readonly<Record<string, string>>,
): Promise<readonly Finding[]> {
  try {
    const loaded = await loadManifest(file, { set });
    const rows = await checkRows(loaded, { epochMs: Date.parse('2026-11-30') });
    return [...loaded.warnings, ...rows.findings];
  } catch (error) {
    if (error instanceof VolleyError) return error.findings;
    throw error;
  }
}

const MODEL = 'defaults: { model: mock/small }\n';

describe('an error in a manifest says what is wrong, where, and what to do', () => {
  test.each<readonly [string, string]>([
    [
      'defaults: { model: openai/gpt-6.1-sol, temperature: 0.2 }\ntasks: [hi]\n',
      '1:40 PARAMETER_REFUSED `openai/gpt-6.1-sol` rejects `temperature` when reasoning is on (delete it, or set `reasoning: none` if the model allows it)',
    ],
    [
      'defaults: { model: openai/gpt-6.1-sol, max_tokens: 5000 }\nbudget: { max_cost_usd: 0.001 }\ntasks: [hi]\n',
      '3:9 BUDGET_TOO_SMALL the budget of $0.0010 is less than this task may cost: its answer alone may cost up to $0.050 (raise `max_cost_usd`, or lower `max_tokens: 5000`)',
    ],
    [
      'defaults: { model: openai/gpt-6.1-sol, max_tokens: 5000, max_retries: 1 }\nbudget: { max_cost_usd: 0.3 }\ntasks: [{ prompt: "{{ item }}", for_each: [a, b] }]\n',
      '3:9 BUDGET_TOO_SMALL the budget of $0.30 allows only 3 requests at a time: for each, up to $0.10 is reserved until it ends, including retries (raise `max_cost_usd`, or lower `max_tokens: 5000` or `max_retries`)',
    ],
    [
      'defaults: { model: openai/gpt-6.1-sol, max_tokens: 5000, max_retries: 1 }\nbudget: { max_cost_usd: 0.3 }\ntasks: [hi]\n',
      'nothing',
    ],
    [
      `${MODEL}tasks:\n  - Translate this: don't\n`,
      "3:5 UNKNOWN_KEY `Translate this` is read as a key, because of the `:` after it (put the whole prompt in quotes: `- 'Translate this: don''t'`)",
    ],
    [
      `defaults: { model: mock/small, prompt_cache: true }\ntasks: [hi]\n`,
      '1:46 WRONG_TYPE `prompt_cache` must be `auto`, `off` or a lifetime, not `true` (one of `auto`, `off`, `5m`, `1h`, `30m`, `12h`)',
    ],
    ...(
      [
        ['output = yes', '=', 'compare with `==`: `output == "yes"`'],
        ['output=3', '=3', 'compare with `==`: `output == 3`'],
        ['output === "a b"', '=', 'compare with `==`: `output == "a b"`'],
        ['output <> vars.x', '<', 'compare with `!=`: `output != vars.x`'],
        ['output == 1 && output', '&&', 'write `and` instead'],
        ['output == 1 || output', '||', 'write `or` instead'],
        ['not output or !output', '!output', 'write `not` instead'],
        ['output in vars.x', 'in', 'write it the other way round: `list contains value`'],
        ['output =~ "a"', '=~', 'search with `contains`; there are no patterns'],
        ['output is defined', 'is', 'compare with `!=`: `output != blank`'],
        ['output is not defined', 'is', 'compare with `==`: `output == blank`'],
        ['output is None', 'is', 'compare with `==`: `output == blank`'],
        ['output is not none', 'is', 'compare with `!=`: `output != blank`'],
        ['output is not "a"', 'is', 'compare with `!=`: `output != "a"`'],
        ['output is empty', 'is', 'compare with `==`: `output == empty`'],
        [
          'output + 1 == 2',
          '+',
          'calculate with a filter: `plus`, `minus`, `times` or `divided_by`',
        ],
      ] as const
    ).map(
      ([condition, found, hint]) =>
        [
          `${MODEL}tasks:\n  - prompt: hi\n    expect: ${condition}\n`,
          `4:${13 + condition.indexOf(found, condition.includes('===') ? 9 : 0)} TEMPLATE_SYNTAX unexpected \`${found}\` in the template (${hint})`,
        ] as const,
    ),
    ...(
      [
        ['claude/haiku', 'did you mean `anthropic/haiku`?'],
        ['google/gemini-2.5-pro', 'did you mean `gemini/gemini-2.5-pro`?'],
        ['GPT/gpt-5', 'did you mean `openai/gpt-5`?'],
      ] as const
    ).map(
      ([model, hint]) =>
        [
          `defaults: { model: ${model} }\ntasks: [hi]\n`,
          `1:20 UNKNOWN_PROVIDER unknown provider \`${model.split('/')[0]}\` (${hint})`,
        ] as const,
    ),
    [
      'defaults: { model: aws/nova }\ntasks: [hi]\n',
      '1:20 UNKNOWN_PROVIDER the provider `bedrock` has no entry (write `bedrock/nova`, and add it: `providers: { bedrock: { type: bedrock, region: us-east-1 } }`)',
    ],
    [
      'defaults: { model: small }\ntasks: [hi]\n',
      '1:20 BAD_VALUE `small` does not name a provider (write `PROVIDER/small`, such as `openrouter/small`)',
    ],
    [
      'providers: { gw: { type: ollama, base_url: http://127.0.0.1:1/v1 } }\ntasks: [hi]\n',
      '1:26 BAD_VALUE `ollama` is not a wire format (write `type: openai`, or delete the entry and use `ollama/MODEL`)',
    ],
    ...(
      [
        [
          '"Say "hello" now"',
          6,
          'unexpected text after the closing quote',
          'put the whole text in single quotes, or write `\\"` inside it',
        ],
        [
          "'Don't say hi'",
          5,
          'unexpected text after the closing quote',
          "put the whole text in double quotes, or write `''` for a quote inside it",
        ],
        [
          '*bold* text',
          0,
          'text that begins with this character needs quotes',
          'put the whole text in quotes, or write it as a block after `|`',
        ],
        [
          '**very** bold',
          0,
          'text that begins with this character needs quotes',
          'put the whole text in quotes, or write it as a block after `|`',
        ],
      ] as const
    ).map(
      ([text, at, message, hint]) =>
        [
          `${MODEL}tasks:\n  - prompt: ${text}\n`,
          `3:${13 + at} YAML_SYNTAX ${message} (${hint})`,
        ] as const,
    ),
    ...(
      [
        ['for_each: { file: rows.csv }, prompt: "hi {name}"', '{name}', 'item.name'],
        ['for_each: [{ a: 1 }], prompt: "hi ${a}"', '${a}', 'item.a'],
        ['matrix: { lang: [de] }, prompt: "say it in {lang}"', '{lang}', 'matrix.lang'],
      ] as const
    ).map(
      ([task, written, path]) =>
        [
          `${MODEL}tasks: [{ ${task} }]\n`,
          `2:${11 + task.indexOf(written)} SENT_AS_TEXT \`${written}\` is sent as is (write \`{{ ${path} }}\`)`,
        ] as const,
    ),
    [
      `${MODEL}tasks: [{ for_each: { file: rows.csv }, system: "Answer in {json}.", prompt: "{{ item.name }}" }]\n`,
      'nothing',
    ],
    [
      `${MODEL}tasks: [{ for_each: { file: rows.csv }, prompt: "{{ name }}" }]\n`,
      '2:53 UNKNOWN_VARIABLE unknown variable `name` (if it is a field of the rows, write `item.name`)',
    ],
    [
      `${MODEL}tasks: [{ prompt: hi, attachments: https://example.com/x.png }]\n`,
      '2:36 FILE_NOT_FOUND no file matches `https://example.com/x.png` (download it, and use its path)',
    ],
    [
      `${MODEL}tasks: [{ prompt: { file: ~/task.md } }]\n`,
      '2:27 FILE_NOT_FOUND there is no file `~/task.md` (write the path in full: `~` is not expanded)',
    ],
    [
      `${MODEL}tasks: [{ for_each: { csv: rows.csv }, prompt: hi }]\n`,
      '2:23 UNKNOWN_KEY unknown key `csv` in `for_each` (did you mean `file`?)',
    ],
    [
      `${MODEL}tasks: [{ role: user, content: hi }]\n`,
      '2:11 UNKNOWN_KEY unknown key `role` in task 1 (`role` belongs in an entry of `messages`)',
    ],
    [
      `${MODEL}tasks: [{ messages: [{ user: hi }] }]\n`,
      '2:24 UNKNOWN_KEY `user` is a role, not a key of a message (write `{ role: user, content: "hi" }`)',
    ],
    [
      'defaults: { model: openai/gpt-6.1-sol }\ntasks: [{ prompt: hi, schema: { type: object, properties: { wish: { type: string } }, required: [whish] } }]\n',
      '2:98 SCHEMA_IN_PROMPT the structured output of `openai` does not support this schema: at `/required/0`: `whish` is required but not among its properties; did you mean `wish`? (the schema is added to the prompt instead, and the answer is still checked; set `structured_output: prompt` for the provider to confirm this)',
    ],
    [
      `${MODEL}tasks: [{ prompt: hi, response_format: { type: json_object } }]\n`,
      '2:23 UNKNOWN_KEY unknown key `response_format` in task 1 (did you mean `schema`?)',
    ],
    [
      `${MODEL}tasks: [{ prompt: hi, schema: { wish: str } }]\n`,
      '2:33 BAD_SCHEMA `wish` is not a keyword of JSON Schema (write `properties: { wish: { type: string } }`)',
    ],
    [
      `${MODEL}tasks: [{ prompt: hi, schema: { wish: constructor } }]\n`,
      '2:33 BAD_SCHEMA `wish` is not a keyword of JSON Schema (delete it, or put it under `properties` if it names one; keys that begin with `x-` are yours)',
    ],
    [
      `defaults: { model: anthropic/claude-hiaku-5-5 }\ntasks: [hi]\n`,
      '1:20 UNKNOWN_MODEL `anthropic/claude-hiaku-5-5` is not a model that Volley knows (did you mean `anthropic/claude-haiku-5-5`?)',
    ],
    [
      `defaults: { model: openai/gpt-4 }\ntasks: [hi]\n`,
      '1:20 RETIRED_MODEL `openai/gpt-4` was retired on 2026-10-23 (use `openai/gpt-5.6-sol`, which its vendor recommends)',
    ],
    [
      `defaults: { model: openai/gpt-4o-2024-08-06 }\ntasks: [hi]\n`,
      '1:20 RETIRED_MODEL `openai/gpt-4o-2024-08-06` will be retired on 2027-01-14 (use `openai/gpt-6-luna`, which its vendor recommends)',
    ],
    [
      `defaults: { model: gpt-6.1-sol }\ntasks: [hi]\n`,
      '1:20 BAD_VALUE `gpt-6.1-sol` does not name a provider (write `openai/gpt-6.1-sol`)',
    ],
    [
      `defaults: { model: 'openai:gpt-6.1-sol' }\ntasks: [hi]\n`,
      '1:20 BAD_VALUE `openai:gpt-6.1-sol` is not a model: a slash separates the provider and the model (write `openai/gpt-6.1-sol`)',
    ],
    [
      `${MODEL}context: { file: docs/rule.md }\ntasks: [hi]\n`,
      '2:18 FILE_NOT_FOUND there is no file `docs/rule.md` (did you mean `docs/rules.md`?)',
    ],
    [
      `${MODEL}tasks:\n  - { prompt: '{{ item }}', for_each: 'src/**/*.ts' }\n`,
      '3:39 WRONG_TYPE `for_each` must be a list of rows, `{glob: …}`, `{file: …}`, `{files: …}` or `{needs: …}`, not the text `src/**/*.ts` (write `for_each: { glob: src/**/*.ts }`)',
    ],
    [
      `${MODEL}tasks:\n  - { prompt: '{{ item.txt }}', for_each: { glob: 'src/*.ts' } }\n`,
      '3:19 UNKNOWN_VARIABLE unknown variable `item.txt` (did you mean `item.text`?)',
    ],
    [
      `${MODEL}tasks:\n  - { prompt: '{{ item | to_upper }}', for_each: [a] }\n`,
      '3:26 UNKNOWN_FILTER unknown filter `to_upper` (did you mean `upcase`?)',
    ],
    [
      `${MODEL}tasks:\n  - { prompt: '{{ item.Name Last }}', for_each: { file: rows.csv } }\n`,
      '3:29 TEMPLATE_SYNTAX unexpected `Last` in the template (put a name with spaces in brackets: `{{ item["Name Last"] }}`)',
    ],
    [
      `${MODEL}tasks:\n  - { prompt: '{{ item.name }}', for_each: { file: book.xlsx } }\n`,
      '3:52 BAD_VALUE `book.xlsx` is a spreadsheet, which Volley does not read (save it as CSV (in Excel: CSV UTF-8) and use that file)',
    ],
    [
      `${MODEL}tasks:\n  - { prompt: '{{ item.name }}', for_each: { file: semi.csv } }\n`,
      '1:1 DELIMITER_FOUND `semi.csv` is read with a semicolon as the delimiter, as in its first line (write `delimiter: ";"` next to `file` to confirm this, or `delimiter: ","` if that is wrong)',
    ],
    [
      `${MODEL}tasks: ['Hello \${NAME}']\n`,
      '2:16 ENV_INTERPOLATION `${NAME}` is sent unchanged: Volley never reads the environment in prompts (pass a value with `--set name=…` and write `{{ vars.name }}`)',
    ],
    [
      `${MODEL}include: [item]\ntasks: [hi]\n`,
      '2:1 UNKNOWN_KEY unknown key `include` in the manifest (`include` belongs under `results`)',
    ],
    [
      `${MODEL}budget: {usd: 5}\ntasks: [hi]\n`,
      '2:10 UNKNOWN_KEY unknown key `usd` in `budget` (did you mean `max_cost_usd`?)',
    ],
    [
      `${MODEL}budget: $5\ntasks: [hi]\n`,
      '2:9 WRONG_TYPE `budget` must be a map of cost limits, not the text `$5` (for example, write `budget: {max_cost_usd: 5}`)',
    ],
    [
      `${MODEL}timeout: 90\ntasks: [hi]\n`,
      '2:1 UNKNOWN_KEY unknown key `timeout` in the manifest (`timeout` belongs in a task or under `defaults`)',
    ],
    [
      `${MODEL}tasks: [{ id: a, prompt: '{{ needs.b.output }}' }, { id: b, prompt: hi }]\n`,
      '2:30 UNKNOWN_VARIABLE unknown variable `needs.b.output` (add `needs: [b]` to this task)',
    ],
  ])('%j', async (manifest, expected) => {
    expect(await said(manifest)).toBe(expected);
  });

  test('and so does a `--set` that no template uses', async () => {
    const manifest = `${MODEL}vars: { audience: us }\ntasks: ['{{ vars.audience }}']\n`;
    expect(await said(manifest, { audiance: 'them' })).toContain(
      'did you mean `--set audience=…`?',
    );
  });
});

test.each<readonly [string, string, string]>([
  ['rnu m.yaml', 'unknown command `rnu`', 'did you mean `volley run`?'],
  ['check m.yaml', 'unknown command `check`', 'did you mean `volley validate`?'],
  ['help rum', 'unknown command `rum`', 'did you mean `volley help run`?'],
  ['m.yaml', 'unknown command `m.yaml`', 'did you mean `volley run m.yaml`?'],
  ['-q run m.yaml', 'the command comes first, not `-q`', 'write `volley run -q m.yaml`'],
  [
    'run m.yaml --concurrency 3',
    'unknown flag `--concurrency` for `volley run`',
    'did you mean `--max-concurrent`?',
  ],
  [
    'run m.yaml --threads 3',
    'unknown flag `--threads` for `volley run`',
    'did you mean `--max-concurrent`?',
  ],
  [
    'run m.yaml --max-retry 3',
    'unknown flag `--max-retry` for `volley run`',
    'did you mean `--max-retries`?',
  ],
  [
    'plan --config m.yaml',
    'unknown flag `--config` for `volley plan`',
    'pass the manifest without a flag: `volley plan volley.yaml`',
  ],
  [
    'run --api-key sk-1',
    'unknown flag `--api-key` for `volley run`',
    'did you mean `--keys-file`?',
  ],
  ['run m.yaml --modle x', 'unknown flag `--modle` for `volley run`', 'did you mean `--model`?'],
  ['run m.yaml -n 5', 'unknown flag `-n` for `volley run`', 'did you mean `--first`?'],
  ['run m.yaml --env .env', 'unknown flag `--env` for `volley run`', 'did you mean `--keys-file`?'],
  ['run m.yaml --model', '`--model` needs a value', 'write `--model PROVIDER/MODEL`'],
  ['run a.yaml b.yaml', 'unexpected argument `b.yaml`', 'run `volley run` once for each manifest'],
  [
    'run m.yaml r.jsonl',
    'unexpected argument `r.jsonl`',
    'to write the results there, write `-o r.jsonl`',
  ],
  ['export r.jsonl r.csv', 'unexpected argument `r.csv`', 'write `--to r.csv`'],
  [
    'report a.jsonl b.jsonl',
    'unexpected argument `b.jsonl`',
    'combine several files into one: `volley merge a.jsonl b.jsonl -o all.jsonl`',
  ],
  [
    'run m.yaml --max-failures 5 %',
    'unexpected argument `%`',
    'write the percent sign right after the number: `5%`',
  ],
  ['run m.yaml -o a -o b', '`--output` is passed 2 times', 'pass it once'],
])(
  'the command line `volley %s` gets a hint about what was probably meant',
  (line, message, hint) => {
    expect(() => parseArguments(line.split(' '))).toThrow(
      expect.objectContaining({ message, hint }),
    );
  },
);

test.each<readonly [string, string]>([
  ...['run', 'validate'].map(
    (command) =>
      [
        `${command} no.yaml`,
        'volley: there is no manifest `no.yaml`\n  hint: check the path: it is relative to `CWD`\n',
      ] as const,
  ),
  [
    'run volly.yaml',
    'volley: there is no manifest `volly.yaml`\n  hint: did you mean `volley.yaml`?\n',
  ],
  ['run volley', 'volley: there is no manifest `volley`\n  hint: did you mean `volley.yaml`?\n'],
  [
    'run What\u00a0now?',
    "volley: there is no manifest `What\u00a0now?`\n  hint: if it is a prompt, write `volley ask -m PROVIDER/MODEL 'What\u00a0now?'`\n",
  ],
  [
    'report volley.yaml',
    'volley: `volley.yaml` is not a results file, and is left unchanged\n  hint: pass a file that `volley run -o FILE` wrote\n',
  ],
  [
    'diff volley.yaml',
    'volley: a manifest can only be compared with a git ref or a results file\n  hint: write `volley diff volley.yaml main`\n',
  ],
  [
    'export no.jsonl --to other.jsonl',
    'volley: cannot read `no.jsonl`: it does not exist\n  hint: pass a file that `volley run -o FILE` wrote\n',
  ],
  [
    'run docs',
    'volley: `docs` is a folder, not a manifest\n  hint: pass the manifest in it: `docs/volley.yaml`\n',
  ],
  [
    'run rows.csv',
    'volley: `rows.csv` is a file of rows, not a manifest\n  hint: use it in a manifest: `for_each: { file: rows.csv }`\n',
  ],
  [
    'run volley.yaml --resume results.jsonl',
    'volley: unexpected argument `results.jsonl`\n  hint: `--resume` does not accept a file: write `--resume -o results.jsonl`\n',
  ],
  ...['run', 'validate', 'plan'].map(
    (command) =>
      [
        `${command} results.jsonl`,
        'volley: `results.jsonl` is a results file, not a manifest\n  hint: read it with `volley report results.jsonl`, or continue it with `volley run MANIFEST -o results.jsonl --resume`\n',
      ] as const,
  ),
  [
    'run -m gpt-6',
    '--model: error BAD_VALUE: `gpt-6` does not name a provider\n  hint: write `openai/gpt-6`\nvolley: 1 error in the command\n',
  ],
  [
    'ask hi',
    'volley: `volley ask` needs a model\n  hint: add `-m PROVIDER/MODEL`, such as `-m anthropic/claude-haiku-5-5`, or `-m mock/small` to try it\n',
  ],
  [
    'run -o out.csv',
    'volley: `out.csv` would contain JSON lines, not a table\n  hint: write `-o out.jsonl`, then `volley export out.jsonl --to out.csv`\n',
  ],
  [
    'run -o other.jsonl --resume',
    'volley: `other.jsonl` is not a results file: its first line is not a record of this format: `v` is missing\n  hint: pass a file that `volley run -o FILE` wrote\n',
  ],
  [
    'run --only zzz',
    'volley: `--only zzz` matches no task\n  hint: write an id, such as `review` or `review@src/auth.ts`; `*` stands for any characters\n',
  ],
  [
    'run -m anthropic/claude-haiku-5-5',
    'volley: no key for `anthropic`: `ANTHROPIC_API_KEY` is not set\n  hint: set it: export ANTHROPIC_API_KEY=…\n',
  ],
])('`volley %s` says what, where and what to do', async (line, expected) => {
  const cwd = folder({
    ...FILES,
    'volley.yaml': `${MODEL}tasks: [hi]\n`,
    'other.jsonl': '{"a":1}\n',
    'results.jsonl': '{"v":1,"id":"a","status":"succeeded"}\n',
  });
  const run = await volley(line.split(' '), { cwd });
  expect(run.stdout).toBe('');
  expect(run.stderr.replace(realpathSync(cwd), 'CWD')).toBe(expected);
});

test.each<readonly [string, (args: Arguments) => unknown, string, string]>([
  [
    'merge DIR/part-*.jsonl -o all.jsonl',
    merge,
    'cannot read `DIR/part-*.jsonl`: it does not exist',
    'write a pattern without quotes, and check that a file matches it',
  ],
  [
    'cache stats DIR/none',
    cache,
    'there is no folder `DIR/none`',
    'pass the folder that you used for `--response-cache`',
  ],
  [
    'cache stats DIR/tasks.txt',
    cache,
    'there is no folder `DIR/tasks.txt`',
    'pass the folder that you used for `--response-cache`',
  ],
  [
    'batch status DIR',
    batch,
    'cannot read `DIR`: it is not a regular file',
    'pass a file that `volley run -o FILE` wrote',
  ],
  [
    'batch cancel DIR/tasks.txt',
    batch,
    '`DIR/tasks.txt` is not a results file, and is left unchanged',
    'pass a file that `volley run -o FILE` wrote',
  ],
  [
    'prune DIR',
    prune,
    'cannot read `DIR`: it is not a regular file',
    'pass a file that `volley run -o FILE` wrote',
  ],
  [
    'batch DIR/r.jsonl',
    batch,
    '`volley batch` has no action `DIR/r.jsonl`',
    'write `volley batch status results.jsonl`',
  ],
  [
    'cache prune --max-bytes 1GB',
    cache,
    '`--max-bytes 1GB` is not a whole number',
    'for example, write `--max-bytes 500M`',
  ],
  [
    'cache prune --older-than 7',
    cache,
    '--older-than: `7` is not a duration',
    'add a unit: `7s`, `7m`, `7h`, `7d`',
  ],
  [
    'show review@x',
    show,
    'no file given before the task `review@x`',
    'write `volley show review.yaml review@x`',
  ],
  [
    'report DIR/r.jsonl --format html',
    report,
    '`--format html` is not one of `text`, `markdown`, `json`',
    'did you mean `--html FILE`?',
  ],
  [
    'run --keys-file DIR/.envv',
    loadKeysFile,
    'there is no file `DIR/.envv`',
    'did you mean `DIR/.env`?',
  ],
  [
    'ask -m mock/small --file DIR/task.txt',
    ask,
    'there is no file `DIR/task.txt`',
    'did you mean `DIR/tasks.txt`?',
  ],
])('`volley %s` is refused before anything is read', async (line, run, message, hint) => {
  const at = folder({ '.env': '', 'tasks.txt': 'What is 2+2?\n' });
  const here = (text: string): string => text.replaceAll('DIR', at);
  const running = (async () => run(parseArguments(here(line).split(' '))))();
  await expect(running).rejects.toMatchObject({ message: here(message), hint: here(hint) });
});

test('a user in a subfolder gets a hint about the manifest in a parent folder', async () => {
  const cwd = folder({ 'volley.yaml': `${MODEL}tasks: [hi]\n`, 'docs/rules.md': '' });
  const run = await volley(['validate'], { cwd: join(cwd, 'docs') });
  expect(run.stderr).toBe(
    'volley: `volley validate` needs a manifest, but there is no `volley.yaml` here\n  hint: did you mean `volley validate ../volley.yaml`?\n',
  );
});

test('the only manifest in the folder is suggested, whatever its name', async () => {
  const cwd = folder({ 'review.yaml': `${MODEL}tasks: [hi]\n`, 'package.json': '{}' });
  expect((await volley(['run'], { cwd })).stderr).toContain(
    'did you mean `volley run review.yaml`?',
  );
});
