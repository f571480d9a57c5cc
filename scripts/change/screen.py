# SPDX-License-Identifier: GPL-2.0-or-later
"""The answer of a check: one screen of text, JUnit, or KTAP."""
import os
import re
import textwrap
import xml.sax.saxutils

import answer
import lines
from sides import Compared

MOST = 8  # of a list on the screen


def broken(side):
    """A change that does not even boot has nothing else to compare."""
    return Compared(list(side.finds.values()), [], [])


class Result:
    def __init__(self, change, variants, built, seconds, args):
        self.change = change
        self.variants = variants
        self.built = built
        self.seconds = seconds
        self.args = args
        self.ran = all(variant.compared for variant in variants)
        ones = [variant.lines() for variant in variants] if self.ran else []
        self.lines = lines.merge(ones)
        known = {path for variant in variants for path in variant.image.made_of}
        self.elsewhere = [path for path in change.paths if path not in known]

    def finds(self, which):
        """(variant, find), one for each identity."""
        seen = {}
        for variant in self.variants:
            for find in getattr(variant.compared, which) if variant.compared else []:
                seen.setdefault(find.identity, (variant, find))
        return list(seen.values())

    def lines_that(self, how):
        return [line for line, is_so in self.lines.items() if is_so == how]

    def exit_code(self):
        return answer.INTRODUCED if self.finds("introduced") else answer.NOTHING

    def blamed_commit(self, variant, find):
        """In the form of a Fixes: line, where the change is commits."""
        steps = self.change.steps
        first, last = variant.blame.get(find.identity, (1, len(steps)))
        commit, _, title = steps[last - 1].title.partition(" ")
        is_commit = first == last and re.fullmatch("[0-9a-f]{7,40}", commit) is not None
        return f'{commit} ("{title}")'.replace("'", "") if is_commit else ""

    def blame(self, variant, find):
        """ 'patch 2/3 "title"', or a range where parts of the series do not build."""
        steps = self.change.steps
        if find.identity not in variant.blame:
            return ""
        first, last = variant.blame[find.identity]
        if first == last:
            return f'patch {first}/{len(steps)} "{steps[first - 1].title}"'
        return f"one of the patches {first} to {last} of {len(steps)}, " \
               "between which it does not build"


def short(path):
    """As seen from where the user is, if that is shorter."""
    return min(path, os.path.relpath(path), key=len)


def wrapped(head, text):
    return textwrap.fill(text, 98, initial_indent=f"{head:<14}", subsequent_indent=" " * 14,
                         break_long_words=False, break_on_hyphens=False)


def some(texts, separator=", "):
    more = f" and {len(texts) - MOST} more" if len(texts) > MOST else ""
    return separator.join(texts[:MOST]) + more


def find_text(result, variant, find, other):
    where = f" at {find.site}" if find.site else ""
    rows = [f"  {find.verdict}{where}" + (f" ({variant.name})" if len(result.variants) > 1 else "")]
    rows += textwrap.wrap(find.detail, 98, initial_indent=" " * 6, subsequent_indent=" " * 6)
    blame = result.blame(variant, find)
    if blame:
        rows.append(f"      by {blame}")
    if other is not None and find.identity in other.clean:
        rows.append(f"      not on the {other.name}, in {other.clean[find.identity]:,} runs "
                    "of the same operations")
    if find.plan:
        rows.append(f"      {short(find.plan)}")
    return rows


def finds_text(result):
    rows = []
    for which, title in (("introduced", "INTRODUCED"), ("mended", "mended"), ("both", "in both")):
        found = result.finds(which)
        rows.append(f"{title:<14}{len(found) or 'nothing'}")
        for variant, find in found[:MOST]:
            other = {"introduced": variant.base, "mended": variant.changed, "both": None}[which]
            rows += find_text(result, variant, find, other)
        if len(found) > MOST:
            rows.append(f"      and {len(found) - MOST} more")
    return rows


def tell_text(result):
    """How to read the first of what is introduced."""
    for variant, find in result.finds("introduced"):
        if find.plan:
            title = result.blamed_commit(variant, find)
            fixes = f" --fixes '{title}'" if title else ""
            return [f"{'to read it':<14}RCUFUZZ_KERNELS={short(variant.kernels)} "
                    f"build/rcufuzz explain --format mail{fixes} \\",
                    f"{'':<14}    --kernel {variant.image.name} {short(find.plan)}"]
    return []


def lines_text(result):
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
    for variant in result.variants:
        base, change = variant.base, variant.changed
        rows.append(f"{'run':<14}{variant.name}: base {base.runs:,} runs in {base.seconds:.0f} s, "
                    f"change {change.runs:,} in {change.seconds:.0f} s, seed {result.args.seed}; "
                    f"{len(variant.reproducers()):,} reproducers on both")
    return rows


def text(result):
    steps, image = result.change.steps, result.variants[0].image
    what = f'"{steps[0].title}"' if len(steps) == 1 else f"{len(steps)} patches"
    rows = [f"{'base':<14}{result.change.label}, {image.about['release']}", f"{'change':<14}{what}"]
    touched = sum(len(variant.image.touched) for variant in result.variants)
    total = sum(len(variant.base_image.compile) for variant in result.variants)
    rows.append(f"{'built':<14}in {result.built:.0f} s: {total} objects, "
                f"{touched} of them once more for the change")
    if result.ran:
        rows += finds_text(result) + lines_text(result) + run_text(result)
    else:
        rows.append(wrapped("not compiled", some(result.elsewhere)))
        rows.append(f"{'':<14}nothing of the change is in the images: nothing was run")
    rows += tell_text(result)
    word = "INTRODUCED" if result.exit_code() else "nothing introduced"
    rows.append(f"{'answer':<14}{word}, exit code {result.exit_code()}, {result.seconds:.0f} s")
    return "\n".join(rows)


# --- for machines ---------------------------------------------------------------------------------

def cases(result):
    """(name, whether it is well, what there is to say)."""
    found = [("change builds", True, f"{result.built:.0f} s")]
    introduced = result.finds("introduced")
    for variant, find in introduced:
        found.append((f"introduced: {find.identity}", False,
                      "\n".join(find_text(result, variant, find, variant.base))))
    if not introduced:
        found.append(("nothing is introduced", True,
                      "\n".join(run_text(result)) if result.ran else "nothing was run"))
    missed = lines.ranges(result.lines_that(lines.MISSED))
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
