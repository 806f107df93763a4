/**
 * Loads the cases from FROM up to TO: `fuzz-process.ts FROM TO`. Reports each case before and after
 * loading it, so that the number of a case that crashes or hangs is known. Stops once its memory is
 * nearly full, and leaves the other cases to another process.
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
