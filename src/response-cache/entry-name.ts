/** `v2/ab…` of the fingerprint `v2:sha256:ab…`: the file of its answer; undefined where it is not such a fingerprint. */
export function entryName(fingerprint: string): string | undefined {
  const [, version, start, rest] =
    /^v(\d{1,3}):sha256:([0-9a-f]{2})([0-9a-f]{62})$/.exec(fingerprint) ?? [];
  return version === undefined ? undefined : `v${version}-${start}/${rest}.json`;
}

export function isEntryName(name: string): boolean {
  return /^v\d{1,3}-[0-9a-f]{2}\/[0-9a-f]{62}\.json$/.test(name);
}
