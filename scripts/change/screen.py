# SPDX-License-Identifier: GPL-2.0-or-later
"""The answer of a check: one screen of text, JUnit, or KTAP."""
import dataclasses
import os
import re
import shlex
import textwrap
import xml.sax.saxutils

import answer
import lines
from sides import CORPUS

MOST = 5  # of a list on the screen


@dataclasses.dataclass
class Result:
    """What there is to tell."""

    label: str  # of the base
    titles: list  # of the patches
    built: str  # what was compiled, and in what time
    pairs: list  # of sides.py; empty where nothing was run
    lines: dict  # as of lines.py; None where nobody looked
    elsewhere: list  # paths of the change that are not part of what was run
    seed: int
    seconds: float
    not_run: list = ()  # other configurations that there are

    def finds(self, which):
        """(pair, find), one for each identity."""
        seen = {}
        for pair in self.pairs:
            for find in getattr(pair.compared, which):
                seen.setdefault(find.identity, (pair, find))
        return list(seen.values())

    def lines_that(self, how):
        return [line for line, is_so in (self.lines or {}).items() if is_so == how]

    def exit_code(self):
        return answer.INTRODUCED if self.finds("introduced") else answer.NOTHING

    def blamed_commit(self, pair, find):
        """In the form of a Fixes: line, where the change is commits."""
        first, last = pair.blame.get(find.identity, (1, len(self.titles)))
        commit, _, title = self.titles[last - 1].partition(" ")
        is_commit = first == last and re.fullmatch("[0-9a-f]{7,40}", commit) is not None
        return f'{commit} ("{title}")' if is_commit else ""

    def blame(self, pair, find):
        """ 'patch 2/3 "title"', or a range where parts of the series do not build."""
        count = len(self.titles)
        if find.identity not in pair.blame:
            return ""
        first, last = pair.blame[find.identity]
        if first == last:
            return f'patch {first}/{count} "{self.titles[first - 1]}"'
        return f"one of the patches {first} to {last} of {count}, between which it does not build"


def short(path):
    """As seen from where the user is, if that is shorter."""
    return min(path, os.path.relpath(path), key=len)


def wrapped(head, text):
    return textwrap.fill(text, 98, initial_indent=f"{head:<14}", subsequent_indent=" " * 14,
                         break_long_words=False, break_on_hyphens=False)


def some(texts, separator=", "):
    more = f" and {len(texts) - MOST} more" if len(texts) > MOST else ""
    return separator.join(texts[:MOST]) + more


def find_text(result, pair, find):
    where = f" at {find.site}" if find.site else ""
    rows = [f"  {find.verdict}{where}" + (f" ({pair.name})" if len(result.pairs) > 1 else "")]
    rows += textwrap.wrap(find.detail, 98, initial_indent=" " * 6, subsequent_indent=" " * 6)
    blame = result.blame(pair, find)
    if blame:
        rows.append(f"      by {blame}")
    if find.plan.startswith(CORPUS):
        rows.append(f"      shown by {short(find.plan)}")
    return rows


def tried_text(sides, found):
    """How often the other side ran the same operations without this."""
    runs = [side.clean[find.identity] for side, (_, find) in zip(sides, found)
            if find.identity in side.clean]
    return f", not on the {sides[0].name} in {min(runs):,} runs of the same operations" \
        if runs else ""


def finds_text(result):
    rows = []
    for which, title, other in (("introduced", "INTRODUCED", "base"),
                                ("mended", "mended", "changed"), ("both", "in both", None)):
        found = result.finds(which)
        tried = tried_text([getattr(pair, other) for pair, _ in found], found) if other else ""
        rows.append(f"{title:<14}{len(found) or 'nothing'}{tried}")
        # Of those that look alike, which identities tell apart, the first.
        alike = {}
        for pair, find in found:
            alike.setdefault((find.verdict, find.site), []).append((pair, find))
        for ones in list(alike.values())[:MOST]:
            rows += find_text(result, *ones[0])
            if len(ones) > 1:
                rows.append(f"      and {len(ones) - 1} like it")
        left = sum(len(ones) for ones in list(alike.values())[MOST:])
        if left:
            rows.append(f"      and {left} more")
    return rows


def blame_options(result, pair, find):
    """Of the command that makes a mail."""
    commit, patch = result.blamed_commit(pair, find), result.blame(pair, find)
    return (f" --introduced-by {shlex.quote(patch)}" if patch else "") + \
        (f" --fixes {shlex.quote(commit)}" if commit else "")


def tell_text(result):
    """How to read the first of what is introduced."""
    for pair, find in result.finds("introduced"):
        if find.plan:
            first, *others = pair.how_to_read(find, blame_options(result, pair, find))
            return [f"{'plans':<14}in {short(pair.kept)}; the first of them:", " " * 14 + first] + \
                [" " * 14 + other for other in others]
    return []


def lines_text(result):
    if result.lines is None:
        return []
    reached, missed = (result.lines_that(how) for how in (lines.REACHED, lines.MISSED))
    rows = [wrapped("changed lines", f"{len(reached) + len(missed)} with code, {len(reached)} "
                    f"reached; {len(result.lines_that(lines.PLAIN))} without code of their own")]
    if missed:
        rows.append(wrapped("NOT REACHED", some(lines.ranges(missed))))
    elsewhere = result.elsewhere + lines.ranges(result.lines_that(lines.ELSEWHERE))
    if elsewhere:
        rows.append(wrapped("not compiled", some(elsewhere)))
    return rows


def run_text(result):
    rows = []
    for pair in result.pairs:
        base, change = pair.base, pair.changed
        rows.append(f"{'run':<14}{pair.name}: base {base.runs:,} runs in {base.seconds:.0f} s, "
                    f"change {change.runs:,} in {change.seconds:.0f} s, seed {result.seed}; "
                    f"{len(pair.plans):,} reproducers on both")
        if pair.verified:
            rows.append(wrapped("verified",
                                f"{pair.name}: operations of {pair.verified['verified']}"
                                f" reproducers, of {sum(pair.verified.values())} tried, in every "
                                "interleaving that differs by one choice"))
        rows += pair.extra_rows()
    if result.not_run:
        rows.append(wrapped("not run", "variants " + ", ".join(result.not_run) + " (--variant)"))
    return rows


def text(result):
    count = len(result.titles)
    what = f'"{result.titles[0]}"' if count == 1 else f"{count} patches"
    rows = [f"{'base':<14}{result.label}", f"{'change':<14}{what}",
            f"{'built':<14}{result.built}"]
    if result.pairs:
        rows += finds_text(result) + lines_text(result) + run_text(result)
    else:
        if result.elsewhere:
            rows.append(wrapped("not compiled", some(result.elsewhere)))
            rows.append(f"{'':<14}nothing of the change is in the images: nothing was run")
        else:
            rows.append(f"{'no difference':<14}in the end each file is as it was: nothing was run")
    rows += tell_text(result)
    word = "INTRODUCED" if result.exit_code() else "nothing introduced"
    rows.append(f"{'answer':<14}{word}, exit code {result.exit_code()}, {result.seconds:.0f} s")
    return "\n".join(rows)


# --- for machines ---------------------------------------------------------------------------------

def cases(result):
    """(name, whether it is well, what there is to say)."""
    found = [("change builds", True, result.built)]
    introduced = result.finds("introduced")
    for pair, find in introduced:
        found.append((f"introduced: {find.identity}", False,
                      "\n".join(find_text(result, pair, find) + [find.plan])))
    if not introduced:
        found.append(("nothing is introduced", True,
                      "\n".join(run_text(result)) or "nothing was run"))
    missed = lines.ranges(result.lines_that(lines.MISSED))
    if result.lines is not None:
        found.append(("changed lines are reached", True,
                      "not reached: " + "; ".join(missed) if missed else ""))
    return found


def ktap(result):
    found = cases(result)
    rows = ["KTAP version 1", f"1..{len(found)}"]
    for index, (name, well, said) in enumerate(found, 1):
        rows.append(f"{'ok' if well else 'not ok'} {index} {name.replace('#', ' ')}")
        rows += ["# " + row.strip() for row in said.splitlines()]
    return "\n".join(rows)


def write_junit(result, path):
    quote, attribute = xml.sax.saxutils.escape, xml.sax.saxutils.quoteattr
    found = cases(result)
    failures = sum(not well for _, well, _ in found)
    rows = ['<?xml version="1.0" encoding="UTF-8"?>',
            f'<testsuite name="rcufuzz.check" tests="{len(found)}" failures="{failures}" '
            f'time="{result.seconds:.3f}">']
    for name, well, said in found:
        inner = f"<system-out>{quote(said)}</system-out>" if well else \
            f'<failure message={attribute(name)}>{quote(said)}</failure>'
        rows.append(f'<testcase classname="rcufuzz.check" name={attribute(name)}>{inner}'
                    "</testcase>")
    rows.append("</testsuite>")
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(rows) + "\n")
    except OSError as error:
        raise answer.usage(f"--junit {path}: {error.strerror}") from error
