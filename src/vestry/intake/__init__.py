"""Files in, checked rows out, nothing lost (promise 1)."""
