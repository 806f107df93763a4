// Loaded into every client: reports what the process has used, when it ends and on SIGUSR2.
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const file = process.env.BENCH_USAGE;

if (isMainThread && file) {
  const tell = () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const usage = {
      cpuMs: (userCPUTime + systemCPUTime) / 1000,
      peakMiB: maxRSS / 1024,
      wallMs: performance.now(),
    };
    writeFileSync(file, JSON.stringify(usage));
  };
  process.on('SIGUSR2', tell);
  process.on('exit', tell);
}
