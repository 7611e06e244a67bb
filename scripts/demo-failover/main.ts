// A failover on this machine, for real: two PostgreSQL servers of which one follows the other, an application that orders all the time, the loss of a
// Region, the state machine and the agents that the library deploys, and the way back. Only AWS itself is an emulator.
import { delimiter } from 'node:path';
import { startEmulator, whyNoEmulator } from '../../test/emulator/harness';
import { findPostgres } from '../demo-restore/server';
import { heading, line, soFar, step } from '../demo-restore/telling';
import { play } from './play';
import { type Ends, setUp, WAIT_SCALE } from './stage';

async function main(): Promise<void> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const problem = whyNoEmulator();
  if (problem !== undefined) {
    throw new Error(`AWS is emulated by a Python program, which ${problem}`);
  }
  const binaries = findPostgres();
  const ends: Ends = [];
  const end = async (): Promise<void> => {
    for (const each of ends.splice(0).reverse()) {
      await each().catch(() => undefined);
    }
  };
  process.once('SIGINT', () => end().then(() => process.exit(130))).once('SIGTERM', () => end().then(() => process.exit(143)));
  try {
    heading('An order service in Tokyo, and its standby in Osaka');
    line('Promised, should a Region be lost: at most 1 h in which nobody can order, and at most the orders of the last 5 min lost.');
    await step(
      'find a PostgreSQL server',
      () => {
        process.env.PGBIN = binaries.folder;
        process.env.PATH = [binaries.folder, process.env.PATH ?? ''].join(delimiter);
      },
      () => binaries.words,
    );
    const emulator = await step(
      'start an emulator of AWS',
      () => startEmulator(),
      () => 'nothing leaves this machine',
    );
    ends.push(() => emulator.stop());
    const kept = await play(await setUp(emulator, ends));
    heading(
      `Done in ${soFar()}. Waiting times of AWS are shortened by ${1 / WAIT_SCALE}, and its services take their own: no time here is a promise.`,
    );
    process.exitCode = kept ? 0 : 1;
  } finally {
    await end();
  }
}

main().catch((error: Error) => {
  process.stderr.write(`demo:failover: ${error.message}\n`);
  process.exitCode = 1;
});
