// Appends every module that the process loads, even in workers, to the file LOADED, one per line.
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

registerHooks({
  load(url, context, nextLoad) {
    appendFileSync(process.env['LOADED'] ?? '/dev/null', `${url}\n`);
    return nextLoad(url, context);
  },
});
