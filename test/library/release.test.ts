import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withAbsoluteLinks, withSite } from '../../scripts/prepare-release.ts';

const RELEASE = { site: 'https://github.com/o/volley', tag: 'v0.1.0' };

describe('a release', () => {
  it.each([
    'github:o/volley',
    'o/volley',
    'https://github.com/o/volley',
    'git+https://github.com/o/volley.git',
    { type: 'git', url: 'git+https://github.com/o/volley.git' },
  ])('derives homepage and bugs from the repository %j', (repository) => {
    const { manifest } = withSite({ name: 'volley', version: '0.1.0', repository }, 'v0.1.0');
    expect(manifest).toEqual({
      name: 'volley',
      version: '0.1.0',
      repository: { type: 'git', url: 'git+https://github.com/o/volley.git' },
      homepage: 'https://github.com/o/volley#readme',
      bugs: 'https://github.com/o/volley/issues',
    });
  });

  it('is refused without a repository, or with a tag that is not its version', () => {
    expect(() => withSite({ version: '0.1.0' }, 'v0.1.0')).toThrow('set `repository`');
    expect(() => withSite({ version: '0.1.0', repository: 'o/volley' }, 'v0.2.0')).toThrow(
      'the tag v0.2.0 is not v0.1.0',
    );
  });

  it('has a README whose links all work outside the repository', () => {
    const readme = withAbsoluteLinks(readFileSync('README.md', 'utf8'), RELEASE);
    const links = [...readme.matchAll(/(!?)\[[^\]]*\]\(([^)\s]+)\)/g)];
    expect(links.length).toBeGreaterThan(30);
    expect(
      links.map(([, , link = '']) => link).filter((link) => !/^(https:\/\/|#)/.test(link)),
    ).toEqual([]);
    const pictures = links.flatMap(([, sign, link = '']) => (sign === '!' ? link : []));
    expect(pictures).toContain(
      'https://raw.githubusercontent.com/o/volley/v0.1.0/docs/pictures/run.svg',
    );
    expect(readme).toContain('](https://github.com/o/volley/blob/v0.1.0/docs/cli.md)');
  });

  it('runs the tests before publishing, and publishes with provenance', () => {
    const workflow = readFileSync('.github/workflows/release.yml', 'utf8');
    const steps = [...workflow.matchAll(/- run: (.*)/g)].map(([, command]) => command);
    expect(steps).toEqual([
      'npm ci',
      'npm test',
      'node scripts/prepare-release.ts "$GITHUB_REF_NAME"',
      'npm publish --provenance --access public',
    ]);
  });
});
