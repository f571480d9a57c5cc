# SPDX-License-Identifier: GPL-2.0-or-later
"""What `scripts/kernel check` and `scripts/check --subject` end with, fit for `git bisect run`."""

NOTHING = 0  # introduced
INTRODUCED = 42
DOES_NOT_BUILD = 125  # the change; git bisect skips it
NO_ANSWER = 128  # git bisect ends at what is above 127
USAGE = 129
INTERRUPTED = 130


class Stop(Exception):
    """Ends the check with this exit code and this one line."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


def usage(text):
    return Stop(USAGE, text)


def no_answer(text):
    return Stop(NO_ANSWER, text)


def does_not_build(text):
    return Stop(DOES_NOT_BUILD, text)
