"""EventBridge Scheduler: moto keeps the schedules, this package runs them by the emulator's clock."""
