"""What moto's Systems Manager lacks: which instances it can reach, and commands that run, end and fail."""
