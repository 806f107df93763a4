import { connectionFailure } from './connection-failures.ts';
import { CLOUD_HINTS } from './cloud-signing.ts';
import { connectionProblem, neverConnected } from './connection-problem.ts';
import { FINAL, FINAL_UNPAID, RETRY, RETRY_UNPAID, TIMEOUT_HINT } from './should-retry.ts';
import type { FailureContext } from './failure-context.ts';
import type { AttemptFailure, Stage } from './provider.ts';
import type { Fault } from './transport.ts';

/** The failure for an exchange without a usable reply. */
export function faultFailure(fault: Fault, context: FailureContext): AttemptFailure {
  const host = context.clean(context.host);
  switch (fault.kind) {
    case 'unconnected':
      return connectionFailure(fault.problem, context);
    case 'unsigned':
      return unsignedFailure(fault, context);
    case 'network':
      return brokenConnection(fault, context);
    case 'too-large':
      return {
        code: 'BAD_RESPONSE',
        message: `${host} sent more than ${fault.maxBytes} bytes in one answer`,
        httpStatus: fault.status,
        hint: 'check `base_url`: no text answer is that long',
        ...FINAL,
      };
    case 'undecodable':
      return {
        code: 'BAD_RESPONSE',
        message: `${host} sent a body that cannot be read as \`${context.clean(fault.encoding)}\``,
        httpStatus: fault.status,
        ...RETRY,
        maxRetries: 2,
      };
    case 'timeout':
      return timeoutFailure(fault.timeoutMs, context, fault.stage);
    case 'silent':
      return {
        code: 'TIMEOUT',
        message: `${host} went silent for ${fault.silentMs / 1000} s in the middle of an answer`,
        ...RETRY,
      };
    case 'unfinished':
      return {
        code: 'NETWORK',
        message: `${host} closed the stream before the answer was complete`,
        hint: 'check whether a proxy or gateway in between cuts off long answers',
        ...RETRY,
      };
    case 'redirect':
      return {
        code: 'BAD_RESPONSE',
        message: `${host} answered ${fault.status}, a redirect${fault.origin === undefined ? '' : ` to ${context.clean(fault.origin)}`}`,
        httpStatus: fault.status,
        hint: `redirects are never followed, because the key and the prompt would be sent along: set \`base_url\` of \`${context.provider}\` to the address of the API`,
        ...FINAL_UNPAID,
      };
  }
}

/** Nothing was sent. Credentials that worked before are expected to work again. */
function unsignedFailure(
  { credential, reason, hasWorked }: Extract<Fault, { kind: 'unsigned' }>,
  context: FailureContext,
): AttemptFailure {
  const why = context.clean(reason);
  if (hasWorked) {
    return {
      code: 'NETWORK',
      message: `the credentials of \`${context.provider}\` cannot be refreshed: ${why}`,
      ...RETRY_UNPAID,
    };
  }
  return {
    code: 'AUTH',
    message: `no credentials for \`${context.provider}\`: ${why}`,
    hint: CLOUD_HINTS[credential],
    ...FINAL_UNPAID,
    reach: 'provider',
  };
}

/** The deadline passed. A request that was sent may still be charged. */
export function timeoutFailure(
  timeoutMs: number,
  context: FailureContext,
  stage: Stage = 'sent',
): AttemptFailure {
  const host = context.clean(context.host);
  if (stage === 'connecting') {
    return {
      code: 'TIMEOUT',
      message: `no connection to ${host} within ${timeoutMs} ms: nothing was sent`,
      hint: 'check that this machine is online, and check the proxy if there is one',
      ...RETRY_UNPAID,
    };
  }
  return {
    code: 'TIMEOUT',
    message: `${host} did not send a complete answer within ${timeoutMs} ms`,
    hint: TIMEOUT_HINT,
    ...RETRY,
  };
}

export function canceledFailure({ sent }: { readonly sent: boolean }): AttemptFailure {
  const message = 'canceled before an answer arrived';
  return { code: 'CANCELED', message, ...FINAL, possiblyPaid: sent };
}

function brokenConnection(
  { code, stage }: Extract<Fault, { kind: 'network' }>,
  context: FailureContext,
): AttemptFailure {
  const host = context.clean(context.host);
  if (stage !== 'answering' && neverConnected(code)) {
    return connectionFailure(connectionProblem(withCode(code), { at: 'server' }), context);
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'HPE_HEADER_OVERFLOW') {
    return {
      code: 'BAD_RESPONSE',
      message: `${host} sent headers that are too large`,
      hint: 'check `base_url`: a proxy may be in front of the API',
      ...FINAL,
    };
  }
  if (code.startsWith('HPE_') && stage === 'sent') {
    return {
      code: 'BAD_RESPONSE',
      message: `${host} answered with something other than HTTP (${code})`,
      hint: 'check the port and whether `base_url` has to begin with `https:`',
      ...FINAL_UNPAID,
    };
  }
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return { code: 'TIMEOUT', message: `${host} went silent`, ...RETRY };
  }
  const where = stage === 'answering' ? 'in the middle of an answer' : 'before an answer arrived';
  return {
    code: 'NETWORK',
    message: `the connection to ${host} was lost ${where}: ${code}`,
    ...(context.isPlain && stage !== 'answering' && { hint: TLS_HINT }),
    ...RETRY,
    possiblyPaid: stage !== 'connecting',
  };
}

/** A server that expects TLS closes a plain connection. */
const TLS_HINT = 'if this port expects TLS, begin `base_url` with `https:`';

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code });
}
