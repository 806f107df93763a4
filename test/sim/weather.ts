import type { Dice } from './dice.ts';
import { answer, faultGroups, type Fault } from './faults.ts';

/** How a lane's server behaves during one life. */
export interface Weather {
  readonly latencyMs: readonly [low: number, high: number];
  /** The share of the requests that meet a fault, 0 to 1. */
  readonly faultShare: number;
  readonly faults: readonly Fault[];
}

/** No faults, and answers well within every timeout. */
export function calm(dice: Dice): Weather {
  return { latencyMs: dice.pick(QUICK), faultShare: 0, faults: [] };
}

export function createWeather(dice: Dice): Weather {
  return {
    latencyMs: dice.pick([...QUICK, [900, 2_100]]),
    faultShare: dice.pick([0, 0, 0.1, 0.3, 0.6, 1]),
    faults: palette(dice),
  };
}

type Milliseconds = readonly [low: number, high: number];

const QUICK: readonly [Milliseconds, ...Milliseconds[]] = [
  [1, 1],
  [5, 40],
  [200, 1_500],
];

/** One kind of fault, or a few: all kinds together would stop every provider at its start. */
function palette(dice: Dice): readonly Fault[] {
  const { rateLimits, transient, final, oddAnswers, wrongPlace, stopping } = faultGroups;
  const group = dice.pick([
    rateLimits,
    rateLimits,
    transient,
    transient,
    [...rateLimits, ...transient, ...final, ...oddAnswers],
    oddAnswers,
    wrongPlace,
    stopping,
  ]);
  return dice.chance(0.5) ? group : dice.shuffled(group).slice(0, dice.between(1, 3));
}

export function nextFault({ faultShare, faults }: Weather, dice: Dice): Fault {
  const [first, ...others] = faults;
  if (!first || !dice.chance(faultShare)) return answer;
  return dice.pick([first, ...others]);
}
