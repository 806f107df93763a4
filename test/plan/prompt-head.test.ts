import { describe, expect, it } from 'vitest';
import { literalTemplate } from '../../src/manifest/parse-template.ts';
import { headLength, splitPrompt } from '../../src/plan/prompt-head.ts';

const RULES = 'Judge by the book, and say why.\n'.repeat(40);

describe('the head of a prompt', () => {
  it.each([
    ['ends at the first variable', `${RULES}{{ item }}`, `${RULES}A`, RULES],
    ['ends at the end of a line', `${RULES}Text: {{ item }}`, `${RULES}Text: A`, RULES],
    ['ends before a tag', `${RULES}{% if item %}x{% endif %}`, `${RULES}x`, RULES],
    ['is all of a prompt without variables', RULES, RULES, RULES],
    ['does not exist if a variable comes first', `{{ item }} ${RULES}`, `A ${RULES}`, undefined],
    ['does not exist if it is short', 'Sum up:\n{{ item }}', 'Sum up:\nA', undefined],
    [
      'does not exist without a line break',
      `${'Word '.repeat(400)}{{ item }}`,
      'Word A',
      undefined,
    ],
    [
      'does not exist if a tag removes its line break',
      `${RULES}{{- item }}`,
      `${RULES.trimEnd()}A`,
      undefined,
    ],
    ['does not exist if the rest is blank', `${RULES}{{ item }}`, `${RULES} `, undefined],
  ])('%s', (_title, template, prompt, head) => {
    const length = headLength(literalTemplate(template), { text: prompt, prompt });
    const split = splitPrompt({ prompt, ...(length !== undefined && { headLength: length }) });
    expect(split?.head).toBe(head);
    if (split) expect(split.head + split.rest).toBe(prompt);
  });
});
