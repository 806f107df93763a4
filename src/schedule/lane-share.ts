import type { Load } from '../pace/load.ts';
import type { Pace } from '../pace/pace.ts';

/**
 * A lane's part in limits that several runs share. Its pace counts what the others send as well, so
 * that all of them pace as one run would; before a request is sent, it is claimed, so that two runs
 * never take the same place.
 */
export interface LaneShare {
  readonly pace: Pace;
  /** Claims a place for one request. False: another run was first, so ask the pace again. */
  claim(load: Load): Promise<boolean>;
  /** Gives up a claim whose request is not sent. */
  unclaim(): void;
  /** `changed` is called whenever other runs may have changed what the pace says. */
  onChange(changed: () => void): void;
  /** The lane sends nothing more. */
  leave(): void;
}

/** Takes part with a lane's own pace. */
export type JoinLane = (pace: Pace) => LaneShare;
