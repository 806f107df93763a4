import type { FailureContext } from './failures.ts';
import type { AttemptFailure } from './provider.ts';
import type { Fault } from './transport.ts';

type Kind = Omit<AttemptFailure, 'message'> & { readonly message: string };

/** What it means that no usable reply came. */
export function faultFailure(fault: Fault, context: FailureContext): AttemptFailure {
  const host = context.clean(context.host);
  switch (fault.kind) {
    case 'network':
      return networkFailure(fault.code, fault.started, host);
    case 'too-large':
      return {
        code: 'BAD_RESPONSE',
        message: `${host} sent more than ${fault.maxBytes} bytes in one answer`,
        httpStatus: fault.status,
        hint: 'no text answer is that long: check the base URL',
        retryable: false,
        reach: 'task',
        possiblyPaid: true,
      };
    case 'undecodable':
      return {
        code: 'BAD_RESPONSE',
        message: `${host} sent a body that is no whole \`${context.clean(fault.encoding)}\``,
        httpStatus: fault.status,
        retryable: true,
        reach: 'task',
        maxRetries: 2,
        possiblyPaid: true,
      };
    case 'redirect':
      return {
        code: 'BAD_RESPONSE',
        message: `${host} answered ${fault.status}, a redirect${fault.origin === undefined ? '' : ` to ${context.clean(fault.origin)}`}`,
        httpStatus: fault.status,
        hint: `redirects are never followed, for the key and the prompt would go along: set \`base_url\` of \`${context.provider}\` to where the API is`,
        retryable: false,
        reach: 'lane-if-first',
        possiblyPaid: false,
      };
    default: {
      const unknown: never = fault;
      throw new Error(`unknown fault ${JSON.stringify(unknown)}`);
    }
  }
}

/** The deadline passed: whatever was under way may still be charged. */
export function timeoutFailure(timeoutMs: number, context: FailureContext): AttemptFailure {
  return {
    code: 'TIMEOUT',
    message: `${context.clean(context.host)} gave no full answer within ${timeoutMs} ms`,
    hint: 'raise `timeout` or lower `max_tokens`',
    retryable: true,
    reach: 'task',
    possiblyPaid: true,
  };
}

/** The caller gave up on the attempt. */
export function canceledFailure(options: { readonly sent: boolean }): AttemptFailure {
  return {
    code: 'CANCELED',
    message: 'canceled before an answer came',
    retryable: false,
    reach: 'task',
    possiblyPaid: options.sent,
  };
}

function networkFailure(code: string, started: boolean, host: string): Kind {
  const unsent = { code: 'NETWORK', possiblyPaid: false } as const;
  if (code === 'ENOTFOUND') {
    return {
      ...unsent,
      message: `there is no host \`${host}\``,
      hint: 'check `base_url`, and whether this machine is online',
      retryable: true,
      reach: 'lane-if-first',
    };
  }
  if (code === 'EAI_AGAIN') {
    return {
      ...unsent,
      message: `the name \`${host}\` could not be looked up just now`,
      hint: 'check whether this machine is online',
      retryable: true,
      reach: 'task',
    };
  }
  if (code === 'ECONNREFUSED') {
    return {
      ...unsent,
      message: `nothing listens at \`${host}\``,
      hint: 'check `base_url`, and whether the server runs',
      retryable: true,
      reach: 'lane-if-first',
    };
  }
  if (isTlsCode(code)) {
    return {
      ...unsent,
      message: `no trusted connection to \`${host}\`: ${code}`,
      hint: 'check `base_url` and the certificate; `NODE_EXTRA_CA_CERTS` names a file with further authorities',
      retryable: false,
      reach: 'provider',
    };
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'HPE_HEADER_OVERFLOW') {
    return {
      code: 'BAD_RESPONSE',
      message: `${host} sent headers that are too large`,
      hint: 'check `base_url`: a proxy may stand in front of the API',
      retryable: false,
      reach: 'lane-if-first',
      possiblyPaid: true,
    };
  }
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return {
      code: 'TIMEOUT',
      message: `${host} went silent`,
      retryable: true,
      reach: 'task',
      possiblyPaid: true,
    };
  }
  const where = started ? 'in the middle of an answer' : 'before an answer came';
  return {
    code: 'NETWORK',
    message: `the connection to ${host} broke off ${where}: ${code}`,
    retryable: true,
    reach: 'task',
    possiblyPaid: started || !UNSENT_CODES.has(code),
  };
}

/** No connection, so no request. */
const UNSENT_CODES = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
]);

function isTlsCode(code: string): boolean {
  return (
    code.startsWith('ERR_TLS_') ||
    code.startsWith('ERR_SSL_') ||
    code.startsWith('CERT_') ||
    TLS_CODES.has(code)
  );
}

/** OpenSSL's verdicts on a certificate, as Node names them. */
const TLS_CODES = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'EPROTO',
]);
