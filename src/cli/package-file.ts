import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A file of this package, by its path from the root. The built command is in `dist/cli`. */
export function packageFile(path: string): URL {
  return new URL(`../../${path}`, import.meta.url);
}

export function packageVersion(): string {
  return packageManifest().version;
}

/** Address of the docs: on the web once there is one, else the README of this package. */
export function docsAddress(): string {
  return packageManifest().homepage ?? fileURLToPath(packageFile('README.md'));
}

function packageManifest(): { readonly version: string; readonly homepage?: string } {
  return JSON.parse(readFileSync(packageFile('package.json'), 'utf8'));
}
