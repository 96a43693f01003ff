"""How well records were joined, households put together and addresses found, held against a known truth."""
