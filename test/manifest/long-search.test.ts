import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { matches, piecesBetween } from '../../src/manifest/long-search.ts';
import { parseTemplate } from '../../src/manifest/parse-template.ts';

/** Few letters, so that texts often match in part. */
const texts = (most: number) => fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: most });
const wanted = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 6 });

test('text is searched as JavaScript does', () => {
  fc.assert(
    fc.property(texts(60), wanted, (text, part) => {
      expect(piecesBetween(text, part, 'all')).toEqual(text.split(part));
      expect(matches(text, part, 'first')[0] ?? -1).toBe(text.indexOf(part));
      expect(matches(text, part, 'last')[0] ?? -1).toBe(text.lastIndexOf(part));
    }),
  );
});

const LONG = 'The license of this file, in a line that is longer than most.';

test.each([
  ['{{ item.text | split: item.long | join: "|" }}', 'a|b|c'],
  ['{{ item.text | replace: item.long, "|" }}', 'a|b|c|'],
  ['{{ item.text | replace_first: item.long, "|" | remove: item.long }}', 'a|bc'],
  ['{{ item.text | replace_last: item.long, "|" | remove_first: item.long }}', `ab${LONG}c|`],
  ['{{ item.text | remove: item.long }}', 'abc'],
  ['{{ item.text | remove_last: item.long }}', `a${LONG}b${LONG}c`],
  ['{% if item.text contains item.long %}yes{% endif %}', 'yes'],
  ['{% if "short" contains item.long %}yes{% else %}no{% endif %}', 'no'],
])('%s finds a long text', async (template, text) => {
  const item = { text: `a${LONG}b${LONG}c${LONG}`, long: LONG };
  expect(await rendered(template, item)).toEqual({ ok: true, text });
});

test.each(['replace: item.near, "z"', 'replace_last: item.near, "z"', 'split: item.near'])(
  '`%s` ends soon on text that nearly matches everywhere',
  async (filter) => {
    const half = 'x'.repeat(200_000);
    const item = { text: 'x'.repeat(3_000_000), near: `${half}y${half}` };
    expect(await rendered(`{{ item.text | ${filter} | size }}`, item)).toMatchObject({ ok: true });
  },
);

const origin = { file: 'm.yaml', placeAt: () => ({ file: 'm.yaml', line: 1, column: 1 }) };

async function rendered(template: string, item: object) {
  const parsed = parseTemplate(template, origin);
  if (!parsed.ok) throw new Error(parsed.findings[0]?.message);
  return parsed.template.render({ item: JSON.parse(JSON.stringify(item)) });
}
