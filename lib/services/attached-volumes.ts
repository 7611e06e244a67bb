import { CfnResource, Reference, Stage, Tokenization } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { resourceId } from '../core/private/inventory';
import type { ExclusionFact } from '../model/facts';
import { settingOf } from './settings';

/**
 * Volumes that need no recovery points of their own, because those of the instance they are attached to hold their data.
 *
 * Walks the tree once: ask for all protected resources together.
 */
export function attachedVolumes(stage: IConstruct, isProtected: (id: string) => boolean): readonly ExclusionFact[] {
  const volumes = new Map<string, string>();
  for (const [volume, instance] of attachments(stage)) {
    if (isProtected(instance) && !isProtected(volume)) {
      volumes.set(volume, instance);
    }
  }
  return [...volumes].map(([resource, instance]) => ({
    kind: 'exclusion',
    implied: true,
    resource,
    by: instance,
    reason: `attached to ${instance}: its data is in the recovery points of the instance`,
  }));
}

/** Pairs of volume and instance. */
function* attachments(node: IConstruct): Iterable<readonly [string, string]> {
  if (CfnResource.isCfnResource(node)) {
    yield* attachmentsOf(node);
  }
  for (const child of node.node.children) {
    if (!Stage.isStage(child)) {
      yield* attachments(child);
    }
  }
}

function* attachmentsOf(cfn: CfnResource): Iterable<readonly [string, string]> {
  switch (cfn.cfnResourceType) {
    case 'AWS::EC2::VolumeAttachment': {
      const volume = referredId(settingOf(cfn, 'volumeId'));
      const instance = referredId(settingOf(cfn, 'instanceId'));
      if (volume !== undefined && instance !== undefined) {
        yield [volume, instance];
      }
      break;
    }
    case 'AWS::EC2::Instance': {
      const volumes = settingOf(cfn, 'volumes');
      for (const { volumeId } of Array.isArray(volumes) ? (volumes as readonly { volumeId?: unknown }[]) : []) {
        const volume = referredId(volumeId);
        if (volume !== undefined) {
          yield [volume, resourceId(cfn)];
        }
      }
      break;
    }
  }
}

function referredId(value: unknown): string | undefined {
  const token = typeof value === 'string' ? Tokenization.reverse(value, { failConcat: false }) : undefined;
  return Reference.isReference(token) ? resourceId(token.target) : undefined;
}
