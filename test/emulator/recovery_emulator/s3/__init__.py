"""What moto's S3 lacks: replication, live and in batches, and keys that can be lost."""
