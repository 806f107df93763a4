import type * as Sqlite from 'node:sqlite';

/** Loads `node:sqlite` on first use, without Node 22's warning that it is experimental. */
export async function openDatabase(path: string): Promise<Sqlite.DatabaseSync> {
  loading ??= loadQuietly();
  const { DatabaseSync } = await loading;
  return new DatabaseSync(path);
}

/** SQLite's result code, without the details; undefined for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  const hasCode = error instanceof Error && 'errcode' in error;
  return hasCode && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

let loading: Promise<typeof Sqlite> | undefined;

/** Loads the module without its own warning. Other warnings in the meantime are passed on. */
async function loadQuietly(): Promise<typeof Sqlite> {
  const original = Object.getOwnPropertyDescriptor(process, 'emitWarning') ?? {};
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (String(warning).includes('SQLite is an experimental feature')) return;
    Reflect.apply(emitWarning, undefined, [warning, ...rest]);
  };
  try {
    return await import('node:sqlite');
  } finally {
    Object.defineProperty(process, 'emitWarning', original);
  }
}
