"""CloudFormation, written anew: moto's skips unknown types and properties, never rolls back and replaces nothing."""
