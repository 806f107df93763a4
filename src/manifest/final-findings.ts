import { drawFrame } from '../errors/code-frame.ts';
import { inOrder, type Finding } from '../errors/finding.ts';
import { maskSecrets } from './recognize-secrets.ts';
import type { SchemaFinding } from './schema-findings.ts';

/** With more findings, nobody would see the first one. */
const MOST_FINDINGS = 50;

export interface FinalFindings {
  /**
   * At most `MOST_FINDINGS`, sorted by place, each with a frame. Errors are kept before warnings.
   */
  readonly findings: readonly Finding[];
  readonly omittedErrors: number;
}

/** One finding per mistake, even if both the schema and a check found it. */
export function finalFindings(
  schema: readonly SchemaFinding[],
  checks: readonly Finding[],
  textOf: (file: string) => string | undefined,
): FinalFindings {
  const checked = new Set(checks.filter(isError).map(placeKey));
  const shaped = new Set(schema.filter(isAboutValue).map(placeKey));
  const all = [
    ...schema
      .filter((finding) => !finding.isGeneral || !checked.has(placeKey(finding)))
      .map(plainFinding),
    ...checks.filter((finding) => !shaped.has(placeKey(finding))),
  ];
  const sorted = inOrder(all);
  const allErrors = sorted.filter(isError);
  const errors = allErrors.slice(0, MOST_FINDINGS);
  const warnings = sorted
    .filter((finding) => !isError(finding))
    .slice(0, MOST_FINDINGS - errors.length);
  const kept = new Set([...errors, ...warnings]);
  return {
    findings: sorted.filter((each) => kept.has(each)).map((each) => framed(each, textOf)),
    omittedErrors: allErrors.length - errors.length,
  };
}

/** Whether other findings about the same value are only consequences of this one. */
function isAboutValue(finding: SchemaFinding): boolean {
  return !finding.isGeneral && ['WRONG_TYPE', 'BAD_VALUE', 'UNKNOWN_KEY'].includes(finding.code);
}

/** Removes the details that only checks use. */
export function plainFinding({
  path: _path,
  meant: _meant,
  isGeneral: _general,
  isSecret: _secret,
  ...finding
}: SchemaFinding): Finding {
  return finding;
}

/** Adds the frame and masks credentials, because any value may be quoted in a message. */
function framed(finding: Finding, textOf: (file: string) => string | undefined): Finding {
  const { message, hint } = finding;
  const clean = {
    ...finding,
    message: maskSecrets(message),
    ...(hint === undefined ? {} : { hint: maskSecrets(hint) }),
  };
  const text = textOf(finding.place.file);
  const frame = text === undefined ? '' : drawFrame(text, finding.place);
  return frame === '' ? clean : { ...clean, frame };
}

function isError({ severity }: Finding): boolean {
  return severity === 'error';
}

function placeKey({ place }: Finding): string {
  return `${place.line}:${place.column}:${place.file}`;
}
