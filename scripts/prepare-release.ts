/**
 * Prepares the checkout for `npm publish`: `node scripts/prepare-release.ts v0.1.0`. Derives
 * `homepage` and `bugs` from `repository` in package.json, which the owner sets. Makes the links in
 * the README absolute, because a package has neither docs nor pictures. Refuses a tag that is not
 * the package's version.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Release {
  /** `https://github.com/owner/name`. */
  readonly site: string;
  readonly tag: string;
}

/** Makes the links and pictures of a page point to GitHub, at the tag. */
export function withAbsoluteLinks(page: string, { site, tag }: Release): string {
  const raw = site.replace('https://github.com/', 'https://raw.githubusercontent.com/');
  return page
    .replaceAll(/(!\[[^\]]*\]\()(?!https?:)([^)\s]+)\)/g, `$1${raw}/${tag}/$2)`)
    .replaceAll(/((?<!!)\[[^\]]*\]\()(?!https?:|#)([^)\s]+)\)/g, `$1${site}/blob/${tag}/$2)`);
}

/** `package.json` with what follows from `repository`. Throws if that or the tag is wrong. */
export function withSite(
  manifest: Readonly<Record<string, unknown>>,
  tag: string,
): { readonly manifest: Readonly<Record<string, unknown>>; readonly site: string } {
  if (tag !== `v${String(manifest['version'])}`) {
    throw new Error(
      `the tag ${tag} is not v${String(manifest['version'])}, the version in package.json`,
    );
  }
  const site = siteOf(manifest['repository']);
  if (site === undefined) {
    throw new Error('set `repository` in package.json, such as "github:owner/volley"');
  }
  const repository = { type: 'git', url: `git+${site}.git` };
  return {
    site,
    manifest: { ...manifest, repository, homepage: `${site}#readme`, bugs: `${site}/issues` },
  };
}

function siteOf(repository: unknown): string | undefined {
  const url =
    typeof repository === 'object' && repository !== null && 'url' in repository
      ? repository.url
      : repository;
  const found =
    /^(?:github:|git\+https:\/\/github\.com\/|https:\/\/github\.com\/)?([\w.-]+\/[\w.-]+?)(?:\.git)?$/.exec(
      typeof url === 'string' ? url : '',
    );
  return found === null ? undefined : `https://github.com/${found[1]}`;
}

function inRepo(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [tag = ''] = process.argv.slice(2);
  const { manifest, site } = withSite(
    JSON.parse(readFileSync(inRepo('package.json'), 'utf8')),
    tag,
  );
  const readme = readFileSync(inRepo('README.md'), 'utf8');
  writeFileSync(inRepo('package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(inRepo('README.md'), withAbsoluteLinks(readme, { site, tag }));
}
