/**
 * Environment variables for checks of files. Two functions run the same code: the one outside of the network lets the one inside mount
 * a restored file system, for a file system that does not exist yet cannot be mounted at deploy time.
 */
export const MOUNT_VARIABLES = {
  /** Of the function inside: where the file system is mounted; it is mounted nowhere else. */
  root: 'FILES_ROOT',
  /** Of the function outside: name or ARN of the one inside ... */
  function: 'FILES_FUNCTION',
  /** ... and the subnets that it runs in, with commas between them, and the security group of mount targets that lets it in by TCP 2049. */
  subnets: 'FILES_SUBNETS',
  /** Further subnets, for file systems that lie in one zone. */
  zoneSubnets: 'FILES_ZONE_SUBNETS',
  securityGroup: 'FILES_SECURITY_GROUP',
} as const;

/** Where the function inside mounts file systems; Lambda allows only paths below `/mnt`. */
export const MOUNT_PATH = '/mnt/restored';
