import type { BatchProvider, OpenChunk } from '../../batch/batch-line.ts';
import { EXIT } from '../../errors/volley-error.ts';
import { readOpenBatches } from '../../journal/read-batches.ts';
import { withoutRefused } from '../../manifest/build-headers.ts';
import { AUTH_SCHEMES } from '../../manifest/manifest.ts';
import { runsInCi } from '../../ports/environment.ts';
import { systemClock } from '../../ports/system-clock.ts';
import { systemDisk } from '../../ports/system-disk.ts';
import type { BatchState, Reply } from '../../providers/batch-api.ts';
import { createProvider } from '../../providers/create-provider.ts';
import { resolveNamedProvider } from '../../providers/resolve-providers.ts';
import { counted, formatDuration } from '../../report/format-numbers.ts';
import { wireOf } from '../../run/library.ts';
import { usageError, type Arguments } from '../arguments.ts';
import { BATCH_ACTIONS } from '../command-specs.ts';
import { openSeal } from '../open-seal.ts';
import { permissionsOf } from '../permission-flags.ts';
import { printEither } from '../print-result.ts';
import { actionFlag, switchFlag } from '../flag-values.ts';

/** `volley batch status` and `volley batch cancel`, for batches that earlier runs left open. */
export async function batch(args: Arguments): Promise<number> {
  const action = actionFlag(args, BATCH_ACTIONS, 'write `volley batch status results.jsonl`');
  const [, file] = args.positionals;
  if (file === undefined) {
    throw usageError('no results file given', `write \`volley batch ${action} results.jsonl\``);
  }
  const { seal } = await openSeal(file, process.env);
  const trustsAll = switchFlag(args, 'trust-results');
  const { open, isFromElsewhere } = await readOpenBatches(systemDisk, file, { seal, trustsAll });
  if (isFromElsewhere && !trustsAll && (action === 'cancel' || runsInCi(process.env))) {
    throw usageError(
      'some of these batches were not submitted under your key',
      'pass `--trust-results` if you know where the file comes from',
    );
  }
  const asked: Asked[] = [];
  for (const chunk of open) asked.push(await ask(args, chunk, action));
  await printEither(args, { v: 1, batches: asked.map(asData) }, asText(file, asked));
  return asked.some(({ problem }) => problem !== undefined) ? EXIT.provider : EXIT.ok;
}

interface Asked {
  readonly chunk: OpenChunk;
  readonly state: BatchState | undefined;
  readonly problem: string | undefined;
}

async function ask(
  args: Arguments,
  chunk: OpenChunk,
  action: (typeof BATCH_ACTIONS)[number],
): Promise<Asked> {
  const { intended, batchId } = chunk;
  if (batchId === undefined) return { chunk, state: undefined, problem: undefined };
  const { name } = intended.provider;
  const resolved = resolveNamedProvider(settingsOf(intended.provider), permissionsOf(args));
  if (!resolved.ok) {
    const { message, hint } = resolved.problem;
    return { chunk, state: undefined, problem: `${message}; ${hint}` };
  }
  const endpoint = { ...resolved.value, hasBatches: true };
  const wire = wireOf(permissionsOf(args));
  const provider = createProvider(endpoint, { wire, clock: systemClock });
  try {
    const { signal } = new AbortController();
    const api = provider.batches;
    if (!api) throw new Error(`\`${name}\` has no batches`);
    const reply: Reply<BatchState> =
      action === 'cancel' ? await api.cancel(batchId, signal) : await api.inspect(batchId, signal);
    return reply.ok
      ? { chunk, state: reply.value, problem: undefined }
      : { chunk, state: undefined, problem: reply.failure.message };
  } finally {
    await provider.close();
  }
}

function settingsOf({
  base_url: baseUrl,
  api_key_env: apiKeyEnv,
  api_version: apiVersion,
  headers = {},
  headers_env: headersEnv = {},
  query = {},
  auth,
  ...provider
}: BatchProvider): Parameters<typeof resolveNamedProvider>[0] {
  return {
    ...provider,
    baseUrl,
    apiKeyEnv,
    apiVersion,
    api: provider.api,
    auth: AUTH_SCHEMES.find((scheme) => scheme === auth),
    headers: withoutRefused(headers, { mayHoldSecret: false, mayHoldKey: false }),
    headersEnv: withoutRefused(headersEnv, { mayHoldSecret: true, mayHoldKey: auth === 'none' }),
    query,
  };
}

function asData({ chunk: { intended, batchId }, state, problem }: Asked) {
  return {
    batch_id: batchId ?? null,
    model: intended.lane,
    rows: intended.rows.length,
    submitted_at: intended.at,
    status: state?.word ?? null,
    done: state?.done ?? null,
    ...(problem !== undefined && { problem }),
  };
}

function asText(file: string, asked: readonly Asked[]): string {
  if (asked.length === 0) return `\`${file}\` has no open batches\n`;
  const lines = asked.map(({ chunk: { intended, batchId }, state, problem }) => {
    const rows = counted(intended.rows.length, 'row');
    const age = formatDuration(Math.max(0, systemClock.epochMs() - (Date.parse(intended.at) || 0)));
    const done = state?.done === undefined ? '' : `, ${state.done} done`;
    const word =
      problem ?? state?.word ?? 'not known whether it was received; `--resume` looks for it';
    return `${batchId ?? 'no id yet'}  ${intended.lane}  ${rows}, ${age} old: ${word}${done}`;
  });
  return [
    ...lines,
    'to collect finished batches, run the original command again with --resume',
    '',
  ].join('\n');
}
