import { documented, unconfirmed } from './limit';

type Destinations = Readonly<Record<string, readonly string[]>>;

const PAGE = 'RDS User Guide: replicating automated backups to another Region';
const US = ['us-east-1', 'us-east-2', 'us-west-2'];

/** Rows of the list as it is now. */
const CURRENT = documented<Destinations>(
  {
    'ap-northeast-1': ['ap-east-1', 'ap-east-2', 'ap-northeast-3', 'ap-northeast-2', 'ap-southeast-1', ...US],
    'ap-northeast-3': ['ap-northeast-1'],
  },
  'Regions that RDS replicates automated backups to, by source',
  PAGE,
);

/** Regions that the list as it is now does not have in a row that is not above. */
const ABSENT = documented<Destinations>({ 'us-east-1': ['ap-northeast-3'] }, 'Regions that RDS does not replicate to, by source', PAGE);

/** Rows of an older list, which lacks Regions that came later, such as Taipei. */
const EARLIER = unconfirmed<Destinations>(
  {
    'af-south-1': ['eu-central-1', 'eu-west-1', 'eu-west-2'],
    'ap-east-1': ['ap-southeast-1', 'ap-northeast-1'],
    'ap-northeast-2': ['ap-southeast-1', 'ap-northeast-1', ...US],
    'ap-south-1': ['ap-south-2', 'ap-southeast-1', ...US],
    'ap-south-2': ['ap-south-1'],
    'ap-southeast-1': ['ap-east-1', 'ap-southeast-5', 'ap-south-1', 'ap-northeast-2', 'ap-southeast-2', 'ap-northeast-1', ...US],
    'ap-southeast-2': ['ap-southeast-4', 'ap-southeast-1', 'us-east-1', 'us-west-1', 'us-west-2'],
    'ap-southeast-3': ['ap-southeast-5', 'ap-southeast-1'],
    'ap-southeast-4': ['ap-southeast-2'],
    'ap-southeast-5': ['ap-southeast-1'],
    'ca-central-1': ['ca-west-1', 'eu-west-1', 'us-west-1', ...US],
    'ca-west-1': ['ca-central-1'],
    'cn-north-1': ['cn-northwest-1'],
    'cn-northwest-1': ['cn-north-1'],
    'eu-central-1': ['af-south-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1', 'eu-central-2', ...US],
    'eu-central-2': ['eu-central-1', 'eu-west-1'],
    'eu-north-1': ['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'us-east-1'],
    'eu-south-1': ['eu-central-1'],
    'eu-south-2': ['eu-west-1', 'eu-west-3'],
    'eu-west-1': [
      ...['af-south-1', 'ca-central-1', 'eu-central-1', 'eu-west-2', 'eu-west-3', 'eu-north-1', 'eu-central-2'],
      ...['us-west-1', ...US],
    ],
    'eu-west-2': ['af-south-1', 'eu-central-1', 'eu-west-1', 'eu-west-3', 'eu-north-1', 'us-east-1'],
    'eu-west-3': ['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-north-1', 'us-east-1'],
    'il-central-1': ['eu-west-1'],
    'me-central-1': ['eu-central-1'],
    'sa-east-1': ['us-east-1', 'us-east-2'],
    'us-east-1': [
      ...['ap-south-1', 'ap-northeast-2', 'ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1', 'ca-central-1'],
      ...['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1', 'sa-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
    ],
    'us-east-2': [
      ...['ap-south-1', 'ap-northeast-2', 'ap-southeast-1', 'ap-northeast-1', 'ca-central-1', 'eu-central-1', 'eu-west-1'],
      ...['sa-east-1', 'us-east-1', 'us-west-1', 'us-west-2'],
    ],
    'us-gov-east-1': ['us-gov-west-1'],
    'us-gov-west-1': ['us-gov-east-1'],
    'us-west-1': ['ap-southeast-2', 'ca-central-1', 'eu-west-1', ...US],
    'us-west-2': [
      ...['ap-south-1', 'ap-northeast-2', 'ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1', 'ca-central-1', 'eu-central-1'],
      ...['eu-west-1', 'us-east-1', 'us-east-2', 'us-west-1'],
    ],
  },
  'Regions that RDS replicates automated backups to, by source, in an older edition',
  `${PAGE}, copies without the Region of Taipei`,
);

/** What of RDS keeps it from replicating automated backups from one Region to another; nothing where it does, or nobody is sure. */
export function backupReplicationGap(source: string, destination: string): string | undefined {
  const regions = CURRENT.value[source];
  if (regions !== undefined) {
    return regions.includes(destination) ? undefined : `RDS replicates automated backups of ${source} to ${regions.join(', ')} only`;
  }
  return ABSENT.value[source]?.includes(destination)
    ? `RDS does not replicate automated backups of ${source} to ${destination}, but to ${backupReplicationRegions(source).join(', ')}`
    : undefined;
}

/** Regions that RDS is known to replicate automated backups to; there may be more, where there is no gap. */
export function backupReplicationRegions(source: string): readonly string[] {
  return CURRENT.value[source] ?? EARLIER.value[source] ?? [];
}
