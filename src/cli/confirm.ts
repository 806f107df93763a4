import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { systemOutput } from '../ports/system-output.ts';

/** Asks one question on the terminal. Anything but y or yes means no, and so does the end of input. */
export async function confirm(question: string): Promise<void> {
  await systemOutput(process.stderr).write(`${question} [y/N] `);
  const answer = await firstLine();
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw new VolleyError('not sent', {
      exitCode: EXIT.usage,
      hint: 'answer `y`, or pass --yes to skip the question',
    });
  }
}

function firstLine(): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const { stdin } = process;
    function finish(): void {
      stdin.off('data', onData);
      stdin.off('end', finish);
      stdin.pause();
      resolve(text.split('\n', 1)[0] ?? '');
    }
    function onData(chunk: Buffer | string): void {
      text += chunk.toString();
      if (text.includes('\n')) finish();
    }
    stdin.on('data', onData);
    stdin.once('end', finish);
  });
}
