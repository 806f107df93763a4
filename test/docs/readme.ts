import { readFileSync } from 'node:fs';
import { WITH_QUICK_MOCK } from '../cli/served.ts';

const README = readFileSync('README.md', 'utf8');

interface CodeBlock {
  readonly language: string;
  readonly text: string;
}

export interface Command {
  readonly command: string;
  /** The output that the README shows; undefined if it shows only the command. */
  readonly transcript: string | undefined;
}

const codeBlocks: readonly CodeBlock[] = [...README.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
  ([, language = '', text = '']) => ({ language, text }),
);

export const yamlManifests: readonly string[] = codeBlocks.flatMap(({ language, text }) =>
  language === 'yaml' && workflowSteps(text).length === 0 ? text : [],
);

/** The first fenced manifest, with a model that needs no key and answers immediately. */
export const readmeManifest: string =
  (yamlManifests[0] ?? '').replace(/model: [^,\s]+/, 'model: mock/small') + WITH_QUICK_MOCK;

/**
 * Groups of commands to run in the same folder: those of a fenced block, or a single one in a
 * sentence.
 */
export const commandGroups: ReadonlyArray<readonly Command[]> = [
  ...codeBlocks.flatMap(({ language, text }) => {
    if (language === 'console') return [transcripts(text)];
    if (language === 'yaml') return workflowSteps(text);
    return language === 'sh' || language === 'bash' ? [shellCommands(text)] : [];
  }),
  ...inlineCommands().map((command) => [{ command, transcript: undefined }]),
];

/** Steps of a CI workflow: `- run: …`. */
function workflowSteps(text: string): ReadonlyArray<readonly Command[]> {
  return [...text.matchAll(/^\s*- run: (.*)$/gm)].map(([, command = '']) => [
    { command, transcript: undefined },
  ]);
}

function shellCommands(text: string): readonly Command[] {
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  return lines
    .map((line) => line.replace(/(^|\s+)#\s.*$/, '').trim())
    .filter((line) => line !== '')
    .map((command) => ({ command, transcript: undefined }));
}

function transcripts(text: string): readonly Command[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...printed] = part.split('\n');
      return { command, transcript: printed.join('\n') };
    });
}

/** Each `volley …` in a sentence that is a command line, not just the name of a command. */
function inlineCommands(): readonly string[] {
  const prose = README.replaceAll(/^```[\s\S]*?^```$/gm, '');
  const found = [...prose.matchAll(/`((?:npx )?volley [^\s`]+ [^`\n]+)`/g)];
  return [...new Set(found.map(([, command = '']) => command))];
}
