import { roleStatements } from '../../model/self-managed';
import type { WorkContext } from '../engine';
import { connect, type PostgresLogin } from './server';

/**
 * Makes the roles that a server lacks, with what they may do and belong to: those that are there are left alone. What a server does not allow, as
 * managed ones do not allow superusers, is told and does not end the restore: what it is needed for will.
 */
export async function restoreRoles(login: PostgresLogin, script: string, tell: WorkContext['tell']): Promise<void> {
  const client = await connect(login);
  try {
    const { rows } = await client.query('select rolname as name from pg_roles');
    const there = new Set(rows.map(({ name }) => name));
    const made = new Set<string>();
    for (const { sql, role } of roleStatements(script)) {
      if (role === undefined || there.has(role)) {
        continue;
      }
      await client.query(sql).then(
        () => made.add(role),
        (error) => tell('warning', { found: `role ${role} is not as it was: ${(error as Error).message}` }),
      );
    }
    if (made.size > 0) {
      tell('roles', { made: [...made], found: 'they have no passwords yet: give them some' });
    }
  } finally {
    await client.end().catch(() => {});
  }
}
