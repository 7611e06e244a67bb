import type { ResourceType } from '../model/services';
import { AURORA } from './aurora';
import { DOCUMENTDB } from './documentdb';
import { DYNAMODB } from './dynamodb';
import { EBS } from './ebs';
import { EC2 } from './ec2';
import { EFS } from './efs';
import { FSX } from './fsx';
import { GENERIC } from './generic';
import { NEPTUNE } from './neptune';
import { RDS_INSTANCE } from './rds-instance';
import { S3 } from './s3';
import type { ServiceAdapter } from './service';

export { attachedVolumes } from './attached-volumes';
export { placeOf } from './facts';
export { requireProtectable, targetOf } from './target';

const ADAPTERS: ReadonlyMap<ResourceType, ServiceAdapter> = new Map(
  [RDS_INSTANCE, AURORA, DYNAMODB, S3, EBS, EC2, EFS, FSX, DOCUMENTDB, NEPTUNE].flatMap((adapter) =>
    adapter.types.map((type) => [type, adapter] as const),
  ),
);

/** The adapter that knows a type; types without knowledge of their own are protected by their ARN alone. */
export function adapterOf(type: ResourceType): ServiceAdapter {
  return ADAPTERS.get(type) ?? GENERIC;
}
