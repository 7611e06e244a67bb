import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { isAttached } from '../../core/private/inventory';
import { warn } from '../../core/private/problems';
import { labelOf } from '../../model/services';
import { targetOf } from '../../services';
import { type GlobalTableCfn, isGlobalTable, replicasOf } from '../../services/global-table';
import type { ReplicatedTable } from '../../services/replicated-table';
import { settingOf, unwrapped, whileAttached } from '../../services/settings';
import type { TableConsistency } from '../table-consistency';

/** Checks that a construct is a table that replicas can be added to; nothing is set yet. */
export function tableOf(scope: IConstruct, construct: IConstruct): ReplicatedTable {
  const target = targetOf(scope, construct);
  const { id, type, cfn } = target;
  if (type !== 'DynamoDB') {
    throw new ConfigurationError('NotATable', `'source' is '${id}', ${labelOf(type)}: give a DynamoDB table`, scope);
  }
  if (cfn === undefined) {
    throw new ConfigurationError(
      'SourceOutOfReach',
      `'source' is '${id}', which this app does not define, so that no replica can be added to it: make the TableReplication where the table is defined`,
      scope,
    );
  }
  if (!isGlobalTable(cfn)) {
    throw new ConfigurationError(
      'TableNotGlobal',
      `'source' is '${id}' of type ${cfn.cfnResourceType}, to which CloudFormation adds no replicas, and a change of type would replace the table by an empty one: define it as TableV2, and move a table with data as docs/replication.md tells`,
      scope,
    );
  }
  return { ...target, cfn };
}

/** Sets the consistency where the table leaves it open; DynamoDB never changes that of a table with replicas. */
export function settleConsistency(scope: IConstruct, cfn: GlobalTableCfn, consistency: TableConsistency): void {
  const { _isStrong: isStrong, _witness: witness } = consistency;
  const mode = settingOf(cfn, 'multiRegionConsistency');
  if (mode === (isStrong ? 'EVENTUAL' : 'STRONG')) {
    throw new ConfigurationError(
      'ConsistencyConflict',
      `'consistency' is ${isStrong ? 'strong' : 'eventual'}, but 'multiRegionConsistency' of '${cfn.node.path}' is ${mode}: leave one of them out`,
      scope,
    );
  }
  if (!isStrong) {
    return;
  }
  if (mode === undefined) {
    cfn.multiRegionConsistency = whileAttached(scope, 'STRONG', cfn.multiRegionConsistency);
  }
  const witnesses = unwrapped(cfn, cfn.globalTableWitnesses);
  const named = (Array.isArray(witnesses) ? witnesses : []).map(({ region }: { readonly region?: unknown }) => region);
  if (witness !== undefined && named.length > 0 && !named.includes(witness)) {
    throw new ConfigurationError(
      'ConsistencyConflict',
      `'consistency' has a witness in ${witness}, but 'witnessRegion' of '${cfn.node.path}' is ${named.join(', ')}: leave one of them out`,
      scope,
    );
  }
  if (witness !== undefined && witnesses === undefined) {
    cfn.globalTableWitnesses = whileAttached(scope, [{ region: witness }], cfn.globalTableWitnesses);
  }
}

const added = new WeakMap<GlobalTableCfn, Map<string, IConstruct>>();

/** Warns where an existing table would get several replicas at once, which CloudFormation does not do. */
export function warnOfSeveralReplicas(scope: IConstruct, cfn: GlobalTableCfn, regions: readonly string[]): void {
  const there = replicasOf(cfn).map(({ region }) => region);
  const ofTable = added.get(cfn) ?? new Map<string, IConstruct>();
  added.set(cfn, ofTable);
  for (const region of regions.filter((one) => !there.includes(one))) {
    ofTable.set(region, scope);
  }
  const several = [...ofTable].filter(([, owner]) => isAttached(owner)).map(([region]) => region);
  if (several.length > 1) {
    warn(
      scope,
      'ReplicasOneByOne',
      `'${cfn.node.path}' gets replicas in ${several.join(' and ')}, but CloudFormation adds one replica to an existing table in each update: deploy after each; for a new table, or one deployed so already, acknowledge this`,
    );
  }
}
