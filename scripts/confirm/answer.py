# SPDX-License-Identifier: GPL-2.0-or-later
"""What a booted kernel's console says of a plan."""
import dataclasses
import re

CONFIRMED, INFEASIBLE = "confirmed", "infeasible"
NOT_REACHED, NOT_SHOWN = "not reached", "not shown"

KERNEL_COMPLAINS = re.compile(
    r"WARNING: |BUG: |kernel BUG at |Oops: |general protection fault|Kernel panic"
    r"|rcu: INFO: .*stall|INFO: task .* blocked for more than|ODEBUG: ")
# Verdicts that the kernel's own words show.
BY_KERNEL = {
    "kernel_warning": r"WARNING: |BUG: |BUG at ",
    "oops": r"BUG: |Oops: |general protection",
    "use_after_free": r"BUG: |general protection|Oops: ",
    "livelock": r"soft lockup|hard LOCKUP|rcu: INFO: .*stall|blocked for more than",
    "deadlock": r"soft lockup|hard LOCKUP|rcu: INFO: .*stall|blocked for more than",
}
# Of those, what counts only where the plan has it: another warning is another find.
AT_SITE = ("kernel_warning", "oops", "use_after_free")
HANG = ("livelock", "deadlock")
REPORT = 60   # lines of a report that belong to its first
SILENCE = 30  # seconds; the module says each five that it is alive


@dataclasses.dataclass
class Run:
    """One boot."""
    answer: str
    seen: list       # what shows the verdict
    others: list     # what else was seen
    order: str       # "5 of 7 steps", and where it stopped


def message(line):
    """A line of the console without its time."""
    return re.sub(r"^\[ *\d+\.\d+\]\s*(\[ *[TC]\d+\]\s*)?", "", line.strip())


def warning_place(line):
    """What of a complaint is the same in each boot."""
    return re.sub(r"(CPU|PID|Comm|comm|task|for|cpus?)[:= ]+\S+|0x[0-9a-f]+|\d{4,}|#\d+", "*", line)


def is_at(lines, site):
    """Whether a complaint, with the lines that come with it, is of a plan's site. It says its own
    place; where it does not, the function, or one into which it was compiled, is on the stack."""
    own = re.search(r" at ([\w./-]+):(\d+)(?:!| ([\w.]+)\+0x|$)", lines[0])
    if own:
        return own.group(1) == site.file and \
            (int(own.group(2)) == site.line or own.group(3) in site.functions)
    stack = re.findall(r"([A-Za-z_]\w*)[\w.]*\+0x[0-9a-f]+/0x", "\n".join(lines))
    return any(function in site.functions for function in stack)


class Console:
    """`stopped_after`: seconds after which the machine was stopped; none: it ended by itself."""

    def __init__(self, text, stopped_after=None):
        self.lines = [message(line) for line in text.splitlines()]
        self.stopped_after = stopped_after
        times = re.findall(r"^\[ *(\d+)\.\d+\].*rcufuzz: ", text, re.MULTILINE)
        self.last_word = int(times[-1]) if times else 0
        self.ours = [line[len("rcufuzz: "):] for line in self.lines
                     if line.startswith("rcufuzz: ")]
        starts = [i for i, line in enumerate(self.lines) if KERNEL_COMPLAINS.search(line)]
        self.complaints = [self.lines[i] for i in starts]
        # Each with what follows, until the next one.
        self.reports = [self.lines[i:end][:REPORT] for i, end in
                        zip(starts, starts[1:] + [len(self.lines)])]

    def began(self):
        return "begin" in self.ours

    def over(self):
        return "over" in self.ours

    def hangs(self):
        # Without times nothing is known of it.
        return self.began() and not self.over() and self.stopped_after is not None and \
            bool(self.last_word) and self.stopped_after - self.last_word > SILENCE

    def refused(self):
        return [line for line in self.ours if line.startswith("refuses")]

    def wrong(self):
        """Pairs of a verdict and its text."""
        return [tuple(line[len("wrong "):].split(": ", 1)) for line in self.ours
                if line.startswith("wrong ")]


def seen_of(console, program, known):
    """What shows the plan's verdict; `known`: complaints that a repaired kernel has as well."""
    verdict = program.script["verdict"]
    seen = [text for word, text in console.wrong() if word == verdict]
    pattern = BY_KERNEL.get(verdict)
    for lines in console.reports if pattern else ():
        if re.search(pattern, lines[0]) and warning_place(lines[0]) not in known and \
                (verdict not in AT_SITE or is_at(lines, program.site)):
            seen.append(lines[0])
    if verdict in HANG and console.hangs():
        seen.append(f"the machine says nothing any more after {console.last_word} s")
    return seen


def order_of(console, program):
    text = next((line[len("order "):] for line in console.ours if line.startswith("order ")), "")
    for line in console.ours:
        found = re.fullmatch(r"(awaited|missed) step \d+: (\w+) (\d+)", line)
        if found:
            what = program.step_words(found.group(2), int(found.group(3)))
            text += f"; {'waited in vain until' if found.group(1) == 'awaited' else 'never'} {what}"
        found = re.fullmatch(r"waited for by step \d+: (\w+) (\d+)", line)
        if found:
            text += f" (before {program.step_words(found.group(1), int(found.group(2)))})"
    return text


def judge(console, program, known=frozenset()):
    """The answer of one boot."""
    verdict = program.script["verdict"]
    seen = seen_of(console, program, known)
    others = [f"{word}: {text}" for word, text in console.wrong() if word != verdict]
    others += [line for line in console.complaints if line not in seen]
    order = order_of(console, program)
    if seen:
        return Run(CONFIRMED, seen, others, order)
    if any(line.startswith(("refuses", "missed")) for line in console.ours):
        return Run(NOT_REACHED, console.refused(), others, order)
    awaited = awaited_step(console)
    if awaited:
        never = awaited[0] == "arrive" and hold_untouched(console, awaited[1])
        return Run(NOT_REACHED if never else INFEASIBLE, [], others, order)
    if console.began() and not console.over():
        others.append("the machine was stopped before the end of the workload")
    if not console.began():
        return Run(NOT_REACHED, ["the workload did not begin"], others, order)
    return Run(NOT_SHOWN, [], others, order)


def awaited_step(console):
    """Kind and number of the step that did not come; none: all came, or nobody waited."""
    for line in console.ours:
        found = re.fullmatch(r"awaited step \d+: (\w+) (\d+)", line)
        if found:
            return found.group(1), int(found.group(2))
    return None


def hold_untouched(console, number):
    return any(re.match(rf"hold {number}: not taken, 0 passes", line) for line in console.ours)


def known_complaints(console):
    return frozenset(warning_place(line) for line in console.complaints)


def overall(runs):
    """Of several boots: what was shown once is shown; otherwise the most that was got."""
    for word in (CONFIRMED, NOT_SHOWN, INFEASIBLE, NOT_REACHED):
        for run in runs:
            if run.answer == word:
                return run
    raise ValueError("no boots")
