"""Metrics of CloudWatch, and the alarms that look at them."""
