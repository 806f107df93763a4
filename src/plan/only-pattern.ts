/** Whether a string matches a pattern: `*` matches any characters, `?` exactly one. */
export function isLike(text: string, pattern: string): boolean {
  let at = 0;
  let place = 0;
  /** Where to retry if the part after the last star does not match. */
  let retry: { readonly place: number; at: number } | undefined;
  while (at < text.length) {
    const wanted = pattern[place];
    if (wanted === '*') {
      retry = { place, at };
      place += 1;
    } else if (wanted === '?' || wanted === text[at]) {
      at += 1;
      place += 1;
    } else if (retry) {
      retry.at += 1;
      at = retry.at;
      place = retry.place + 1;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(place));
}
