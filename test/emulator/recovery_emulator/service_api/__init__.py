"""What is common to all services: which operation a request is, whether it fits the API model, how to answer."""
