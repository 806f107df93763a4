import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { COMMAND_NAMES } from '../../src/cli/command-specs.ts';
import { flagsOf } from '../../src/cli/flags.ts';

/** Each instruction with its text. A line that ends in a backslash continues on the next line. */
const instructions = readFileSync('Dockerfile', 'utf8')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => ({ name: line.split(' ', 1)[0] ?? '', text: line.slice(line.indexOf(' ') + 1) }));

const OF_DOCKER = new Set(['rm', 'read-only', 'tmpfs', 'stop-timeout', 'env', 'volume', 'user']);

function names(list: ReadonlyArray<{ readonly name: string }>): readonly string[] {
  return list.map(({ name }) => name);
}

function textsOf(name: string): readonly string[] {
  return instructions.filter((each) => each.name === name).map(({ text }) => text);
}

/** Images cannot be built here, so these tests check rules that linters have for Dockerfiles. */
describe('the Dockerfile', () => {
  it('pins the version of its base image, and does not use a tag that moves', () => {
    for (const image of textsOf('FROM')) expect(image).toMatch(/^node:\d+-\w+-slim(?: AS build)?$/);
  });

  it('runs as an unprivileged user, given by number so that Kubernetes can check it', () => {
    expect(textsOf('USER')).toEqual(['1000:1000']);
    expect(names(instructions).lastIndexOf('RUN')).toBeLessThan(
      names(instructions).indexOf('USER'),
    );
  });

  it('starts an init and the command without a shell, which would not pass signals on', () => {
    const [entry = ''] = textsOf('ENTRYPOINT');
    expect(JSON.parse(entry).slice(0, 3)).toEqual(['/usr/bin/tini', '--', 'node']);
    expect(JSON.parse(textsOf('CMD')[0] ?? '')).toEqual(['--help']);
  });

  it('keeps results on a volume that the user can write to, and works there', () => {
    expect([textsOf('VOLUME'), textsOf('WORKDIR').at(-1)]).toEqual([['/work'], '/work']);
    expect(textsOf('RUN').join('\n')).toContain('--owner=node --group=node /work');
  });

  it('installs what the lockfile lists, runs no package scripts and leaves no package lists behind', () => {
    const run = textsOf('RUN').join('\n');
    expect(run).toMatch(/npm ci --ignore-scripts/);
    expect(run).toMatch(/npm prune --omit=dev --omit=optional --ignore-scripts/);
    expect(run).toMatch(/apt-get install --yes --no-install-recommends tini=\S+/);
    expect(run).toContain('rm -rf /var/lib/apt/lists/*');
    expect(textsOf('ADD')).toEqual([]);
  });

  it('copies only what .dockerignore allows, and contains no secret', () => {
    const allowed = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = textsOf('COPY')
      .filter((text) => !text.startsWith('--from'))
      .flatMap((text) => text.split(' ').slice(0, -1));
    expect(new Set(copied)).toEqual(new Set(allowed));
    expect(textsOf('ENV')).toEqual(['NODE_ENV=production']);
  });
});

describe('docs/running.md', () => {
  const page = readFileSync('docs/running.md', 'utf8');
  const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)];
  const yaml = blocks.flatMap(([, language, text = '']) =>
    language === 'yaml' ? [parse(text)] : [],
  );

  it('uses only flags that exist', () => {
    const flags = blocks.flatMap(([, , text = '']) => [...text.matchAll(/ --([a-z][a-z-]+)/g)]);

    const known = new Set(COMMAND_NAMES.flatMap(flagsOf).map(({ name }) => name));
    const unknown = flags.filter(([, name = '']) => !known.has(name) && !OF_DOCKER.has(name));
    expect(unknown).toEqual([]);
  });

  it('gives each stop more time than the grace period for requests in flight', () => {
    const graces = blocks.flatMap(([, , text = '']) => [...text.matchAll(/--grace[= ](\d+)s/g)]);
    expect(graces.map(([, seconds]) => seconds)).toEqual(['60', '60', '60']);
    expect(page).toContain('--stop-timeout 75');
    expect(page).toContain('TimeoutStopSec=75');
    expect(yaml[0].spec.template.spec.terminationGracePeriodSeconds).toBe(75);
  });

  it("has a Job that mounts what it uses, and runs as the image's user", () => {
    const pod = yaml[0].spec.template.spec;
    const [container] = pod.containers;
    expect(names(container.volumeMounts)).toEqual(names(pod.volumes));
    expect(`${pod.securityContext.runAsUser}:${pod.securityContext.fsGroup}`).toBe(
      textsOf('USER')[0],
    );
    expect(yaml[1]).toMatchObject({ kind: 'CronJob', spec: { concurrencyPolicy: 'Forbid' } });
  });
});
