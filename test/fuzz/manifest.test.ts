/** The short form of `npm run fuzz`, always the same cases. */
import { expect, test } from 'vitest';
import { caseOf } from './cases.ts';
import { checkCase } from './check-case.ts';
import { fuzz } from './fuzz.ts';

test('1,500 manifests that nobody would write are refused with findings, or are valid', async () => {
  const { mutated, generated, problems, crashes, hangs } = await fuzz({ from: 0, cases: 1500 });
  expect({ problems, crashes, hangs }).toEqual({ problems: [], crashes: 0, hangs: 0 });
  // Both ways must also create valid manifests.
  expect(mutated.valid).toBeGreaterThan(10);
  expect(generated.valid).toBeGreaterThan(10);
}, 300_000);

test('the same number always gives the same case', () => {
  for (let number = 0; number < 20; number++) expect(caseOf(number)).toEqual(caseOf(number));
});

test.each([[53_585, 'an address in a schema that does not begin like a URI']])(
  "case %i is reported in Volley's own words: %s",
  async (number) => {
    expect((await checkCase(number)).problems).toEqual([]);
  },
);
