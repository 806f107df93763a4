import { readFileSync } from 'node:fs';

/** A file of this package, by its path from the package's root. All of the built command lies in `dist/cli`. */
export function packageFile(path: string): URL {
  return new URL(`../../${path}`, import.meta.url);
}

export function packageVersion(): string {
  const text = readFileSync(packageFile('package.json'), 'utf8');
  const manifest: unknown = JSON.parse(text);
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest && manifest.version;
  return String(version);
}
