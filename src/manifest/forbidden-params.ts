/**
 * What to write instead of a key that `params` may not hold; undefined when it may. Volley sets these
 * parts of a request itself: what is sent, where the answer goes, how many answers there are, and how
 * long they may be, which is what a budget rests on. Servers differ in how they spell a name
 * (`max_tokens`, `maxOutputTokens`), so that is not told apart.
 */
export function insteadOfParam(name: string): string | undefined {
  return INSTEAD.get(name.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
}

const ITSELF = 'delete it: Volley writes it itself';
const MAX_TOKENS = 'set `max_tokens` of the task instead';
const ONE_ANSWER = 'set `repeat` of the task instead';

const INSTEAD: ReadonlyMap<string, string> = new Map([
  ...[
    'model',
    'messages',
    'input',
    'inputs',
    'contents',
    'instructions',
    'system',
    'systeminstruction',
    'prompt',
    'stream',
    'streamoptions',
    'background',
  ].map((name) => [name, ITSELF] as const),
  ...[
    'maxtokens',
    'maxoutputtokens',
    'maxcompletiontokens',
    'maxnewtokens',
    'maxgeneratedtokens',
    'maxtokenstosample',
    'maxgenlen',
    'maxlength',
    'numpredict',
    'npredict',
  ].map((name) => [name, MAX_TOKENS] as const),
  ...[
    'n',
    'bestof',
    'candidatecount',
    'numgenerations',
    'numreturnsequences',
    'numcompletions',
  ].map((name) => [name, ONE_ANSWER] as const),
]);
