/** A file of this package, by its path from the package's root. All of the built command lies in `dist/cli`. */
export function packageFile(path: string): URL {
  return new URL(`../../${path}`, import.meta.url);
}
