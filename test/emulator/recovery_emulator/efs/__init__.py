"""What moto's EFS lacks: replication of file systems to another Region."""
