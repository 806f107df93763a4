import { wordMap } from './word-set.ts';

/**
 * The hint for a key that `params` must not contain; undefined if the key is allowed. Volley sets
 * these parts of a request itself: the content, where the answer goes, the number of answers, and
 * their length, which the budget depends on. Servers spell names differently (`max_tokens`,
 * `maxOutputTokens`), so case and separators are ignored.
 */
export function insteadOfParam(name: string): string | undefined {
  return INSTEAD.get(name.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
}

const ITSELF = 'delete it: Volley writes it itself';
const MAX_TOKENS = "set the task's `max_tokens` instead";
const ONE_ANSWER = "set the task's `repeat` instead";

const INSTEAD = wordMap({
  [ITSELF]: `model messages input inputs contents instructions system systeminstruction prompt stream
    streamoptions background`,
  [MAX_TOKENS]: `maxtokens maxoutputtokens maxcompletiontokens maxnewtokens maxgeneratedtokens
    maxtokenstosample maxgenlen maxlength numpredict npredict`,
  [ONE_ANSWER]: 'n bestof candidatecount numgenerations numreturnsequences numcompletions',
});
