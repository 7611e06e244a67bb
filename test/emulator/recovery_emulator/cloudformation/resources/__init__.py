"""One module for the resource types of one or two services."""
