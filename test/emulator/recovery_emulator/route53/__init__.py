"""Route 53: what moto lacks of health checks, record sets and answers."""
