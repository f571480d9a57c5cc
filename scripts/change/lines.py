# SPDX-License-Identifier: GPL-2.0-or-later
"""Which of the lines that a change writes were executed, which have code and were not, and which
this machine does not compile."""
import bisect
import collections
import os
import re
import subprocess

# How it is with a line that a change writes, the strongest first: what one variant reaches counts
# as reached.
REACHED, MISSED, PLAIN, ELSEWHERE = range(4)

TRIVIAL = re.compile(r"^(\}|\{|else|do|#.*|[A-Za-z_]+:|[);,}]+|\\)*$")


def changed_lines(before, after):
    """Numbers of the lines of the file `after` that are not in the file `before`; where lines are
    gone, of the two beside them that may have code."""
    with open(after, "rb") as file:
        code = sorted(may_have_code(file.read()))
    result = subprocess.run(["diff", "--text", before, after], stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, check=False)
    numbers = []
    for line in result.stdout.decode(errors="replace").splitlines():
        match = re.match(r"^[0-9,]+[ac](\d+)(?:,(\d+))?$", line)
        if match:
            numbers += range(int(match.group(1)), int(match.group(2) or match.group(1)) + 1)
        match = re.match(r"^[0-9,]+d(\d+)$", line)
        if match:
            place = bisect.bisect_right(code, int(match.group(1)))
            numbers += code[max(place - 1, 0):place + 1]
    return sorted(set(numbers))


def without_comments(text):
    """Comments become blank; lines stay."""
    def blank(match):
        return "\n" * match.group(0).count("\n") if match.group(0).startswith("/") \
            else match.group(0)
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.DOTALL)


def may_have_code(after):
    """Numbers of the lines that are neither blank, nor comment, brace, label or directive."""
    numbers, in_macro = set(), False
    for number, line in enumerate(without_comments(after.decode(errors="replace")).split("\n"), 1):
        text = "".join(line.split())
        directive = in_macro or text.startswith("#")
        in_macro = directive and line.rstrip().endswith("\\")
        if not directive and not TRIVIAL.match(text):
            numbers.add(number)
    return numbers


class Survived:
    """Lines of a file that are left by the preprocessor, of what was compiled for an image."""

    def __init__(self, preprocessed):
        self.of = collections.defaultdict(set)
        marker = re.compile(r'^# (\d+) "([^"]*)"')
        for text in preprocessed:
            file, number = "", 0
            for line in text.splitlines():
                match = marker.match(line)
                if match:
                    number, file = int(match.group(1)), match.group(2)
                    continue
                if line.strip():
                    self.of[file].add(number)
                number += 1

    def has(self, path, number):
        return any(number in lines for file, lines in self.of.items()
                   if file.endswith("/patched/" + path))


def read_reached(files):
    """(file, line) -> whether some run came there, of all `--lines` files."""
    reached = {}
    for name in files:
        if not os.path.exists(name):
            continue
        with open(name, encoding="utf-8") as file:
            for text in file:
                path, line, met = text.split()
                reached[path, int(line)] = reached.get((path, int(line)), False) or met == "1"
    return reached


def lines_of(base, change, step):
    """(file, line) of all that the change writes in files that the image was made of."""
    for path, content in sorted(step.files.items()):
        if content is None or path not in change.made_of:
            continue
        before = os.path.join(base.tree, path)
        after = os.path.join(change.folder, "patched", path)
        for number in changed_lines(before if os.path.exists(before) else os.devnull, after):
            yield path, number


def sort_lines(base, change, step, reached):
    """(file, line) -> how it is with it."""
    result, unknown, code = {}, [], {}
    for path, number in lines_of(base, change, step):
        met = reached.get((path, number))
        result[path, number] = PLAIN if met is None else REACHED if met else MISSED
        if path not in code:
            code[path] = may_have_code(step.files[path])
        if met is None and number in code[path]:
            unknown.append((path, number))
    survived = Survived(change.preprocessed(base)) if unknown else None
    for path, number in unknown:
        if not survived.has(path, number):
            result[path, number] = ELSEWHERE
    return result


def merge(ones):
    """Of several variants."""
    result = {}
    for one in ones:
        for line, how in one.items():
            result[line] = min(how, result.get(line, how))
    return result


def ranges(lines):
    """ "kernel/rcu/tree.c:5-7, 12" for each file."""
    by_file = collections.defaultdict(list)
    for path, number in sorted(lines):
        parts = by_file[path]
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return [path + ":" + ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)
            for path, parts in by_file.items()]
