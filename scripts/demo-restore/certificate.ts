import { generateKeyPairSync, sign } from 'node:crypto';

/** A key, and a certificate for it that is vouched for by nobody but itself, both in PEM. */
export interface Certificate {
  readonly key: string;
  readonly certificate: string;
}

const VALID_MS = 24 * 3_600_000;
const OIDS = {
  commonName: '550403',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  ecdsaWithSha256: '2a8648ce3d040302',
} as const;

/** Makes a certificate for 127.0.0.1 without any tool: X.509 is a few nested lists (RFC 5280, 4.1). */
export function certificateForLocalhost(now: number): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm = list(oid(OIDS.ecdsaWithSha256));
  const name = list(der(0x31, list(oid(OIDS.commonName), der(0x0c, Buffer.from('127.0.0.1')))));
  const localhost = list(der(0x87, Buffer.from([127, 0, 0, 1])));
  const authority = list(der(0x01, Buffer.from([0xff])));
  const extensions = list(
    list(oid(OIDS.basicConstraints), der(0x01, Buffer.from([0xff])), der(0x04, authority)),
    list(oid(OIDS.subjectAltName), der(0x04, localhost)),
  );
  const body = list(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    name,
    list(time(now - VALID_MS), time(now + VALID_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const signature = sign('sha256', body, privateKey);
  const whole = list(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole
    .toString('base64')
    .match(/.{1,64}/g)
    ?.join('\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function list(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(digits));
}
