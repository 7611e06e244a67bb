import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RUN_STEPS, type RunKind, recoveryMachine } from '../../../lib/model/recovery';
import { renderRunbook } from '../../../lib/model/recovery/render-runbook';
import { allTrials, endsOf, PASSING, STAYING, STEPS_OF, type Trial, type Wrong } from '../../integ/fixtures/recovery-cases';
import { someTrials } from '../../integ/fixtures/recovery-chosen-trials';
import { faultOf } from '../../integ/fixtures/recovery-planting';
import { OSAKA, siteConfig, TOKYO } from './sites';

interface State {
  readonly Type: string;
  readonly Error?: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly StringEquals?: string; readonly Next: string }[];
  readonly ItemProcessor?: { readonly StartAt: string; readonly States: Readonly<Record<string, State>> };
  readonly Parameters?: { readonly op?: string; readonly Payload?: { readonly op: string } };
}
type States = Readonly<Record<string, State>>;

// one order of data, as the application has at whose sites the faults are planted
const [database] = siteConfig(OSAKA).data;
const parts = { agentArn: 'arn:aws:lambda:ap-northeast-3:111122223333:function:agent', partition: 'aws' };
const { States: outer } = recoveryMachine({ ...parts, config: siteConfig(OSAKA, { data: [database] }) }) as { readonly States: States };
const states: States = Object.assign({}, outer, ...Object.values(outer).map(({ ItemProcessor }) => ItemProcessor?.States));

const WAYS = [...PASSING, 'never works'] as const;
const KINDS = Object.keys(STEPS_OF) as RunKind[];
/** Where `begin` sends a run of a kind. */
const WAY_OF: Readonly<Record<RunKind, string>> = {
  failover: 'ask',
  switchover: 'takeOver',
  rebuild: 'rebuild',
  failback: 'rebuild',
  rehearsal: 'rehearse',
};

const opOf = ({ Parameters }: State) => Parameters?.op ?? Parameters?.Payload?.op;
const done = (trials: readonly Trial[], kind: RunKind) =>
  new Set(trials.filter((one) => one.kind === kind).flatMap(({ wrongs }) => wrongs.map(({ op, way }) => `${op} ${way}`)));

/** The steps of a run that nothing goes wrong in, and of what it may be asked for beside. */
function stepsOf(kind: RunKind): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const go = (name?: string): void => {
    if (name === undefined || seen.has(name) || name === 'Undo') {
      return;
    }
    seen.add(name);
    const state = states[name];
    const op = opOf(state);
    if (op !== undefined) {
      found.add(op);
    }
    go(state.ItemProcessor?.StartAt);
    if (name === 'Which way?') {
      go(state.Choices?.find(({ StringEquals }) => StringEquals === WAY_OF[kind])?.Next);
    } else if (name === 'Is it a failback?') {
      go(kind === 'failback' ? state.Choices?.[0].Next : state.Default);
    } else {
      [state.Next, state.Default, ...(state.Choices ?? []).map(({ Next }) => Next)].map(go);
    }
  };
  go('Begin');
  return [...found].sort();
}

test.each(KINDS)('the steps of a %s are those of the machine', (kind) => {
  const back = stepsOf(kind).includes('sendBack') ? ['sendBack'] : [];
  expect([...STEPS_OF[kind], ...back].sort()).toEqual(stepsOf(kind));
});

test('every step that an agent can take is in some run, is an undo, or sends the traffic back', () => {
  const steps = new Set<string>([...Object.values(STEPS_OF).flat(), 'undo', 'sendBack']);
  expect(RUN_STEPS.filter((step) => !steps.has(step))).toEqual([]);
});

test('an execution is stopped at a state that there is, and that takes the step', () => {
  for (const op of RUN_STEPS) {
    const { state = '' } = faultOf({ op, way: 'is stopped before it' }, OSAKA, 'failover') ?? {};
    expect([op, states[state] && opOf(states[state])]).toEqual([op, op]);
  }
});

describe('all trials', () => {
  const trials = allTrials();

  test.each(KINDS)('make everything go wrong at every step of a %s, and as it is undone', (kind) => {
    const made = done(trials, kind);
    const wanted = [...STEPS_OF[kind], 'undo'].flatMap((op) => WAYS.map((way) => `${op} ${way}`));
    expect(wanted.filter((one) => !made.has(one))).toEqual([]);
  });

  test('make everything go wrong where a drill sends the traffic back', () => {
    const made = done(
      trials.filter(({ thenBack }) => thenBack),
      'switchover',
    );
    expect(WAYS.map((way) => `sendBack ${way}`).filter((one) => !made.has(one))).toEqual([]);
  });

  test('end as a run can end for good', () => {
    expect(trials.map((one) => endsOf(one).at(-1)).filter((end = '') => !STAYING.includes(end))).toEqual([]);
  });

  test('end in between and for good as the runbooks tell, the written and the generated one', () => {
    const failing = Object.entries(states).filter(([, { Error: error }]) => error?.startsWith('Re'));
    const names = Object.fromEntries(failing.map(([name, { Error: error }]) => [error, name]));
    const ends = new Set(trials.flatMap(endsOf).filter((end) => end !== 'SUCCEEDED' && end !== 'ABORTED'));
    const site = (config = siteConfig(OSAKA)) => ({ config, account: '1', partition: 'aws', isActive: false, records: [], alarms: [] });
    const generated = renderRunbook({ sites: [site(siteConfig(TOKYO)), site()], drills: [], plans: [] });
    const [, written] = readFileSync(join(__dirname, '../../../docs/runbook.md'), 'utf8').split('## Failed recovery runs');
    expect([...ends].filter((end) => !generated.includes(`*${names[end]}*`))).toEqual([]);
    expect([...ends].filter((end) => !/^Rehearsal/.test(end) && !written.includes(`*${names[end]}*`))).toEqual([]);
  });
});

test('those that are made by default have each step and each way', () => {
  const wrongs = someTrials().flatMap((one): readonly Wrong[] => one.wrongs);
  expect(RUN_STEPS.filter((step) => !wrongs.some(({ op }) => op === step))).toEqual([]);
  expect([...WAYS, 'finds the application ill'].filter((each) => !wrongs.some(({ way }) => way === each))).toEqual([]);
});
