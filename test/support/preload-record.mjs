// Writes every module that the process loads, in workers too, to the file LOADED, a line each.
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

registerHooks({
  load(url, context, nextLoad) {
    appendFileSync(process.env['LOADED'] ?? '/dev/null', `${url}\n`);
    return nextLoad(url, context);
  },
});
