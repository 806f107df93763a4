import { expect, test } from 'vitest';
import { loadManifest } from '../../src/manifest/load-manifest.ts';
import { planTasks } from '../../src/plan/plan-tasks.ts';
import { ROW_FILES } from './row-files.ts';
import { memoryFiles } from './support.ts';

test.each(ROW_FILES)('rows are read or refused: $title', async (given) => {
  const { file = 'rows.csv', bytes, options, rows, says = [] } = given;
  const forEach = `{ file: ${file}${options === undefined ? '' : `, ${options}`} }`;
  const text = `defaults: { model: mock/echo }\ntasks: [{ id: t, for_each: ${forEach}, prompt: "{{ item | json }}" }]`;
  const files = memoryFiles({ [file]: bytes });
  const loaded = await loadManifest('m.yaml', {
    files,
    text,
    readText: (name) => files.read(name),
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.findings));
  const planned = await planTasks(loaded.manifest, files);
  const findings = planned.ok ? planned.warnings : planned.findings;
  expect(
    findings.map(
      ({ place, severity, code, message, hint }) =>
        `${place.line}:${place.column} ${severity} ${code} ${message} (${hint})`,
    ),
  ).toEqual([says].flat());
  expect(findings.every(({ place }) => place.file === file)).toBe(true);
  const items: unknown[] = [];
  if (planned.ok) for await (const { item } of planned.plan.tasks()) items.push(item);
  expect(items).toEqual(rows ?? []);
});

test('an unreadable file of a glob is reported with the line of the error', async () => {
  const files = memoryFiles({
    'src/a.ts': 'fine',
    'src/b.ts': Buffer.from('one\nZo\xeb', 'latin1'),
  });
  const loaded = await loadManifest('m.yaml', {
    files,
    text: 'defaults: { model: mock/echo }\ntasks: [{ for_each: { glob: "src/*" }, prompt: "{{ item.text }}" }]',
    readText: (name) => files.read(name),
  });
  const planned = loaded.ok && (await planTasks(loaded.manifest, files));
  expect(planned).toMatchObject({
    ok: false,
    findings: [
      {
        code: 'FILE_UNREADABLE',
        message: '`src/b.ts` is not valid UTF-8: line 2 has the byte 0xeb',
        hint: 'save it as UTF-8, or leave it out: add the pattern `!src/b.ts`',
        place: { file: 'src/b.ts', line: 2, column: 3 },
      },
    ],
  });
});
