import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { githubAnnotation, type Annotated } from '../errors/code-frame.ts';
import { printableLine } from '../errors/escape-invisible.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { OutputStream } from '../ports/output.ts';
import type { FailureGroup } from '../report/failure-log.ts';
import { counted } from '../report/format-numbers.ts';
import { entryOf } from '../report/progress-state.ts';
import { environmentRedactor } from './print-result.ts';

/** GitHub shows at most this many per step. */
const MOST_ANNOTATIONS = 10;
let written = 0;

/** Annotates the line of the finding in the pull request. Does nothing outside GitHub Actions. */
export async function annotate(output: OutputStream, finding: Annotated): Promise<void> {
  if (!process.env['GITHUB_ACTIONS'] || written >= MOST_ANNOTATIONS) return;
  written += 1;
  const file = workspacePath(finding.place.file, process.env['GITHUB_WORKSPACE']);
  const line = githubAnnotation({ ...finding, place: { ...finding.place, file } });
  await output.write(`${line}\n`, 'command');
}

/** Annotates failed tasks, one annotation per reason. */
export async function annotateFailures(
  output: OutputStream,
  groups: readonly FailureGroup[],
  manifest: Pick<Manifest, 'file' | 'tasks'>,
): Promise<void> {
  const redact = environmentRedactor();
  for (const { kind, ids, count, code, message, hint } of groups) {
    const [first = ''] = ids;
    const names = ids.map(printableLine).join(', ');
    const more = count > ids.length ? ', …' : '';
    const what =
      kind === 'lane' ? `${names} stopped` : `${counted(count, 'task')} failed (${names}${more})`;
    const place = manifest.tasks.find(({ id }) => id === entryOf(first))?.place;
    await annotate(output, {
      code,
      severity: 'error',
      message: redact(`${what}: ${printableLine(message)}`),
      ...(hint !== undefined && { hint: redact(hint) }),
      place: place ?? { file: manifest.file, line: 1, column: 1 },
    });
  }
}

/**
 * The path that GitHub uses for a file in a pull request: relative to the root of the checkout,
 * whatever folder the step runs in. A file outside the checkout keeps its name, and so does
 * `<stdin>`.
 */
export function workspacePath(file: string, workspace: string | undefined): string {
  if (!workspace || /^(?:<|--)/.test(file)) return file;
  const path = relative(realOr(workspace), realOr(resolve(file)));
  const isInside = path !== '' && !isAbsolute(path) && path.split(sep)[0] !== '..';
  return isInside ? path.split(sep).join('/') : file;
}

function realOr(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
