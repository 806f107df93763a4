import { readFile } from 'node:fs/promises';
import { suggest } from '../../errors/suggest.ts';
import { EXIT } from '../../errors/volley-error.ts';
import { SCHEMA_NAMES } from '../command-specs.ts';
import { usageError, type Arguments } from '../arguments.ts';
import { packageFile } from '../package-file.ts';
import { printResult } from '../print-result.ts';

export async function printSchema(args: Arguments): Promise<number> {
  const word = args.positionals[0] ?? 'manifest';
  const name = SCHEMA_NAMES.find((candidate) => candidate === word);
  if (name === undefined) {
    const near = suggest(word, SCHEMA_NAMES);
    throw usageError(
      `there is no schema \`${word}\``,
      near ? `did you mean \`volley schema ${near}\`?` : `choose one of ${SCHEMA_NAMES.join(', ')}`,
    );
  }
  await printResult(await schemaText(name));
  return EXIT.ok;
}

export function schemaText(name: (typeof SCHEMA_NAMES)[number]): Promise<string> {
  return readFile(packageFile(`schemas/${name}.schema.json`), 'utf8');
}
