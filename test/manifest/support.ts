import { posix } from 'node:path';
import { formatFinding } from '../../src/errors/code-frame.ts';
import type { Finding } from '../../src/errors/finding.ts';
import {
  loadManifest,
  type LoadOptions,
  type LoadResult,
} from '../../src/manifest/load-manifest.ts';
import type { Manifest } from '../../src/manifest/manifest.ts';
import type { FileResult, ProjectFiles } from '../../src/ports/files.ts';

/** Files in memory, named as in the manifest. */
export function memoryFiles(contents: Readonly<Record<string, string | Uint8Array>>): ProjectFiles {
  return {
    async read(name) {
      const content = contents[posix.normalize(name)];
      if (content === undefined) return missing(name);
      return { ok: true, value: typeof content === 'string' ? Buffer.from(content) : content };
    },
    stream: async (name) => missing(name),
    glob: async () => ({ ok: true, value: [] }),
    credentialsLeftOut: () => [],
  };
}

function missing(name: string): FileResult<never> {
  return {
    ok: false,
    problem: {
      code: 'FILE_NOT_FOUND',
      message: `there is no file \`${name}\``,
      hint: 'paths are relative to the manifest',
    },
  };
}

export type CheckOptions = Partial<Omit<LoadOptions, 'files'>> & {
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
};

export function load(
  text: string,
  { files = {}, ...options }: CheckOptions = {},
): Promise<LoadResult> {
  const inMemory = memoryFiles(files);
  return loadManifest('volley.yaml', {
    files: inMemory,
    readText: (name) => inMemory.read(name),
    text,
    ...options,
  });
}

/** The manifest of a valid text. */
export async function manifestOf(text: string, options?: CheckOptions): Promise<Manifest> {
  const loaded = await load(text, options);
  if (!loaded.ok) throw new Error(shownFindings(loaded.findings));
  return loaded.manifest;
}

/** All errors and warnings, as shown to the user. */
export async function complaints(text: string, options?: CheckOptions): Promise<string> {
  const loaded = await load(text, options);
  return shownFindings(loaded.ok ? loaded.warnings : loaded.findings);
}

function shownFindings(findings: readonly Finding[]): string {
  return findings.map((finding) => formatFinding(finding, { color: false })).join('\n');
}
