# SPDX-License-Identifier: GPL-2.0-or-later
"""What the two commands share: options, exit codes, errors in one line."""
import argparse
import os
import sys
import traceback

import answer
import pages
import screen

REPOSITORY = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
PROGRAM = os.path.join(REPOSITORY, "build/rcufuzz")

HELP = """exit codes, fit for `git bisect run`: 0 nothing introduced, 42 introduced, 125 the change
does not apply or build, 128 and above no answer: 129 bad usage, 130 interrupted, 128 all else."""


class Parser(argparse.ArgumentParser):
    def __init__(self, program, description):
        super().__init__(prog=program, description=description, epilog=HELP)
        self.add_argument("--seconds", type=number(float, 0.1), default=60,
                          help="how long to hunt and verify; default 60")
        self.add_argument("--seed", type=number(int, 0), default=1)
        self.add_argument("--junit", metavar="FILE", help="also write a JUnit report")
        self.add_argument("--html", metavar="DIR",
                          help="also write a page of each find, and index.html, in this folder")
        self.add_argument("--ktap", action="store_true", help="print KTAP instead of the screen")

    def error(self, message):
        raise answer.usage(f"{message} ({self.prog} --help)")


def number(kind, least):
    def read(text):
        value = kind(text)
        if not least <= value <= 1e6:
            raise ValueError
        return value
    read.__name__ = kind.__name__  # in messages
    return read


def tell(result, args):
    if args.junit:
        screen.write_junit(result, args.junit)
    if args.html:
        pages.write_pages(result, args.html)
    print(screen.ktap(result) if args.ktap else screen.text(result), flush=True)
    return result.exit_code()


def run(program, check):
    """check() in a process of its own; its exit code."""
    try:
        code = check()
    except answer.Stop as stop:
        print(f"{program}: {stop}", file=sys.stdout if stop.code == answer.NOTHING else sys.stderr)
        code = stop.code
    except KeyboardInterrupt:
        code = answer.INTERRUPTED
    except Exception:  # pylint: disable=broad-exception-caught
        # Whatever it is, it says nothing of the change; an exit code of 1 would.
        traceback.print_exc()
        code = answer.NO_ANSWER
    sys.exit(code)
