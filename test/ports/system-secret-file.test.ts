import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readOrCreateSecret } from '../../src/ports/system-secret-file.ts';
import { folder } from '../support/cli.ts';

test('concurrent callers all get the same new secret, and no draft remains', async () => {
  const path = join(folder(), 'a', 'b', 'secret');
  const secrets = await Promise.all(Array.from({ length: 20 }, () => readOrCreateSecret(path)));
  const [first] = secrets;
  expect(first).toMatchObject({ ok: true });
  for (const secret of secrets) expect(secret).toEqual(first);
  expect(await readOrCreateSecret(path)).toEqual(first);
  expect(readdirSync(join(path, '..'))).toEqual(['secret']);
});
