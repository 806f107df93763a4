/** One check of the doctor. */
export interface Check {
  readonly area: Area;
  readonly name: string;
  readonly status: CheckStatus;
  readonly message: string;
  readonly hint?: string;
}

/**
 * `missing`: the manifest can't run without it. `warning`: it will probably cause trouble.
 * `absent`: it isn't there, and it's optional.
 */
export type CheckStatus = 'ok' | 'warning' | 'missing' | 'absent';

export const AREAS = {
  machine: 'This machine',
  keys: 'API keys',
  manifest: 'Manifest',
  servers: 'Servers',
} as const;

type Area = keyof typeof AREAS;

export function checksIn(area: Area) {
  return (name: string, status: CheckStatus, message: string, hint?: string): Check => ({
    area,
    name,
    status,
    message,
    ...(hint !== undefined && { hint }),
  });
}
