import { tokenCounting } from '../providers/what-limits-count.ts';
import { NO_USAGE } from '../providers/usage-fields.ts';
import type { Limits, ProviderType, TaskTemplate } from '../manifest/manifest.ts';
import type { FoundPrice } from '../money/find-price.ts';
import type { Random } from '../ports/random.ts';
import type { ExpectedAnswers } from './expected-answers.ts';
import type { KnownAnswers } from './known-answers.ts';
import { laneTimes, type LaneTime } from './lane-time.ts';
import type { PlayedLane, PlayedRequest } from './play-schedule.ts';
import type { RequestEstimate } from './request-estimate.ts';
import type { Totals } from './plan-totals.ts';

/** The forecast for one provider and model. */
export interface LaneForecast {
  readonly name: string;
  readonly limits: Limits;
  readonly type: ProviderType;
  readonly price: FoundPrice | undefined;
  readonly templates: readonly TemplateForecast[];
  /**
   * Whether the lane is a fallback for tasks of other models. Its upper bounds then include those
   * tasks.
   */
  readonly isFallback: boolean;
  readonly totals: Totals;
}

export interface TemplateForecast {
  readonly template: TaskTemplate;
  /** Tasks to send. */
  readonly tasks: number;
  /** How many of them were sampled. */
  readonly sampled: number;
  readonly answers: ExpectedAnswers;
  /** Answers from earlier runs. */
  readonly known: KnownAnswers | undefined;
  /** The estimates for those tasks of the sample that can be rendered. */
  readonly estimates: readonly RequestEstimate[];
  readonly totals: Totals;
}

/** How long each lane takes if all run at the same time. */
export function timesOf(
  lanes: readonly LaneForecast[],
  run: { readonly maxConcurrent: number },
): Promise<readonly LaneTime[]> {
  return laneTimes(lanes.map(playedLane), run);
}

function playedLane({ name, limits, type, templates }: LaneForecast): PlayedLane {
  return {
    name,
    limits,
    countsCacheReads: tokenCounting(type).countsCacheReads,
    groups: templates
      .filter(({ estimates }) => estimates.length > 0)
      .map((forecast) => ({
        template: forecast.template,
        tasks: forecast.tasks,
        request: (place, random) => playedRequest(forecast, place, random),
      })),
  };
}

function playedRequest(
  { estimates, answers }: TemplateForecast,
  place: number,
  random: Random,
): PlayedRequest {
  const estimate = estimates[place % estimates.length];
  const { outputTokens, latencyMs } = answers.draw(random);
  const { readTokens = 0, writtenTokens = 0 } = estimate?.cached ?? {};
  return {
    reservedInput: estimate?.reservedInput ?? 0,
    latencyMs,
    usage: {
      ...NO_USAGE,
      inputTokens: Math.max(0, (estimate?.input.expected ?? 0) - readTokens - writtenTokens),
      outputTokens,
      cacheReadTokens: readTokens,
      cacheWriteTokens: writtenTokens,
    },
  };
}
