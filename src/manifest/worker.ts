/** Runs in a thread that can be terminated, for work on untrusted input (see worker-jobs.ts). */
import { parentPort } from 'node:worker_threads';
import type { JsonObject } from '../ports/json.ts';
import type { Job } from './worker-jobs.ts';
import { loadCompiler } from './json-schema.ts';
import type { ReadAnswer } from './manifest.ts';

parentPort?.on('message', (job: Job) => {
  void done(job).then((value) => {
    // eslint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows
    parentPort?.postMessage(value);
  });
});

/** Loads only what the job needs. */
async function done(job: Job): Promise<unknown> {
  switch (job.kind) {
    case 'yaml':
      return (await import('./parse-yaml.ts')).parseYaml(job.text);
    case 'template':
      return (await import('./template-engine.ts')).renderText(job.text, job.data);
    case 'answer':
      return (await answerReader(job.schema))(job.text);
  }
}

/** Cached, because the next answer often has the same schema. */
let last: { readonly schema: string; readonly read: (text: string) => ReadAnswer } | undefined;

async function answerReader(schema: JsonObject): Promise<(text: string) => ReadAnswer> {
  const written = JSON.stringify(schema);
  if (last?.schema === written) return last.read;
  const { readAnswer } = await import('./output-schema.ts');
  const compiled = (await loadCompiler())(schema);
  if (!compiled.ok) throw new Error('a schema that was compiled before is refused');
  last = { schema: written, read: (text) => readAnswer(text, compiled.violationsOf) };
  return last.read;
}
