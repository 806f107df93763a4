import type { FindingWords } from './collect-findings.ts';

interface EnvironmentUse extends FindingWords {
  /** Its offset and length in the text. */
  readonly at: number;
  readonly length: number;
}

/** Finds `${NAME}`, which other tools replace with an environment variable, once per name. */
export function environmentUses(text: string): readonly EnvironmentUse[] {
  const uses = new Map<string, EnvironmentUse>();
  for (const { index, 0: written, 1: name = '' } of text.matchAll(ENVIRONMENT)) {
    if (uses.has(name) || uses.size >= MOST_USES) continue;
    const variable = name.toLowerCase();
    uses.set(name, {
      code: 'ENV_INTERPOLATION',
      message: `\`${written}\` is sent unchanged: Volley never reads the environment in prompts`,
      hint: `pass a value with \`--set ${variable}=…\` and write \`{{ vars.${variable} }}\``,
      at: index,
      length: written.length,
    });
  }
  return [...uses.values()];
}

/** Upper case only, because `${name}` may be code. */
const ENVIRONMENT = /\$\{([A-Z][A-Z0-9_]{1,60})\}/g;

const MOST_USES = 10;
