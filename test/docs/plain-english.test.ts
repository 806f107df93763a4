import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/**
 * Words that a native engineer would not use in comments, messages and docs. The rules are in
 * docs/contributing.md. Fix the sentence; do not add exceptions.
 */
const FOREIGN: ReadonlyArray<readonly [words: RegExp, instead: string]> = [
  [/(?<!\bthere )\b(?:is|are|was|were) no (?!longer\b|more\b)[a-z]/i, 'is not a …'],
  [/\bfits? no\b/i, 'does not fit any …'],
  [/\b(?:is|are|was|were) told(?=[.,;:]| and | once| early)/i, 'is reported'],
  [/\bmend(?:s|ed|ing)?\b/i, 'fix'],
  [/\b(?:go|goes|went|going) on\b(?! to\b)/i, 'continue'],
  [/\bas good as\b/i, 'say what it is'],
  [/\bbeside\b/i, 'next to, besides, compared with'],
  [/\bexclude each other\b/i, 'cannot be combined with'],
  [/\bfor ever\b/i, 'forever'],
  [/\bprocessor time\b/i, 'CPU time'],
  [/\b(?:is|are) borne\b/i, 'is accepted'],
  [/\bturned down\b/i, 'rejected'],
  [/\bchosen by chance\b/i, 'chosen at random'],
  [/\bat the (?:least|most)\b/i, 'at least, at most'],
  [/\boutside of\b/i, 'outside'],
  [/\bset aside\b/i, 'reserved'],
  [/\bwrite for example\b/i, 'for example, write'],
  [/\bstands? in\b(?! for)/i, 'is in'],
  [/\bbelongs? into\b/i, 'belongs in'],
  [/\b(?:given|effect) next to\b/i, 'together with'],
  [
    /\bover all (?:its |of )?(?:models|providers|tasks|lanes|entries|globs|attempts|runs|them)\b/i,
    'across all',
  ],
  [/\b(?:requests?|tokens?|dollars) a (?:second|minute|hour|day)\b/i, 'per minute'],
  [/\bat (?:Anthropic|OpenAI|Bedrock|Azure|Vertex|Groq)\b/, 'on Azure'],
  [/, also (?:in|on|under|with|when|if|for|from|after|as|of)\b/i, 'even, including'],
  [/\bexists already\b/i, 'already exists'],
  [/\binto (?:double |single )?quotes\b/i, 'in quotes'],
  [/\bname (?:a|an|another|the|one) (?:file|flag|folder)\b/i, 'give, choose, pass'],
  [/\bnames no (?!longer\b)[a-z]/i, 'does not name a …'],
  [/, and must (?:be|have|not)\b/i, 'but must …'],
  [/\bwants? an? (?:key|password|user name|client certificate)\b/i, 'requires a …'],
  [/\bat a cloud\b/i, 'on a cloud'],
  [/\bworks? off\b/i, 'processes, runs'],
  [/\blists? of texts\b/i, 'list of strings'],
  [/\bfor certain\b/i, 'with certainty'],
  [/\bthe disk took\b/i, 'the disk accepted'],
  [
    /\b(?:retries|waits|attempts) (?:[a-z ]{0,20})?included\b|, (?!type\b)[a-z]+ included\b/i,
    'including …',
  ],
  [/\bwho(?:ever)? asks\b/i, 'the caller'],
  [/\btoo dear\b|\bdearer\b/i, 'expensive'],
  [
    /\b(?:summaris|categoris|honour|normalis|organis|recognis|serialis|initialis)/i,
    'American spelling',
  ],
  [/(?<!not |nothing |nobody |never )\bany more\b(?=[.,;:*]| \*| and\b| or\b)/i, 'no longer'],
  [/\b(?:is|are|was|were) over\b/i, 'has ended'],
  [/\bkeeps? to (?:an?|the|its|their)\b/i, 'stays within'],
  [/\b(?:asked|asks|asking) for no\b/i, 'did not ask for'],
  [/\bstands (?:exactly|once|at|after)\b|\bas it lies\b/i, 'occurs, is, follows'],
  [/\bbrings? (?:[a-z']+ ){1,4}to (?:its|their) end\b/i, 'follows it until it ends'],
  [/\ban error of the (?:server|provider|model|disk)\b/i, 'a server error'],
  [/\b(?:reached|sent|works|done) without(?=[.,;:`'])/i, 'without what?'],
  [/\bis that of\b/i, 'is the …’s, depends on'],
  [/\b(?:never|not) what costs\b/i, 'nothing that costs'],
  [/\ba last time\b/i, 'one last time'],
];

/** These files quote the words that they advise against. */
const RULES = new Set(['docs/contributing.md', 'test/docs/plain-english.test.ts']);

const files = [
  'README.md',
  'CHANGELOG.md',
  'SECURITY.md',
  ...globSync([
    'src/**/*.ts',
    'test/**/*.ts',
    'docs/**/*.md',
    'schemas/*.json',
    'examples/*.{yaml,md}',
    'bench/**/*.ts',
    'scripts/*.ts',
  ]),
].filter((name) => !name.startsWith('src/generated/') && !RULES.has(name));

describe('plain English', () => {
  it('is checked in many files', () => {
    expect(files.length).toBeGreaterThan(300);
  });

  it.each(FOREIGN)('does not contain %s', (words, instead) => {
    const found = files.flatMap((name) =>
      readFileSync(name, 'utf8')
        .split('\n')
        .flatMap((line, at) => (words.test(line) ? `${name}:${at + 1}: ${line.trim()}` : [])),
    );
    expect(
      found.map((line) => line.slice(0, 200)),
      `instead: ${instead}`,
    ).toEqual([]);
  });
});
