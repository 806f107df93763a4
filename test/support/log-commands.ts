/**
 * The commands that CI systems find in a log, written from their own sources and documentation, not
 * from Volley's code. A reader returns the command that the system would find in a line; undefined
 * if none.
 */
type Reader = (line: string) => string | undefined;

/** actions/runner, ActionCommand.cs: `TryParseV2` after `TrimStart`, else `TryParse`: `##[` anywhere. */
const github: Reader = (line) =>
  /^[\s\u0085]*(::[^:]*)/u.exec(line)?.[1] ?? /##\[[^\]]*/.exec(line)?.[0];

/** azure-pipelines-agent, Command.cs: `##vso[` anywhere. Its log viewer: `##[section]` and the like. */
const azure: Reader = (line) => /##(?:vso)?\[[^\]]*/.exec(line)?.[0];

const teamcity: Reader = (line) => /##teamcity\[/.exec(line)?.[0];

/** The viewer of GitLab's traces, and Travis before it. */
const sections: Reader = (line) =>
  /section_(?:start|end):\d+:|travis_(?:fold|time):/.exec(line)?.[0];

/** buildkite/agent, header_times_streamer.go: colors in front of a header do not hide it. */
const buildkite: Reader = (line) =>
  // eslint-disable-next-line no-control-regex
  /^(?:\u001b\[[\d;]*m|\s)*(?:(?:---|\+\+\+|~~~)\s|\^\^\^\s+\+\+\+)/.exec(line)?.[0];

const READERS: Readonly<Record<string, Reader>> = { github, azure, teamcity, sections, buildkite };

/** Commands that some CI system would see in a log: `github: ::error`. */
export function commandsIn(log: string): readonly string[] {
  // .NET and browsers treat all of these as line ends.
  const lines = log.split(/\r\n|[\n\r\u0085\u2028\u2029]/);
  return lines.flatMap((line) =>
    Object.entries(READERS).flatMap(([name, read]) => {
      const found = read(line);
      return found === undefined ? [] : [`${name}: ${found}`];
    }),
  );
}

/** Characters that control a terminal or hide text, except newlines, tabs and single colors. */
export function controlsIn(text: string): readonly string[] {
  // eslint-disable-next-line no-control-regex
  const plain = text.replaceAll(/\u001b\[\d{1,2}m/g, '');
  return plain.match(/[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/gu) ?? [];
}
