// Set-up of jest for the tests with an emulator: one process reads the emulator's modules, of which each test file gets a fork.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBundled } from '../../scripts/bundle-handlers.mjs';

const PYTHON = process.env.PYTHON ?? 'python3';
const NEEDED = 'import moto, sys; sys.exit(not moto.__version__.startswith("5.2."))';
let nursery;

export default async function setUp() {
  await ensureBundled();
  const env = { ...process.env, PYTHONSAFEPATH: '1', PYTHONPATH: import.meta.dirname };
  // Where moto is missing the tests themselves say so.
  if (spawnSync(PYTHON, ['-c', NEEDED], { env }).status === 0) {
    nursery?.stdin.end();
    const socket = join(mkdtempSync(join(tmpdir(), 'emulator-nursery-')), 'door');
    nursery = spawn(PYTHON, ['-m', 'recovery_emulator.nursery', socket], { env, stdio: ['pipe', 'ignore', 'inherit'] });
    // It ends with the standard input that it has of us, and keeps nobody waiting.
    nursery.unref();
    nursery.stdin.unref();
    process.env.EMULATOR_NURSERY = socket;
  }
}
