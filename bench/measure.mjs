import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const apps = join(dirname(fileURLToPath(import.meta.url)), 'apps');
const VARIANTS = { unprotected: 'unprotected.cjs', 'by hand': 'by-hand.cjs', 'cdk-recovery': 'with-library.cjs' };

/** A fastest run is believed once another came as near as this. */
const CONFIRMED_WITHIN = 1.015;
/** So many times the runs that were asked for are made until all fastest runs are believed. */
const PATIENCE = 4;

/**
 * Whole processes of every variant; the runs take turns, so that a busy machine is busy for all of them. Times are those of
 * the fastest run: whatever else the machine does only adds to them. Memory is the median.
 */
export function measure(size, runs) {
  const samples = Object.fromEntries(Object.keys(VARIANTS).map((name) => [name, []]));
  const names = Object.keys(VARIANTS);
  const believed = () => names.every((name) => confirmed(samples[name].map(({ seconds }) => seconds)));
  for (let run = 0; run < Math.max(runs, 1) || (run < PATIENCE * runs && !believed()); run++) {
    // Whoever runs first finds colder caches: the order rotates.
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(run + turn) % names.length];
      samples[name].push(synthesise(VARIANTS[name], size));
    }
  }
  const variants = Object.fromEntries(
    Object.entries(samples).map(([name, taken]) => [
      name,
      {
        ...taken[0],
        runs: taken.length,
        seconds: runs > 0 ? Math.min(...taken.map(({ seconds }) => seconds)) : undefined,
        cpuSeconds: runs > 0 ? Math.min(...taken.map(({ cpuSeconds }) => cpuSeconds)) : undefined,
        rssMiB: median(taken.map(({ rssMiB }) => rssMiB)),
      },
    ]),
  );
  return { variants };
}

function synthesise(app, size) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const counters = join(folder, 'counters.json');
  const outdir = join(folder, 'cdk.out');
  try {
    const start = process.hrtime.bigint();
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(apps, app), String(size)], {
      encoding: 'utf8',
      env: { ...process.env, CDK_VALIDATION: 'false', CDK_OUTDIR: outdir, CDK_PERF_COUNTERS_FILE: counters, CDK_QUIET: '1' },
    });
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    if (status !== 0) {
      throw new Error(`${app} ${size} failed:\n${stderr}`);
    }
    const { rssKiB, cpuSeconds } = JSON.parse(stdout);
    return { seconds, cpuSeconds, rssMiB: rssKiB / 1024, ...templateOf(outdir), ...countersOf(counters) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function confirmed(times) {
  const [fastest, second] = [...times].sort((a, b) => a - b);
  return second <= fastest * CONFIRMED_WITHIN;
}

function templateOf(outdir) {
  const templates = readdirSync(outdir)
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => JSON.parse(readFileSync(join(outdir, file), 'utf8')));
  const all = templates.flatMap(({ Resources }) => Object.values(Resources));
  const arns = all
    .filter(({ Type }) => Type === 'AWS::Backup::BackupSelection')
    .map(({ Properties }) => Properties.BackupSelection.Resources?.length ?? 0);
  return { resources: all.length, selections: arns.length, largestSelection: Math.max(0, ...arns) };
}

function countersOf(file) {
  const { counters } = JSON.parse(readFileSync(file, 'utf8'));
  return { constructs: counters['count:Constructs(cnt)'], resolves: counters['Stack.resolve(cnt)'] };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
