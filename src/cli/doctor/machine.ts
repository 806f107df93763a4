import { existsSync } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { cacheFolder, stateFolder } from '../../ports/user-folders.ts';
import { runsInCi, type Environment } from '../../ports/environment.ts';
import { systemErrorCode } from '../../ports/error-code.ts';
import type { SystemOutput } from '../../ports/system-output.ts';
import { distrustOf } from '../../ports/system-private-folder.ts';
import {
  priceAgeDays,
  stalePricesWarning,
  shippedPrices,
  shippedPricesAsOf,
} from '../../money/price-age.ts';
import { proxyProblem, proxyVariables } from '../../providers/proxy.ts';
import { projectFolders } from '../project-folders.ts';
import { progressMode } from '../terminal.ts';
import { checksIn, type Check } from './check.ts';

const check = checksIn('machine');

export interface Machine {
  readonly environment: Environment;
  readonly nodeVersion: string;
  /** Such as `>=22.13`, from package.json. */
  readonly nodeRange: string;
  readonly stderr: SystemOutput;
  readonly epochMs: number;
}

/** Node, terminal, folders, proxies, certificates and prices. Sends and writes nothing. */
export async function machineChecks(machine: Machine): Promise<readonly Check[]> {
  const { environment } = machine;
  return [
    nodeCheck(machine),
    terminalCheck(machine),
    await writableCheck('results', '.', 'the current folder'),
    await ownFolderCheck('cache', cacheFolder(environment, process.platform), {
      keeps: 'learned limits',
      variable: 'XDG_CACHE_HOME',
    }),
    await ownFolderCheck('seal key', stateFolder(environment, process.platform), {
      keeps: 'the key that seals results',
      variable: 'XDG_STATE_HOME',
    }),
    proxyCheck(environment),
    certificateCheck(environment),
    priceCheck(machine.epochMs),
  ];
}

function nodeCheck({ nodeVersion, nodeRange }: Machine): Check {
  // An older Node never gets here: `bin.js` refuses it.
  const needed = nodeRange.replace('>=', '');
  return check('Node', 'ok', `${nodeVersion} (${needed} or newer is needed)`);
}

function terminalCheck({ stderr, environment }: Machine): Check {
  const mode = progressMode('auto', { quiet: false, stderr });
  if (mode === 'tty') {
    const size = `${stderr.columns() ?? 0} × ${stderr.rows() ?? 0}`;
    return check(
      'terminal',
      'ok',
      `${size}, ${stderr.color ? 'with color' : 'without color'}: live progress`,
    );
  }
  const why = runsInCi(environment)
    ? '`CI` is set'
    : stderr.isTty
      ? '`TERM` is `dumb`'
      : 'stderr is not a terminal';
  return check('terminal', 'absent', `${why}: progress as plain lines, and no questions`);
}

async function writableCheck(name: string, folder: string, words: string): Promise<Check> {
  try {
    await access(folder, constants.W_OK);
    return check(name, 'ok', `${words} can be written to`);
  } catch (error) {
    return check(
      name,
      'warning',
      `${words} cannot be written to (${systemErrorCode(error)})`,
      'choose a results file in another folder: `-o /path/results.jsonl`',
    );
  }
}

async function ownFolderCheck(
  name: string,
  folder: string | undefined,
  { keeps, variable }: { readonly keeps: string; readonly variable: string },
): Promise<Check> {
  const hint = `set \`${variable}\` to a folder of your own`;
  if (folder === undefined) {
    return check(name, 'warning', `there is no folder for ${keeps}`, hint);
  }
  const distrust = await distrustOf(folder, { within: await projectFolders('.'), files: [] });
  if (distrust !== undefined) {
    return check(name, 'warning', `\`${folder}\` is not used, because ${distrust}`, hint);
  }
  const found = await stat(folder).catch(() => undefined);
  return check(name, 'ok', found === undefined ? `${folder} (created when needed)` : folder);
}

function proxyCheck(environment: Environment): Check {
  const problem = proxyProblem(environment);
  if (problem) return check('proxy', 'missing', problem.message, problem.hint);
  const set = proxyVariables(environment);
  return set.length === 0
    ? check('proxy', 'absent', 'none')
    : check(
        'proxy',
        'ok',
        set.map(({ variable, host }) => `${host} from \`${variable}\``).join(', '),
      );
}

function certificateCheck(environment: Environment): Check {
  const file = environment['NODE_EXTRA_CA_CERTS'] ?? '';
  if (file === '')
    return check('certificates', 'absent', 'only the default certificate authorities');
  return existsSync(file)
    ? check('certificates', 'ok', `\`NODE_EXTRA_CA_CERTS\` adds ${file}`)
    : check(
        'certificates',
        'warning',
        `\`NODE_EXTRA_CA_CERTS\` points to ${file}, which does not exist`,
        'correct the path, or unset the variable',
      );
}

function priceCheck(epochMs: number): Check {
  const days = priceAgeDays(shippedPricesAsOf, epochMs);
  const message = `${shippedPrices().size} models, as of ${shippedPricesAsOf} (${days} days old)`;
  return stalePricesWarning(shippedPricesAsOf, epochMs) === undefined
    ? check('prices', 'ok', message)
    : check(
        'prices',
        'warning',
        message,
        'update Volley, or set current prices with `prices:` or `--prices FILE`',
      );
}
