# SPDX-License-Identifier: GPL-2.0-or-later
"""How both commands of this folder begin and end: signals, errors in one line, exit codes."""
import signal
import sys

import kernels
import places
import program

BAD = 64  # bad usage or input, or something is missing
INTERRUPTED = 130


def outcome(command, work):
    """The exit code of work()."""
    kernels.COMMAND = command
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return work()
    except (kernels.NoKernel, program.Refused, places.NoPlaces, OSError) as why:
        print(f"{command}: {why}", file=sys.stderr)
        return BAD
    except KeyboardInterrupt:
        return INTERRUPTED


def run(main):
    """main() with the words of the command line, in a process of its own."""
    try:
        sys.exit(main(sys.argv[1:]))
    except SystemExit as end:
        # argparse's own code for bad usage is 2.
        sys.exit(BAD if end.code == 2 else end.code)
