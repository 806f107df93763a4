import type { AnnouncedKind } from '../providers/rate-limit-headers.ts';
import type { LaneState } from './lane-state.ts';
import { isMeasured } from './pacer.ts';

/** What a lane found out about its limits; as plain data, to be shown, kept and begun with another time. */
export interface Learned {
  /** Requests at once that the server took; undefined while nothing made it grow or shrink. */
  readonly concurrency: number | undefined;
  /** Requests a minute that a limit nobody announced allows; undefined while none was met. */
  readonly rpm: number | undefined;
  /** The limits that answers announced. */
  readonly announced: ReadonlyArray<{
    readonly kind: AnnouncedKind;
    readonly limit: number;
    readonly spanMs: number;
  }>;
}

export function learnedFrom({ window, pacer, mirrors }: LaneState): Learned {
  return {
    concurrency: window.size === window.start ? undefined : Math.floor(window.size),
    rpm: pacer && isMeasured(pacer) ? pacer.curve.reference * 60_000 : undefined,
    announced: mirrors.map(({ kind, limit, spanMs }) => ({ kind, limit, spanMs })),
  };
}
