import { readFileSync } from 'node:fs';
import { readServer, type ServerSettings } from '../model/self-managed';
import { Refused } from './refused';

/** A server in a file of its own, in JSON as the settings have it. */
export function serverIn(file: string): ServerSettings {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Refused('settings', `the server '${file}' cannot be read: ${(error as Error).message}`);
  }
  const server = readServer(text);
  if ('problems' in server) {
    throw new Refused('settings', server.problems.join('; '));
  }
  return server;
}
