import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly integrity?: string;
}

const manifest: { readonly dependencies: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);
const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
  readFileSync('package-lock.json', 'utf8'),
);
const names = Object.keys(manifest.dependencies);

/** The packages that users install, without those that only development needs. */
const installed = Object.entries(lock.packages).filter(
  ([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true,
);

describe('runtime dependencies', () => {
  it('are listed in a decision, each with a reason', () => {
    const decisions = readdirSync('docs/decisions').map((name) =>
      readFileSync(join('docs/decisions', name), 'utf8'),
    );
    const listed = new Set(
      decisions.flatMap((text) =>
        [...text.matchAll(/^\| `([@\w/.-]+)` +\| .+ \| .+ \|$/gm)].map(([, name]) => name),
      ),
    );
    expect(names.filter((name) => !listed.has(name))).toEqual([]);
  });

  it('have exact versions', () => {
    expect(
      Object.values(manifest.dependencies).filter((each) => !/^\d+\.\d+\.\d+$/.test(each)),
    ).toEqual([]);
  });

  it('and their dependencies have no install script, but a checksum', () => {
    expect(installed.length).toBeGreaterThanOrEqual(names.length);
    expect(installed.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
    expect(installed.filter(([, { integrity }]) => integrity === undefined)).toEqual([]);
  });

  it('are imported by the command, not copied into it, so that a patched package is used', () => {
    const build = readFileSync('scripts/build.ts', 'utf8');
    expect(build).toContain("external: (id) => !id.startsWith('.') && !isAbsolute(id)");
  });
});
