import { cpus, release, totalmem, type } from 'node:os';

/** What a reader has to know about the machine to compare results. */
export function machineLine(): string {
  const [cpu] = cpus();
  const memoryGiB = Math.round(totalmem() / 1024 ** 3);
  const system = `${type()} ${release().split('-')[0]}`;
  return `${cpus().length} × ${cpu?.model.trim()}, ${memoryGiB} GiB, ${system}, Node ${process.versions.node}`;
}
