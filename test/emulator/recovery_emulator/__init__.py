"""A local AWS for the tests of cdk-recovery: moto 5.2.x, plus a strict CloudFormation, AWS Backup and real databases.

Start it with ``python3 -m recovery_emulator --port N``. See ``../README.md`` for what is real and what is simulated.
"""

DEFAULT_ACCOUNT = "123456789012"
