import { model } from './limit';
import { error, type Problem } from './problem';

/** What the id of a file system looks like, and the name of one of its zones. */
export const FILE_SYSTEM = {
  id: model(/^fs-[0-9a-f]{8,40}$/, "'fs-' and 8 to 40 hexadecimal digits", 'CloudFormation schema AWS::EFS::FileSystem'),
} as const;

/** Checks the id of a file system that exists already. */
export function checkFileSystemId(property: string, id: string): Problem | undefined {
  const { value, unit } = FILE_SYSTEM.id;
  return value.test(id)
    ? undefined
    : error('InvalidFileSystemId', `'${property}' has the id '${id}', but it has to be ${unit}: correct it`);
}

/** Checks that a zone is one of a Region. */
export function checkZone(property: string, zone: string, region: string): Problem | undefined {
  return zone.startsWith(region) && /^[a-z]$/.test(zone.slice(region.length))
    ? undefined
    : error(
        'ZoneElsewhere',
        `'${property}' is '${zone}', which is no Availability Zone of ${region}: give one such as '${region}a', or leave it out for storage in several zones`,
      );
}
