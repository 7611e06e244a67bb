"""Compute that a failover scales: how long it takes until what is wanted is there."""
