/** One thing that the doctor looked at. */
export interface Check {
  readonly area: Area;
  readonly name: string;
  readonly status: CheckStatus;
  readonly message: string;
  readonly hint?: string;
}

/**
 * `missing`: the manifest cannot run without it; `warning`: it will probably get in the way;
 * `absent`: it is not there, and need not be.
 */
export type CheckStatus = 'ok' | 'warning' | 'missing' | 'absent';

export const AREAS = {
  machine: 'This machine',
  keys: 'API keys',
  manifest: 'Manifest',
  servers: 'Servers',
} as const;

type Area = keyof typeof AREAS;
