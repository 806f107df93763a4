/** The program that Volley grew out of: three workers, each of which backs off on its own. */
import { openSdkJob, withBackoff, workOff } from './sdk-job.ts';

const { rows, call, record } = openSdkJob();

await workOff(rows(), 3, async (row) => {
  record(row, await withBackoff(() => call(row), { maxRetries: 3 }));
});
