"""What an extract must look like: ODCS contracts in and out."""
