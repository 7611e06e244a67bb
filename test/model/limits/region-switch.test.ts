import { checkRegionSwitch, REGION_SWITCH_BLOCKS, type RegionSwitchPlan } from '../../../lib/model/limits';
import { accepts, refuses } from './cases';

const plan = (change: Partial<RegionSwitchPlan> = {}) => checkRegionSwitch({ name: 'orders', regions: 2, steps: [], ...change });
const step = (block: string | undefined, ...configurations: string[]) => plan({ steps: [{ name: 'one', block, configurations }] });

describe('Region switch plans', () => {
  test.each([...REGION_SWITCH_BLOCKS.value])('a block of type %s takes %s and no other', (block, configuration) => {
    expect(step(block, configuration)).toEqual([]);
    expect(step(block, configuration === 'ParallelConfig' ? 'DocumentDbConfig' : 'ParallelConfig')).toMatchObject([
      { code: 'RegionSwitchConfiguration', severity: 'error' },
    ]);
  });

  accepts([
    ['a name of 32 characters', plan({ name: 'x'.repeat(32) })],
    ['a name and Regions known only at deploy time', plan({ name: undefined, regions: undefined })],
    ['a step known only at deploy time', plan({ steps: [{}] })],
    ['a block of a type that is newer than the table', step('SomethingNew', 'SomethingNewConfig')],
    ['a type known only at deploy time', step(undefined, 'ParallelConfig')],
  ]);
  refuses([
    ['a name of 33 characters', plan({ name: 'x'.repeat(33) }), 'error', 'InvalidName', /a Region switch plan is 1 to 32/],
    ['one Region', plan({ regions: 1 }), 'error', 'RegionSwitchRegions', /'regions' has 1 entry, but .* 2 Regions: name 2/],
    ['three Regions', plan({ regions: 3 }), 'error', 'RegionSwitchRegions', /'regions' has 3 entries/],
    [
      'a configuration of another type',
      step('RdsCreateCrossRegionReplica', 'RdsPromoteReadReplicaConfig'),
      'error',
      'RegionSwitchConfiguration',
      /of step 'one' has RdsPromoteReadReplicaConfig, but a block of type RdsCreateCrossRegionReplica takes RdsCreateCrossRegionReadReplicaConfig and nothing else/,
    ],
    [
      'two configurations',
      step('ManualApproval', 'ExecutionApprovalConfig', 'ParallelConfig'),
      'error',
      'RegionSwitchConfiguration',
      /has ExecutionApprovalConfig and ParallelConfig, but/,
    ],
    ['no configuration', step('ManualApproval'), 'error', 'RegionSwitchConfiguration', /is empty, but .*: add it/],
    [
      'two configurations of a type known only at deploy time',
      plan({ steps: [{ configurations: ['A', 'B'] }] }),
      'error',
      'RegionSwitchConfiguration',
      /of step '\?' has A and B, but a block takes exactly one configuration/,
    ],
  ]);
});
