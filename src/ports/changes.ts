/** Wakes everyone who waits for the next change of something. */
export function createChanges() {
  let change = Promise.withResolvers<undefined>();
  return {
    /** Resolves at the next change after this call. */
    next: (): Promise<undefined> => change.promise,
    tell(): void {
      change.resolve(undefined);
      change = Promise.withResolvers();
    },
  };
}
