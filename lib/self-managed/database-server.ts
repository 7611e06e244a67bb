import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** A database server that is reached over a network: on EC2, in containers, on premises over a VPN, or one of RDS. */
export interface DatabaseServer {
  /** Its name, as in its certificate, or its address. */
  readonly host: string;
  /**
   * Its port.
   * @default - 5432 for PostgreSQL
   */
  readonly port?: number;
  /** The database to back up. */
  readonly database: string;
  /** A secret with `username` and `password`, of a role that may read everything that is backed up. */
  readonly credentials: ISecret;
  /**
   * Certificates of the authorities that the certificate of the server comes from, in PEM. TLS is verified always.
   * @default - the certificate authorities of RDS
   */
  readonly certificateAuthorities?: string;
  /** The network that the task of the backup runs in. */
  readonly vpc: IVpc;
  /**
   * The subnets of the task. They need a way to S3, Secrets Manager, ECR and CloudWatch Logs: NAT or endpoints.
   * @default - the private subnets of the VPC
   */
  readonly subnets?: SubnetSelection;
  /**
   * Security groups of the task. Those of the server have to let one of them in.
   * @default - a group of its own, which `connections` of the backup lets you allow
   */
  readonly securityGroups?: ISecurityGroup[];
}
