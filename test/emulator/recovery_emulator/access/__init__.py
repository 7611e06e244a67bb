"""A small evaluator of IAM policies, for the few roles whose rights this emulator checks: replication, batch jobs, exports."""
