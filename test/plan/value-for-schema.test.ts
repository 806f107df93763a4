import { expect, test } from 'vitest';
import { generateValue } from '../../src/plan/value-for-schema.ts';
import { plausibleRange, plausibleText, singular } from '../../src/plan/plausible-values.ts';
import { seededRandom } from '../../src/ports/random.ts';

test('a generated object has typical values for fields with familiar names', () => {
  const schema = {
    type: 'object',
    required: [],
    properties: {
      customerName: { type: 'string' },
      email: { type: 'string' },
      category: { enum: ['billing', 'bug'] },
      confidence: { type: 'number' },
      urgency: { type: 'integer', minimum: 1, maximum: 3 },
      rating: { type: 'integer' },
      summary: { type: 'string' },
      tags: { type: 'array', items: { type: 'string' }, minItems: 1 },
    },
  };
  for (let seed = 1; seed <= 50; seed += 1) {
    const value = generateValue(schema, seededRandom(seed));
    expect(value).toEqual({
      customerName: expect.stringMatching(/^[A-Z][a-z]+ [A-Z][a-z]+$/),
      email: expect.stringMatching(/@example\.com$/),
      category: expect.stringMatching(/^(billing|bug)$/),
      confidence: expect.toSatisfy((number: number) => number >= 0 && number <= 1),
      urgency: expect.toSatisfy((number: number) => [1, 2, 3].includes(number)),
      rating: expect.toSatisfy((number: number) => [1, 2, 3, 4, 5].includes(number)),
      summary: 'made-up summary',
      tags: expect.arrayContaining([expect.stringMatching(/^(sample|example|made-up)$/)]),
    });
  }
});

test.each([
  ['home_city', /Oslo|Lima|Kyoto/],
  ['dueDate', /^2026-/],
  ['unheard_of', /^made-up unheard of$/],
  [undefined, /^made up$/],
])('the text of a field named `%s` is typical', (name, expected) => {
  expect(plausibleText(name, seededRandom(1))).toMatch(expected);
});

test('numbers with familiar names have a typical range, but limits in the schema win', () => {
  expect(plausibleRange('matchScore')).toMatchObject({ from: 0, to: 1 });
  expect(plausibleRange('whatever')).toBeUndefined();
  const schema = { type: 'number', minimum: 7, maximum: 8 };
  const object = { type: 'object', properties: { score: schema } };
  expect(generateValue(object, seededRandom(3))).toEqual({
    score: expect.toSatisfy((number: number) => number >= 7 && number <= 8),
  });
});

test.each([
  ['tags', 'tag'],
  ['categories', 'category'],
  ['class', 'class'],
])('the singular of `%s` is `%s`', (many, one) => {
  expect(singular(many)).toBe(one);
});
