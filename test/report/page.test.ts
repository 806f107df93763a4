import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dataBlock, pageEnd, pageStart, rowData } from '../../src/report/page/page.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import { failure, record } from '../compare/records.ts';
import { browserPath, openPage } from '../support/browser.ts';
import { folder, volley } from '../support/cli.ts';
import { isDeep } from '../support/scale.ts';

const HOSTILE = [
  '<img src=x onerror="window.pwned = 1">',
  '</script><script>window.pwned = 1</script>',
  '<!--<script>',
  '\u2028window.pwned = 1\u2029',
  '{{constructor.constructor("window.pwned = 1")()}}',
  '<svg onload=window.pwned=1><a href="https://evil.example/">x</a>',
] as const;

test.each(HOSTILE)('%j cannot end its data block', (text) => {
  const block = dataBlock('texts', [{ answer: text, item: { [text]: text } }]);
  const inside = block.slice(block.indexOf('>') + 1, -'</script>\n'.length);
  expect(inside).not.toContain('<');
  expect(JSON.parse(inside)).toEqual([{ answer: text, item: { [text]: text } }]);
});

test('the page may run only its own script, and loads nothing', () => {
  const parts = { style: 'b {}', script: 'let a = "</b>"' };
  const start = pageStart('<b>"&', parts);
  const hash = createHash('sha256').update(parts.script).digest('base64');
  expect(start).toContain(
    `content="default-src 'none'; script-src 'sha256-${hash}'; style-src 'sha256-`,
  );
  expect(start).toContain('<title>&lt;b&gt;&quot;&amp;</title>');
  expect(pageEnd(parts)).toContain(`<script>${parts.script}</script>`);
});

test('a row contains the values that the table shows', () => {
  const matrix = { model: 'mock/small' };
  expect(rowData(record({ id: 't@1,model=mock/small', matrix, output: { a: 1 } }))).toEqual([
    't@1,model=mock/small',
    't',
    'mock/small',
    'succeeded',
    0.01,
    10,
    5,
    1000,
    1,
    '',
    '{"a":1}',
    't@1',
  ]);
});

/** The rows of two models. The first answers are hostile. */
function results(count: number): string {
  const records: ResultRecord[] = [];
  for (let at = 0; at < count; at++) {
    for (const model of ['one', 'two']) {
      const id = `t@${at},model=m/${model}`;
      const output = HOSTILE[at] ?? `answer ${at} of ${model}`;
      const facts = { index: records.length, model, matrix: { model: `m/${model}` }, key: at };
      records.push(
        record(
          at === count - 1
            ? { id, ...facts, error: failure('SERVER_ERROR', 'no answer') }
            : { id, ...facts, output, prompt: `prompt ${at}`, cost_usd: at / 1000 },
        ),
      );
    }
  }
  return records.map((each) => `${JSON.stringify(each)}\n`).join('');
}

async function pageOf(count: number): Promise<string> {
  const cwd = folder();
  writeFileSync(join(cwd, 'r.jsonl'), results(count));
  const made = await volley(['report', 'r.jsonl', '--html', 'r.html'], { cwd });
  expect(made.code, made.stderr).toBe(0);
  return join(cwd, 'r.html');
}

test('the page contains its records, script and style, and no URLs', async () => {
  const text = readFileSync(await pageOf(20), 'utf8');
  expect(text.match(/<script/g)).toHaveLength(4);
  expect(text.replaceAll(/<script type="application\/json"[^]*?<\/script>/g, '')).not.toMatch(
    /src=|href=|@import|url\((?!data:)|https?:\/\/(?!www\.w3\.org\/2000\/svg)/,
  );
});

const browser = isDeep ? browserPath() : undefined;
const why =
  browser === undefined
    ? ` [skipped: ${isDeep ? 'no Chromium here; set VOLLEY_TEST_BROWSER to one' : 'part of npm run test:deep'}]`
    : '';

describe.skipIf(browser === undefined)(`in a browser, the page${why}`, () => {
  const rowsShown =
    "[...document.querySelectorAll('.body .row')].map((row) => row.children[1].textContent)";
  const textShown = "document.querySelector('.detail').innerText";

  test('runs nothing from an answer and requests nothing', async () => {
    const page = await openPage(browser ?? '', await pageOf(20));
    await page.evaluate("document.querySelector('.body').focus()");
    for (let at = 0; at < 2 * HOSTILE.length; at++) {
      await page.press('ArrowDown', 'Enter');
      expect(await page.evaluate(textShown)).toContain(
        HOSTILE[Math.floor(at / 2)]?.trim().slice(0, 10),
      );
    }
    expect(await page.evaluate('window.pwned ?? null')).toBeNull();
    expect([page.messages(), page.requests()]).toEqual([[], []]);
    // Even injected code could not send anything.
    await page.evaluate("fetch('https://evil.example/').catch(() => {})");
    await page.evaluate(
      "document.body.append(document.createElement('img')); document.body.lastChild.src = 'https://evil.example/x'",
    );
    expect(page.messages().join()).toContain('Content Security Policy');
  }, 60_000);

  test('filters, sorts and opens records with the keyboard, and shows models side by side', async () => {
    const page = await openPage(browser ?? '', await pageOf(20));
    await page.press('/', 'a', 'n', 's', 'w', 'e', 'r', ' ', '1', '2');
    expect(await page.evaluate(rowsShown)).toEqual(['t@12,model=m/one', 't@12,model=m/two']);
    await page.evaluate("document.querySelector('.body').focus()");
    await page.press('ArrowDown', 'ArrowDown', 'Enter');
    const opened = String(await page.evaluate(textShown));
    expect(opened).toContain('prompt 12');
    expect(opened).toContain('answer 12 of one');
    expect(opened).toContain('answer 12 of two');
    await page.press('Escape');
    expect(await page.evaluate("document.querySelector('.detail').hidden")).toBe(true);
    await page.evaluate(
      "document.getElementById('search').value = ''; document.getElementById('search').dispatchEvent(new Event('input'))",
    );
    await page.evaluate(
      "[...document.querySelectorAll('.head button')].find((head) => head.textContent === 'cost').click()",
    );
    const dearest = await page.evaluate(rowsShown);
    expect(Array.isArray(dearest) && dearest.slice(0, 2)).toEqual([
      't@18,model=m/one',
      't@18,model=m/two',
    ]);
    expect(
      await page.evaluate("document.querySelector('[aria-sort=descending]').textContent"),
    ).toBe('cost ↓');
    await page.evaluate(
      "[...document.querySelectorAll('button')].find((button) => button.textContent === 'SERVER_ERROR').click()",
    );
    expect(await page.evaluate(rowsShown)).toEqual(['t@19,model=m/one', 't@19,model=m/two']);
  }, 60_000);

  test('draws only the visible ones of 5,000 records', async () => {
    const page = await openPage(browser ?? '', await pageOf(2_500));
    expect(await page.evaluate("document.querySelectorAll('.body .row').length")).toBeLessThan(50);
    await page.evaluate("document.querySelector('.body').focus()");
    await page.press('End');
    expect(await page.evaluate(rowsShown)).toContain('t@2499,model=m/two');
  }, 60_000);
});
