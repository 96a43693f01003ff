"""The `vestry` command, which `python -m vestry` is too: Ctrl-C ends it with one line from its first moment to its last.

It loads next to nothing before it listens. While the rest is being loaded, and once a command has ended, Ctrl-C ends the
process at once: there is nothing to put right. In between `vestry.cli.stopping` listens.
"""

import atexit
import os
import signal
from importlib import import_module
from types import FrameType

STOPPED = """\
Stopped.
  fix:   start again when you like: nothing needs cleaning up
  code:  interrupted
"""
"""What `vestry.errors.Interrupted` says, which is not loaded yet."""
EXIT_CODE = 130


def main() -> None:
    """The `vestry` command. Raises SystemExit. Where nobody heeds Ctrl-C (a shell's background), it stays so."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        import_module("vestry.wiring").main()
        return
    # Registered first, so called last: then Python gives signals back to the system, which would end it by the signal.
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGINT, _say_and_end)
    try:
        import_module("vestry.wiring").main()
    except KeyboardInterrupt:  # pressed again just as it was heeded
        _say_and_end(signal.SIGINT, None)
    finally:
        signal.signal(signal.SIGINT, _end)


def _say_and_end(number: int, frame: FrameType | None) -> None:
    os.write(2, STOPPED.encode())
    os._exit(EXIT_CODE)


def _end(number: int, frame: FrameType | None) -> None:
    os._exit(EXIT_CODE)


if __name__ == "__main__":
    main()
