"""AWS Fault Injection Service: experiments that pause replication or cut a Region off."""
