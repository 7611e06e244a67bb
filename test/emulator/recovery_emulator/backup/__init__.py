"""AWS Backup: vaults, plans, selections, jobs, recovery points, restore testing, on the emulator's clock."""
