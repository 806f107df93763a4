import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface SignedRequest {
  readonly method: string;
  /** Path and query as received. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface CheckedSignature {
  readonly isValid: boolean;
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
}

/**
 * Checks a signature as AWS describes Signature Version 4 ("Create a signed AWS API request"), with
 * the secret key that belongs to the request's access key.
 */
export function checkAwsSignature(
  { method, url, headers, body }: SignedRequest,
  secretOf: (accessKeyId: string) => string,
): CheckedSignature {
  const [, credential = '', signed = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  const [accessKeyId = '', day = '', region = '', service = '', end = ''] = credential.split('/');
  const { pathname, searchParams } = new URL(url, 'http://host');
  const signedHeaders = signed.split(';');
  const canonical = [
    method,
    // Every service but S3 encodes the path once more before signing it.
    pathname.split('/').map(encoded).join('/'),
    [...searchParams]
      .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
      .sort()
      .join('&'),
    ...signedHeaders.map(
      (name) => `${name}:${String(headers[name]).trim().replaceAll(/ +/g, ' ')}`,
    ),
    '',
    signed,
    sha256(body),
  ].join('\n');
  const at = String(headers['x-amz-date']);
  const scope = [day, region, service, end].join('/');
  const text = ['AWS4-HMAC-SHA256', at, scope, sha256(canonical)].join('\n');
  let key: string | Buffer = `AWS4${secretOf(accessKeyId)}`;
  for (const part of [day, region, service, end]) key = hmac(key, part);
  const isValid =
    hmac(key, text).toString('hex') === signature &&
    at.startsWith(day) &&
    signedHeaders.includes('host') &&
    end === 'aws4_request';
  return { isValid, accessKeyId, region, service, signedHeaders };
}

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.codePointAt(0)?.toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
