/**
 * Loads the cases FROM to TO: `fuzz-process.ts FROM TO`. Reports each case before and after it, so that a crash or a
 * hang has a number; leaves the rest to another process once its memory is nearly full.
 */
import { checkCase } from './check-case.ts';
import { CROWDED_MB, type FuzzMessage } from './fuzz.ts';

const [from = 0, to = 0] = process.argv.slice(2).map(Number);
for (let number = from; number < to; number++) {
  tell({ kind: 'begun', number });
  const { kind, text, ok, cpuMs, problems } = await checkCase(number);
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
  tell({ kind: 'checked', number, made: kind, bytes: text.length, ok, cpuMs, peakMb, problems });
  if (peakMb > CROWDED_MB) break;
}
process.disconnect?.();

function tell(message: FuzzMessage): void {
  process.send?.(message);
}
