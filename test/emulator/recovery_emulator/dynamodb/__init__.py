"""What moto's DynamoDB lacks: global tables whose items travel, and exports to S3 that take their time."""
