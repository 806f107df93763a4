import { knownProviders } from '../manifest/known-providers.ts';
import { certificateWords, type ConnectionProblem } from './connection-problem.ts';
import type { FailureContext } from './failure-context.ts';
import type { AttemptFailure } from './provider.ts';

/**
 * The failure if there was no connection, so that nothing was sent. Its message says who refused,
 * and its hint says what to do.
 */
export function connectionFailure(
  problem: ConnectionProblem,
  context: FailureContext,
): AttemptFailure {
  const { proxy, proxyStatus, at } = problem;
  const host = context.clean(context.host);
  const base = { code: 'NETWORK', possiblyPaid: false } as const;
  if (at === 'proxy' && proxy) {
    const name = context.clean(proxy.host);
    const words = proxyWords(problem, { name, variable: proxy.variable, host });
    const isFinal = problem.refusedBy === 'certificate' || problem.refusedBy === 'protocol';
    if (proxyStatus === 407) return { ...base, ...words, retryable: false, reach: 'provider' };
    const retryable =
      proxyStatus === undefined ? !isFinal : proxyStatus >= 500 || proxyStatus === 429;
    return { ...base, ...words, retryable, reach: 'task' };
  }
  const through = proxy ? ` through the proxy ${context.clean(proxy.host)}` : '';
  const words = targetWords(problem, { host, through, provider: context.provider });
  return FINAL_REFUSALS.has(problem.refusedBy)
    ? { ...base, ...words, retryable: false, reach: 'provider' }
    : { ...base, ...words, retryable: true, reach: 'task' };
}

const FINAL_REFUSALS: ReadonlySet<ConnectionProblem['refusedBy']> = new Set([
  'certificate',
  'protocol',
  'rules',
]);

interface Words {
  readonly message: string;
  readonly hint: string;
}

function targetWords(
  { code, refusedBy, address = '' }: ConnectionProblem,
  names: { readonly host: string; readonly through: string; readonly provider: string },
): Words {
  const { host, through, provider } = names;
  switch (refusedBy) {
    case 'resolver':
      return code === 'ENOTFOUND'
        ? {
            message: `there is no host \`${host}\``,
            hint: 'check `base_url`, and whether this machine is online',
          }
        : {
            message: `a temporary DNS failure while looking up \`${host}\` (${code})`,
            hint: 'check whether this machine is online, and its DNS settings',
          };
    case 'machine':
      return {
        message: `this machine has no route to \`${host}\`: ${code}`,
        hint: code === 'EMFILE' ? 'lower `run.max_concurrent`' : 'check its network and firewall',
      };
    case 'certificate':
      return {
        message: `the certificate of \`${host}\`${through} is not trusted: ${certificateWords(code)}`,
        hint: "check `base_url`; for a company's own authority, or a proxy that inspects TLS, set `NODE_EXTRA_CA_CERTS` to its CA certificate",
      };
    case 'protocol':
      return code.includes('_ALERT_')
        ? {
            message: `\`${host}\` refused the TLS handshake${through}: ${code}`,
            hint: 'check which TLS versions it accepts, and whether it requires a client certificate',
          }
        : {
            message: `\`${host}\` does not speak TLS${through}: ${code}`,
            hint: 'check the port, and whether `base_url` has to begin with `http:`',
          };
    case 'rules':
      return {
        message: `the name \`${host}\` resolves to ${address}, which needs its own permission`,
        hint: `that is this machine, a private network or a cloud's own address; to allow that, add --allow-host ${asHost(address)}`,
      };
    case 'server':
      return {
        message: serverWords(code, host, through),
        hint: startHint(provider) ?? 'check `base_url`, and whether the server runs',
      };
  }
}

/** The command for a server that runs on the user's own machine. */
function startHint(provider: string): string | undefined {
  const command = knownProviders.get(provider)?.startCommand;
  return command === undefined ? undefined : `start it with \`${command}\`, or check \`base_url\``;
}

function asHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function serverWords(code: string, host: string, through: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing listens at \`${host}\``;
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return `\`${host}\` does not accept connections${through}: no reply in time`;
    default:
      return `\`${host}\` closed the connection${through} before anything was sent: ${code}`;
  }
}

function proxyWords(
  { code, proxyStatus, refusedBy }: ConnectionProblem,
  names: { readonly name: string; readonly variable: string; readonly host: string },
): Words {
  const { name, variable, host } = names;
  const proxy = `the proxy ${name}`;
  const around = `or list \`${hostname(host)}\` in \`NO_PROXY\` if it can be reached without a proxy`;
  const check = `check the address in \`${variable}\`, ${around}`;
  if (proxyStatus === 407) {
    return {
      message: `${proxy} answered 407: it requires a user name and a password`,
      hint: `write them into \`${variable}\` as \`http://user:password@host:port\`, ${around}`,
    };
  }
  if (proxyStatus !== undefined) {
    const reason = proxyStatus >= 500 ? 'cannot reach' : 'does not let this machine connect to';
    return {
      message: `${proxy} answered ${proxyStatus}: it ${reason} \`${host}\``,
      hint: `ask whoever runs the proxy, ${around}`,
    };
  }
  switch (refusedBy) {
    case 'resolver':
      return { message: `there is no proxy \`${name}\`: ${code}`, hint: check };
    case 'machine':
    case 'rules':
      return { message: `this machine cannot reach ${proxy}: ${code}`, hint: check };
    case 'certificate':
      return {
        message: `the certificate of ${proxy} is not trusted: ${certificateWords(code)}`,
        hint: `set \`NODE_EXTRA_CA_CERTS\` to its CA certificate, ${around}`,
      };
    case 'protocol':
      return { message: `${proxy} does not behave like a proxy: ${code}`, hint: check };
    case 'server':
      if (code === 'ECONNREFUSED') return { message: `${proxy} does not listen`, hint: check };
      return code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT'
        ? { message: `${proxy} did not answer in time`, hint: check }
        : { message: `${proxy} closed the connection without an answer: ${code}`, hint: check };
  }
}

function hostname(host: string): string {
  return host.replace(/:\d+$/u, '');
}
