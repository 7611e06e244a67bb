"""Routing controls of Application Recovery Controller."""
