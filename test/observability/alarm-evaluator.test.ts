import { type AlarmProperties, type AlarmState, evaluate } from '../harness/alarm-evaluator';

const MINUTE = 60_000;
const NOW = 100 * MINUTE;
const alarm = (more: Partial<AlarmProperties>): AlarmProperties => ({
  MetricName: 'Metric',
  Statistic: 'Maximum',
  Period: 60,
  Threshold: 0,
  ComparisonOperator: 'GreaterThanThreshold',
  EvaluationPeriods: 3,
  ...more,
});
/** `X` breaches, `0` does not, `-` is missing; the last one is the newest whole period. */
const series = (text: string) => ({
  Metric: [...text.replaceAll(' ', '')].flatMap((point, index, all) =>
    point === '-' ? [] : [{ atMs: NOW - (all.length - index) * MINUTE + 5_000, value: point === 'X' ? 1 : 0 }],
  ),
});
const TREATMENTS = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
/** The state before stands for itself, so that it is seen to be retained. */
const states = (points: string, more: Partial<AlarmProperties>): AlarmState[] =>
  TREATMENTS.map((TreatMissingData) => evaluate(alarm({ ...more, TreatMissingData }), series(points), NOW, 'INSUFFICIENT_DATA'));

const RETAINED = 'INSUFFICIENT_DATA';

// The tables of the CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data".
describe('an alarm that wants 3 of 3', () => {
  test.each<[string, AlarmState[]]>([
    ['0 - X - X', ['OK', 'OK', 'OK', 'OK']],
    ['0 - - - -', ['OK', 'OK', 'OK', 'OK']],
    ['- - - - -', ['INSUFFICIENT_DATA', RETAINED, 'ALARM', 'OK']],
    ['0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['- - X - -', ['ALARM', RETAINED, 'ALARM', 'OK']],
  ])('%s', (points, expected) => {
    expect(states(points, {})).toEqual(expected);
  });
});

describe('an alarm that wants 2 of 3', () => {
  test.each<[string, AlarmState[]]>([
    ['0 - X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 0 X 0 X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - X -', ['ALARM', RETAINED, 'ALARM', 'OK']],
  ])('%s', (points, expected) => {
    expect(states(points, { DatapointsToAlarm: 2 })).toEqual(expected);
  });
});

describe('an alarm on a heartbeat', () => {
  const heartbeat: Partial<AlarmProperties> = {
    Threshold: 1,
    ComparisonOperator: 'LessThanThreshold',
    EvaluationPeriods: 2,
    TreatMissingData: 'breaching',
  };
  const filled: Partial<AlarmProperties> = {
    ...heartbeat,
    MetricName: undefined,
    Metrics: [
      { Id: 'expr', Expression: 'FILL(beat, 0)' },
      { Id: 'beat', MetricStat: { Metric: { MetricName: 'Metric' }, Period: 60, Stat: 'SampleCount' }, ReturnData: false },
    ],
  };

  test('that is stale is taken for the present one, unless what is missing is filled', () => {
    const stopped = series('X X X - -');
    expect(evaluate(alarm({ ...heartbeat, Statistic: 'SampleCount' }), stopped, NOW, 'OK')).toBe('OK');
    expect(evaluate(alarm(filled), stopped, NOW, 'OK')).toBe('ALARM');
    expect(evaluate(alarm(filled), series('X X X X -'), NOW, 'OK')).toBe('OK');
  });

  test('rings also once there is nothing left to fill', () => {
    expect(evaluate(alarm(filled), series(''), NOW, 'OK')).toBe('ALARM');
  });
});

test('only whole periods count', () => {
  expect(evaluate(alarm({ EvaluationPeriods: 1 }), { Metric: [{ atMs: NOW, value: 1 }] }, NOW + 30_000, 'OK')).toBe('INSUFFICIENT_DATA');
  expect(evaluate(alarm({ EvaluationPeriods: 1 }), { Metric: [{ atMs: NOW, value: 1 }] }, NOW + MINUTE, 'OK')).toBe('ALARM');
});

test.each([
  ['an expression', { Metrics: [{ Id: 'a', Expression: 'MAX(b)' }] }],
  ['a statistic', { Statistic: 'p99' }],
  ['a comparison', { ComparisonOperator: 'Odd' }],
  ['a treatment', { TreatMissingData: 'odd', EvaluationPeriods: 9 }],
])('fails for %s that it does not know', (_case, more) => {
  expect(() => evaluate(alarm(more), series('X'), NOW, 'OK')).toThrow(/unknown/);
});
