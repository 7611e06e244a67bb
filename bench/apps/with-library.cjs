const { Protection, RecoveryTier } = require('../../build');
const { application, finish, resources } = require('./resources.cjs');

const { app, stack, size } = application();
const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT });
for (const { database, bucket, table } of resources(stack, size)) {
  protection.protect(database);
  protection.protect(bucket);
  protection.protect(table);
}
finish(app);
