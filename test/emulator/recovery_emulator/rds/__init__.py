"""What moto's RDS lacks: global databases, backups replicated to another Region, snapshot exports, rules of replicas."""
