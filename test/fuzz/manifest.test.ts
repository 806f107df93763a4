/** The short form of `npm run fuzz`, always the same cases. */
import { expect, test } from 'vitest';
import { caseOf } from './cases.ts';
import { checkCase } from './check-case.ts';
import { fuzz } from './fuzz.ts';

test('1,500 manifests that nobody would write are refused with findings, or are valid', async () => {
  const { mutated, generated, problems, crashes, hangs } = await fuzz({ from: 0, cases: 1500 });
  expect({ problems, crashes, hangs }).toEqual({ problems: [], crashes: 0, hangs: 0 });
  // Neither way may lead to nothing but refusals.
  expect(mutated.valid).toBeGreaterThan(10);
  expect(generated.valid).toBeGreaterThan(10);
}, 300_000);

test('a case is the same each time', () => {
  for (let number = 0; number < 20; number++) expect(caseOf(number)).toEqual(caseOf(number));
});

test.each([[53_585, 'an address in a schema that no URI begins like']])(
  "case %i is reported in Volley's own words: %s",
  async (number) => {
    expect((await checkCase(number)).problems).toEqual([]);
  },
);
