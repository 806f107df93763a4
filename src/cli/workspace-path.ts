import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';

/**
 * A file as GitHub names it in a pull request: from the root of the checkout, wherever the step runs.
 * Unchanged where it lies elsewhere, or is not a file.
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
