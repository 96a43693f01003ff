"""`python -m vestry`: the same as the `vestry` command."""

from vestry.wiring import main

if __name__ == "__main__":
    main()
