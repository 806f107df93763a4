/** Who prevented a connection, so that nothing was sent. */
export interface ConnectionProblem {
  /**
   * `resolver`: the name has no address. `machine`: this machine or its network did not let the
   * request out. `server`: nothing is listening, or the server hung up or stayed silent.
   * `certificate`: not trusted. `protocol`: an unexpected protocol. `rules`: the name resolves to
   * an address that the caller has not allowed.
   */
  readonly refusedBy: 'resolver' | 'machine' | 'server' | 'certificate' | 'protocol' | 'rules';
  /** Only with `rules`: the address. */
  readonly address?: string;
  /** The code from Node, OpenSSL or undici, such as `ECONNREFUSED`. */
  readonly code: string;
  /** Where it failed. Only a request through a proxy can fail there. */
  readonly at: 'proxy' | 'server';
  /** The proxy in between, if any. */
  readonly proxy?: ProxyName;
  /** The proxy's answer to the request for a tunnel. */
  readonly proxyStatus?: number;
}

export interface ProxyName {
  /** Host and port, without a password. */
  readonly host: string;
  /** The environment variable that it comes from. */
  readonly variable: string;
}

/** Thrown by a wire that could not connect. It has its own code: undici retries some others. */
export class ConnectionFailed extends Error {
  readonly code = 'VOLLEY_NOT_CONNECTED';
  readonly problem: ConnectionProblem;
  constructor(problem: ConnectionProblem) {
    super(`not connected: ${problem.code}`);
    this.problem = problem;
  }
}

/** Thrown if a name resolves to an address that is not allowed. */
export class AddressRefused extends Error {
  readonly code = 'VOLLEY_ADDRESS_REFUSED';
  readonly address: string;
  constructor(address: string) {
    super(`refused: ${address}`);
    this.address = address;
  }
}

/** Analyzes why connecting failed. */
export function connectionProblem(
  error: unknown,
  path: Pick<ConnectionProblem, 'at' | 'proxy'>,
): ConnectionProblem {
  const { code, call } = systemError(error);
  if (error instanceof AddressRefused) {
    return { ...path, code, refusedBy: 'rules', address: error.address };
  }
  return { ...path, code, refusedBy: call === 'getaddrinfo' ? 'resolver' : refuserOf(code) };
}

/** Whether a code alone proves that there was no connection. */
export function neverConnected(code: string): boolean {
  return UNCONNECTED.has(code) || RESOLVER.test(code) || isCertificate(code) || isTls(code);
}

function refuserOf(code: string): ConnectionProblem['refusedBy'] {
  if (RESOLVER.test(code)) return 'resolver';
  if (isCertificate(code)) return 'certificate';
  if (isTls(code) || code.startsWith('HPE_')) return 'protocol';
  return MACHINE.has(code) ? 'machine' : 'server';
}

const RESOLVER = /^(?:ENOTFOUND|EAI_[A-Z]+|ENODATA|ESERVFAIL)$/u;

const MACHINE = new Set([
  'EACCES',
  'EADDRNOTAVAIL',
  'EHOSTUNREACH',
  'EMFILE',
  'ENETDOWN',
  'ENETUNREACH',
  'ENFILE',
  'ENOBUFS',
  'EPERM',
]);

const UNCONNECTED = new Set([
  'ECONNREFUSED',
  'EADDRNOTAVAIL',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function isTls(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_');
}

export function isCertificate(code: string): boolean {
  return code.startsWith('CERT_') || code.startsWith('ERR_TLS_CERT_') || CERTIFICATE.has(code);
}

/** OpenSSL's code, explained if it is not obvious. */
export function certificateWords(code: string): string {
  const meaning = CERTIFICATE.get(code) ?? '';
  return meaning === '' ? code : `${meaning} (${code})`;
}

const UNKNOWN_AUTHORITY = 'it was issued by an unknown certificate authority';

/**
 * OpenSSL's verdicts on a certificate, as Node names them, with an explanation of each that is not
 * obvious.
 */
const CERTIFICATE: ReadonlyMap<string, string> = new Map([
  ['CERT_HAS_EXPIRED', 'it has expired'],
  ['CERT_NOT_YET_VALID', 'it is not valid yet'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'it is self-signed'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'it is for another host'],
  ['HOSTNAME_MISMATCH', 'it is for another host'],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_CRL', ''],
  ['UNABLE_TO_DECRYPT_CERT_SIGNATURE', ''],
  ['ERROR_IN_CERT_NOT_AFTER_FIELD', ''],
  ['ERROR_IN_CERT_NOT_BEFORE_FIELD', ''],
  ['INVALID_CA', ''],
  ['INVALID_PURPOSE', ''],
  ['PATH_LENGTH_EXCEEDED', ''],
]);

/**
 * The first system code in the chain of causes. If several addresses were tried, it is the code of
 * the first one.
 */
export function errorCode(error: unknown): string {
  return systemError(error).code;
}

function systemError(error: unknown): { readonly code: string; readonly call?: unknown } {
  let current: unknown = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    if ('code' in current && typeof current.code === 'string') {
      return { code: current.code, ...('syscall' in current && { call: current.syscall }) };
    }
    // undici's own parser errors do not always have a code.
    if (current.name === 'HTTPParserError') return { code: 'HPE_INVALID' };
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return { code: 'UNKNOWN' };
}
