import { documented } from '../limits/limit';
import type { Severity } from './severity';

/** Detail types of the events of Amazon RDS that tell of databases; Aurora, DocumentDB and Neptune tell theirs as RDS does. */
export const DATABASE_EVENT_TYPES = ['RDS DB Instance Event', 'RDS DB Cluster Event'] as const;

/**
 * Events of databases that matter to recovery, by their id: the database is lost or about to be, what keeps it recoverable was
 * turned off, or it had to be rescued.
 */
export const DATABASE_EVENTS = documented<Readonly<Record<string, Severity>>>(
  {
    // deleted: instance, cluster
    'RDS-EVENT-0003': 'low',
    'RDS-EVENT-0171': 'low',
    // storage is used up, or soon will be
    'RDS-EVENT-0007': 'high',
    'RDS-EVENT-0089': 'low',
    'RDS-EVENT-0221': 'critical',
    'RDS-EVENT-0222': 'high',
    'RDS-EVENT-0223': 'high',
    'RDS-EVENT-0224': 'high',
    'RDS-EVENT-0227': 'high',
    'RDS-EVENT-0254': 'high',
    // failovers: started, over, not attempted, failed
    'RDS-EVENT-0013': 'low',
    'RDS-EVENT-0049': 'low',
    'RDS-EVENT-0034': 'high',
    'RDS-EVENT-0069': 'critical',
    'RDS-EVENT-0071': 'low',
    'RDS-EVENT-0187': 'critical',
    // automated backups were turned off
    'RDS-EVENT-0028': 'high',
    // failed, in a state from which point-in-time recovery is the way; invalid parameters, incompatible network
    'RDS-EVENT-0031': 'critical',
    'RDS-EVENT-0035': 'high',
    'RDS-EVENT-0036': 'high',
    // replication to a read replica had an error, or was ended
    'RDS-EVENT-0045': 'high',
    'RDS-EVENT-0057': 'high',
  },
  'events of databases by id',
  'Amazon RDS User Guide and Aurora User Guide: event categories and event messages',
);
