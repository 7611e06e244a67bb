import { inWords, isDamage, isLost, isMissing } from '../../../lib/handlers/check-mysql/in-words';

const serverError = (errno: number) => Object.assign(new Error("Duplicate entry 'value of a row' for key"), { errno, sqlState: 'HY000' });
const driverError = (code: string, message = code) => Object.assign(new Error(message), { code });

test.each<[unknown, string]>([
  [serverError(1045), 'the server refuses the user or the password of the secret (error 1045)'],
  [serverError(1142), 'the login has not the privilege for it (error 1142)'],
  [serverError(1146), 'a table does not exist (error 1146)'],
  [serverError(1712), 'an index is damaged (error 1712)'],
  [serverError(126), 'an index does not fit its table (error 126)'],
  [serverError(1969), 'the statement was cancelled: it took longer than the time that was left (error 1969)'],
  [serverError(3024), 'the statement was cancelled: it took longer than the time that was left (error 3024)'],
  [serverError(1062), 'the server reports an error (error 1062)'],
  [driverError('HANDSHAKE_NO_SSL_SUPPORT'), 'the server offers no TLS; nothing is read without'],
  [driverError('ETIMEDOUT', 'connect ETIMEDOUT'), 'the server does not answer'],
  [Object.assign(driverError('ECONNREFUSED'), { errno: -111 }), 'nothing listens at the endpoint'],
  [Object.assign(driverError('ENOTFOUND'), { errno: -3008 }), 'the host name of the endpoint is unknown'],
  [driverError('PROTOCOL_CONNECTION_LOST'), 'the connection was lost: the server closed it, or crashed'],
  [
    driverError('HANDSHAKE_SSL_ERROR', "Hostname/IP does not match certificate's altnames"),
    'the certificate of the server is for another host name',
  ],
  [driverError('HANDSHAKE_SSL_ERROR', 'certificate has expired'), 'the certificate of the server is not valid at this time'],
  [
    driverError('HANDSHAKE_SSL_ERROR', 'self-signed certificate in certificate chain'),
    'the certificate of the server is not vouched for by a trusted authority (self-signed certificate in certificate chain)',
  ],
  [
    driverError('HANDSHAKE_SSL_ERROR', 'unable to get local issuer certificate'),
    'the certificate of the server is not vouched for by a trusted authority (unable to get local issuer certificate)',
  ],
  [driverError('HANDSHAKE_SSL_ERROR', 'unsupported protocol'), 'TLS cannot be begun with the server'],
  [new TypeError('value of a row'), 'an unexpected error (TypeError)'],
  [driverError('SOMETHING', 'value of a row'), 'an unexpected error (Error SOMETHING)'],
  ['value of a row', 'an unexpected error (string)'],
  [undefined, 'an unexpected error (undefined)'],
])('%s is put in words without values of rows', (error, words) => {
  expect(inWords(error)).toBe(words);
});

test('what is damaged, missing or lost is told apart', () => {
  const kinds = [
    serverError(1877),
    serverError(1030),
    serverError(1146),
    serverError(1054),
    driverError('EPIPE'),
    serverError(1142),
    undefined,
  ];
  expect(kinds.map((error) => [isDamage(error), isMissing(error), isLost(error)])).toEqual([
    [true, false, false],
    [true, false, false],
    [false, true, false],
    [false, true, false],
    [false, false, true],
    [false, false, false],
    [false, false, false],
  ]);
});
