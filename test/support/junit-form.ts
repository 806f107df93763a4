/**
 * Checks text against the JUnit XML that Jenkins and GitLab read (jenkins-junit.xsd), as far as
 * Volley uses it: well-formed XML, known elements in their places, known attributes, and totals
 * that add up.
 */
export interface JunitCase {
  readonly suite: string;
  readonly name: string;
  readonly className: string;
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  readonly message: string;
  readonly text: string;
}

const FORM: Readonly<
  Record<string, { readonly within: readonly string[]; readonly attributes: readonly string[] }>
> = {
  testsuites: {
    within: [''],
    attributes: ['name', 'time', 'tests', 'failures', 'disabled', 'errors'],
  },
  testsuite: {
    within: ['testsuites'],
    attributes: [
      'name',
      'tests',
      'failures',
      'errors',
      'time',
      'disabled',
      'skipped',
      'timestamp',
      'hostname',
      'id',
      'package',
    ],
  },
  testcase: {
    within: ['testsuite'],
    attributes: ['name', 'assertions', 'time', 'classname', 'status'],
  },
  failure: { within: ['testcase'], attributes: ['type', 'message'] },
  error: { within: ['testcase'], attributes: ['type', 'message'] },
  skipped: { within: ['testcase'], attributes: ['type', 'message'] },
};

export function junitCases(xml: string): readonly JunitCase[] {
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(xml)) {
    throw new Error('a character that XML does not have');
  }
  const [head, ...rest] = xml.split('?>\n');
  if (head !== '<?xml version="1.0" encoding="UTF-8"') throw new Error('no XML declaration');
  const cases: JunitCase[] = [];
  const open: string[] = [];
  let suite: Readonly<Record<string, string>> = {};
  let counts = newCounts();
  const all = newCounts();
  let total: Readonly<Record<string, string>> = {};
  let last: { -readonly [Key in keyof JunitCase]: JunitCase[Key] } | undefined;
  for (const [, close, name = '', written = '', isEmpty, text = ''] of rest
    .join('?>\n')
    .matchAll(/<(\/?)([a-z]+)((?:\s+[a-z]+="[^"<]*")*)\s*(\/?)>([^<]*)/g)) {
    const form = FORM[name];
    if (!form) throw new Error(`an element \`${name}\``);
    const attributes = Object.fromEntries(
      [...written.matchAll(/([a-z]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
        key,
        unescaped(value),
      ]),
    );
    if (close === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
      if (name === 'testsuite') checkTotals(suite, counts);
      continue;
    }
    if (!form.within.includes(open.at(-1) ?? '')) throw new Error(`<${name}> in ${open.at(-1)}`);
    for (const key of Object.keys(attributes)) {
      if (!form.attributes.includes(key)) throw new Error(`an attribute \`${key}\` of ${name}`);
    }
    if (name === 'testsuites') total = attributes;
    if (name === 'testsuite') [suite, counts] = [attributes, newCounts()];
    if (name === 'testcase') {
      counts.tests += 1;
      all.tests += 1;
      last = {
        suite: suite['name'] ?? '',
        name: attributes['name'] ?? '',
        className: attributes['classname'] ?? '',
        outcome: 'passed',
        message: '',
        text: '',
      };
      cases.push(last);
    }
    if ((name === 'failure' || name === 'error' || name === 'skipped') && last) {
      for (const each of [counts, all]) each[name] += 1;
      Object.assign(last, {
        outcome: name,
        message: attributes['message'] ?? '',
        text: unescaped(text),
      });
    }
    if (isEmpty === '') open.push(name);
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is not closed`);
  checkTotals(total, all);
  return cases;
}

function newCounts() {
  return { tests: 0, failure: 0, error: 0, skipped: 0 };
}

function checkTotals(
  said: Readonly<Record<string, string>>,
  counts: ReturnType<typeof newCounts>,
): void {
  const { tests, failure, error, skipped } = counts;
  const found = [tests, failure, error, said['skipped'] === undefined ? undefined : skipped];
  const told = [said['tests'], said['failures'], said['errors'], said['skipped']].map((each) =>
    each === undefined ? undefined : Number(each),
  );
  if (JSON.stringify(found) !== JSON.stringify(told))
    throw new Error(`${told.join()} are ${found.join()}`);
}

function unescaped(text: string): string {
  if (/&(?!(?:amp|lt|gt|quot|#\d+);)/.test(text)) throw new Error(`a bare & in ${text}`);
  return text.replaceAll(/&(amp|lt|gt|quot|#\d+);/g, (_, name: string) =>
    name.startsWith('#') ? String.fromCodePoint(Number(name.slice(1))) : (NAMED[name] ?? ''),
  );
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
