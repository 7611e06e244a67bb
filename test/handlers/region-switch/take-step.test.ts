import { type SwitchPorts, takeStep } from '../../../lib/handlers/region-switch/take-step';
import type { RunInput, RunStep } from '../../../lib/model/recovery';
import type { SwitchPlan } from '../../../lib/model/recovery/region-switch';
import { HOUR, MINUTE } from '../../../lib/model/time';
import { FakeSite } from '../recover/fakes';

const FAILOVER: SwitchPlan = { name: 'Orders-failover', kind: 'failover', asks: true };
const SWITCHOVER: SwitchPlan = { name: 'Orders-switchover', kind: 'switchover', asks: false };
const PARTS: readonly (readonly [string, readonly (RunStep | readonly [RunStep, string])[]])[] = [
  ['Fence', ['begin', 'inject', 'fence']],
  ['Promote', ['measure', 'drain', ['promote', 'orders'], ['promote', 'carts']]],
  ['Scale', [['scale', 'api']]],
  ['Verify', ['verify']],
  ['Switch', ['switch', 'settle', 'conclude']],
];

/** A site, and a plan that is at a step of it. */
class FakePlan implements SwitchPorts {
  public readonly site = new FakeSite();
  public readonly started: { readonly name: string; readonly run: RunInput }[] = [];
  public running: { plan: string; steps: { name: string; status: string }[] }[] = [];
  public failed?: string;
  public work: readonly (RunStep | readonly [RunStep, string])[] = [];
  private run?: RunInput;

  public at(step: string, approval?: string, plan = FAILOVER.name): this {
    this.running = [{ plan, steps: [...(approval ? [{ name: 'Approve', status: approval }] : []), { name: step, status: 'running' }] }];
    return this;
  }

  public now(): number {
    return this.site.nowMs;
  }

  /** The machine works while the function waits. */
  public async pause(ms: number): Promise<void> {
    this.site.nowMs += ms;
    const work = this.work;
    this.work = [];
    if (this.run && work.length > 0) {
      await this.site.steps(this.run, ...work);
    }
  }

  public async config() {
    return this.site.config;
  }

  public async register() {
    return this.site.stored?.register;
  }

  public async executions() {
    return this.running.map((one) => ({ id: 'execution/1', ...one }));
  }

  public async start(name: string, run: RunInput): Promise<void> {
    this.started.push({ name, run });
    this.run = run;
  }

  public async failure(): Promise<string | undefined> {
    return this.failed;
  }

  public take(plans: readonly SwitchPlan[] = [FAILOVER]) {
    return takeStep(plans, this);
  }
}

test('a plan takes the site over, step by step, by one run of its machine', async () => {
  const plan = new FakePlan();
  for (const [step, work] of PARTS) {
    plan.work = work;
    await expect(plan.at(step, 'completed').take()).resolves.toMatchObject({ step });
  }
  expect(plan.site.register).toMatchObject({ role: 'active', run: { outcome: 'completed' } });
  expect(plan.started).toEqual([
    {
      name: 'arc-execution-1',
      run: { kind: 'failover', id: 'arc-execution-1', by: 'ARC Region switch', approved: true, otherSiteIsDown: true },
    },
  ]);
});

test.each(PARTS.map(([step, work]) => [step, work]))('%s is not passed before the machine has done it', async (step, work) => {
  const plan = new FakePlan();
  const index = PARTS.findIndex(([name]) => name === step);
  plan.work = PARTS.slice(0, index).flatMap(([, before]) => before);
  await plan
    .at('Fence', 'completed')
    .take()
    .catch(() => undefined);
  if (index > 0) {
    plan.work = work.slice(0, -1);
    await expect(plan.at(step, 'completed').take()).rejects.toThrow(/not done yet: .*; ask again/);
  } else {
    await expect(plan.take()).rejects.toThrow(/has not begun; ask again/);
  }
});

test('a switchover is one, and says nothing about the other site', async () => {
  const plan = new FakePlan();
  plan.work = PARTS[0][1];
  await plan.at('Fence', undefined, SWITCHOVER.name).take([FAILOVER, SWITCHOVER]);
  expect(plan.started.map(({ run }) => run)).toEqual([
    { kind: 'switchover', id: 'arc-execution-1', by: 'ARC Region switch', approved: true },
  ]);
});

test.each(['skipped', 'canceled'])('an approval that is %s is none: the machine asks for it', async (status) => {
  const plan = new FakePlan();
  await plan
    .at('Fence', status)
    .take()
    .catch(() => undefined);
  expect(plan.started[0].run).toEqual({ kind: 'failover', id: 'arc-execution-1', by: 'ARC Region switch' });
});

test('a run that was refused fails the step, and asking again starts nothing else', async () => {
  const plan = new FakePlan().at('Fence', 'completed');
  plan.failed = 'RecoveryRefused: this site is active';
  await expect(plan.take()).rejects.toThrow(/did not begin: RecoveryRefused: this site is active/);
  await expect(plan.take()).rejects.toThrow(/did not begin/);
  expect(new Set(plan.started.map(({ name }) => name))).toEqual(new Set(['arc-execution-1']));
});

test('a run that was rolled back fails every step', async () => {
  const plan = new FakePlan().at('Fence', 'completed');
  plan.work = ['begin', 'inject', 'fence', 'undo', 'conclude'];
  await expect(plan.take()).rejects.toThrow(/has ended as 'rolled-back'/);
  await expect(plan.at('Switch', 'completed').take()).rejects.toThrow(/has ended as 'rolled-back'/);
});

test('a run that has halted goes on under its id when the plan asks again', async () => {
  const plan = new FakePlan().at('Fence', 'completed');
  plan.work = ['begin', 'inject', 'fence', 'measure', 'drain', ['promote', 'orders'], 'conclude'];
  await plan.take();
  plan.site.nowMs += HOUR;
  plan.work = [['promote', 'carts']];
  await plan.at('Promote', 'completed').take();
  expect(plan.started[1].name).toMatch(/^arc-execution-1-\d+$/);
  expect(plan.started[1].run).toEqual(plan.started[0].run);
});

test('a later step begins no run of its own', async () => {
  const plan = new FakePlan().at('Promote', 'completed');
  await expect(plan.take()).rejects.toThrow(/'Promote' begins none/);
  expect(plan.started).toEqual([]);
});

test.each([
  ['no plan is executed', []],
  ['the plan is of another recovery', [{ plan: 'Payments-failover', steps: [{ name: 'Fence', status: 'running' }] }]],
  ['the plan waits for approval', [{ plan: 'Orders-failover', steps: [{ name: 'Fence', status: 'notStarted' }] }]],
])('fails where %s, whoever has called', async (_, running) => {
  const plan = new FakePlan();
  plan.running = running;
  await expect(plan.take()).rejects.toThrow(/no plan is at a step of this site/);
  expect(plan.started).toEqual([]);
});

test('fails where two plans are at a step at once', async () => {
  const plan = new FakePlan().at('Fence', 'completed');
  plan.running.push({ plan: SWITCHOVER.name, steps: [{ name: 'Fence', status: 'running' }] });
  await expect(plan.take([FAILOVER, SWITCHOVER])).rejects.toThrow(/cancel one of them/);
  expect(plan.started).toEqual([]);
});

test('answers before the plan asks again', async () => {
  const plan = new FakePlan().at('Fence', 'completed');
  const before = plan.now();
  await expect(plan.take()).rejects.toThrow(/ask again/);
  expect(plan.now() - before).toBeLessThan(MINUTE);
});
