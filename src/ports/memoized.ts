/** Calls `make` once per key, and returns the same value for the same key. */
export function memoized<Key, Made>(make: (key: Key) => Made): (key: Key) => Made {
  return withCache(make, new Map());
}

/** The same for objects as keys. Being a key does not keep an object in memory. */
export function weaklyMemoized<Key extends WeakKey, Made>(
  make: (key: Key) => Made,
): (key: Key) => Made {
  return withCache(make, new WeakMap());
}

interface Cache<Key, Made> {
  get(key: Key): { readonly value: Made } | undefined;
  set(key: Key, made: { readonly value: Made }): unknown;
}

function withCache<Key, Made>(make: (key: Key) => Made, cache: Cache<Key, Made>) {
  return (key: Key): Made => {
    const made = cache.get(key) ?? { value: make(key) };
    cache.set(key, made);
    return made.value;
  };
}
