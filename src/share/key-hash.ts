import { createHmac } from 'node:crypto';
import type { Limits } from '../manifest/manifest.ts';

export interface SharedLaneIdentity {
  /** A secret: the lane's name contains only a keyed hash of it. */
  readonly key: string | undefined;
  readonly origin: string;
  readonly model: string;
  readonly limits: Limits;
}

/**
 * The name of a lane in the store, by a keyed hash: the same for every run with this API key, and
 * impossible to guess without the key.
 */
export function keyHash({ key = '', origin, model }: SharedLaneIdentity): string {
  return createHmac('sha256', key)
    .update(`volley: shared limits\0${origin}\0${model}`)
    .digest('hex')
    .slice(0, 32);
}
