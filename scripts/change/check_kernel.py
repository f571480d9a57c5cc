#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a change of the kernel introduces, mends, and leaves unreached: `scripts/kernel check`."""
import argparse
import fcntl
import os
import shutil
import sys
import time
import traceback

import answer
import lines
import screen
from build import Base, Changed
from sides import Side, compare, keep, together
from steps import change_by_patches, change_in_git

REPOSITORY = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
PROGRAM = os.path.join(REPOSITORY, "build/rcufuzz")

MOST_MINIMIZED = 4  # of what is introduced

HELP = """exit codes, fit for `git bisect run`: 0 nothing introduced, 42 introduced, 125 the change
does not apply or build, 128 and above no answer: 129 bad usage, 130 interrupted, 128 all else."""


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise answer.usage(f"{message} (scripts/kernel check --help)")


def number(text, kind, least):
    value = kind(text)
    if not least <= value <= 1e6:
        raise ValueError
    return value


def seconds(text):
    return number(text, float, 0.1)


def seed(text):
    return number(text, int, 0)


def arguments(words):
    parser = Parser(prog="scripts/kernel check", description=__doc__, epilog=HELP)
    parser.add_argument("tree", metavar="TREE",
                        help="a kernel's source, git work tree or not, or debian:6.12")
    parser.add_argument("--base", metavar="REV",
                        help="the change is what TREE has since this commit, also uncommitted; "
                             "default: what is not committed, or else the last commit")
    parser.add_argument("--patch", metavar="FILE", action="extend", nargs="+", default=[],
                        help="the change is what these do to TREE as it stands: diffs, files of "
                             "git format-patch, mboxes")
    parser.add_argument("--seconds", type=seconds, default=60,
                        help="how long to hunt, over all variants; default 60")
    parser.add_argument("--seed", type=seed, default=1)
    parser.add_argument("--variant", metavar="V", action="extend", nargs="+", default=[],
                        help="configurations as of scripts/kernel build; default: base")
    parser.add_argument("--junit", metavar="FILE", help="also write a JUnit report")
    parser.add_argument("--ktap", action="store_true", help="print KTAP instead of the screen")
    args = parser.parse_args(words)
    if args.base and args.patch:
        raise answer.usage("--base and --patch: one of them says what the change is")
    args.variant = list(dict.fromkeys(args.variant)) or ["base"]
    return args


def check_tools():
    for tool in ("git", "ninja", "cmake", "diff", os.environ.get("CC", "gcc-12"),
                 "llvm-symbolizer-19", "llvm-dwarfdump-19"):
        if shutil.which(tool) is None:
            raise answer.usage(f"{tool} is not installed; scripts/setup does that")
    if not os.path.exists(PROGRAM):
        raise answer.usage("build/rcufuzz is not built: cmake --preset release && cmake --build "
                           "--preset release --target rcufuzz")


class Variant:
    """Base and change in one configuration."""

    def __init__(self, change, name, kernels):
        self.change = change
        self.name = name
        self.kernels = kernels
        self.env = {"RCUFUZZ_KERNELS": kernels}
        self.base_image = Base(change, name, REPOSITORY, kernels)
        self.image = self.image_of(change.steps[-1], "-change")
        self.base = self.side("base", self.base_image)
        self.changed = self.side("change", self.image)
        self.compared = None
        self.blame = {}  # identity -> which patch introduces it

    def image_of(self, step, suffix):
        return Changed(self.base_image, step, self.kernels, self.base_image.name + suffix)

    def side(self, name, image):
        return Side(name, PROGRAM, "linux", ["--kernel", image.name],
                    os.path.join(self.kernels, "runs", image.name), self.env)

    def finds_folder(self):
        """Where what was found in this configuration stays, for later checks."""
        return os.path.join(self.kernels, "finds", self.name)

    def reproducers(self):
        found = []
        for folder in (os.path.join(REPOSITORY, "corpus/linux"), self.finds_folder()):
            names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
            found += [os.path.join(folder, one) for one in names if one.endswith(".plan")]
        return found

    def run(self, args):
        plans = self.reproducers()
        together(*(lambda one=side: one.replay(plans, one.lines_file("replay"))
                   for side in (self.base, self.changed)))
        share = args.seconds / len(args.variant)
        options = ["--seed", str(args.seed)]
        jobs = ["--jobs", str(max(1, (os.cpu_count() or 1) - 1))]
        together(lambda: self.base.hunt(options, share),
                 lambda: self.changed.hunt(options + jobs, share, self.changed.lines_file("hunt")))
        if self.base.broken:
            raise answer.no_answer(f"the base does not run: {self.base.broken}")
        if self.changed.broken:
            self.changed.add({"identity": "does-not-boot", "verdict": "does_not_boot", "site": "",
                              "detail": self.changed.broken}, "")
            self.base.clean["does-not-boot"] = self.base.runs
        self.compared = compare(self.base, self.changed) if not self.changed.broken else \
            screen.broken(self.changed)
        self.keep_finds()
        for find in self.compared.introduced[:MOST_MINIMIZED]:
            if find.plan.startswith(self.kernels):
                self.changed.minimize(find)

    def keep_finds(self):
        for side in (self.base, self.changed):
            for key, find in side.finds.items():
                corpus = os.path.join(REPOSITORY, "corpus/")
                if find.plan and not os.path.realpath(find.plan).startswith(corpus):
                    side.finds[key] = find._replace(plan=keep(find.plan, self.finds_folder()))
        self.compared = type(self.compared)(*(
            [one.finds.get(find.identity, find) for find in found]
            for found, one in zip(self.compared, (self.changed, self.base, self.changed))))

    def find_patches(self):
        """Of a series: the first patch with which each introduced find shows, by bisection."""
        steps = self.change.steps
        for find in self.compared.introduced if len(steps) > 1 else []:
            shown, not_shown = len(steps), 0
            while shown - not_shown > 1:
                middle = (shown + not_shown) // 2
                shows = self.shows_with(steps[middle - 1], find)
                if shows is None:
                    break
                shown, not_shown = (middle, not_shown) if shows else (shown, middle)
            self.blame[find.identity] = (not_shown + 1, shown)

    def shows_with(self, step, find):
        """None: that part of the series does not build."""
        try:
            image = self.image_of(step, "-prefix")
        except answer.Stop as stop:
            if stop.code != answer.DOES_NOT_BUILD:
                raise
            return None
        side = self.side("prefix", image)
        if find.plan:
            return side.shows(find)
        side.hunt(["--seed", "1"], 2)
        return bool(side.broken)

    def lines(self):
        reached = lines.read_reached([self.changed.lines_file("replay"),
                                      self.changed.lines_file("hunt")])
        return lines.sort_lines(self.base_image, self.image, self.change.steps[-1], reached)


def check(args):
    began = time.monotonic()
    check_tools()
    if args.patch:
        change = change_by_patches(args.tree, args.patch, REPOSITORY)
    else:
        change = change_in_git(args.tree, args.base, REPOSITORY)
    kernels = os.path.join(REPOSITORY, "build/check", change.id)
    os.makedirs(kernels, exist_ok=True)
    lock = open(os.path.join(kernels, "lock"), "w", encoding="utf-8")  # until the process ends
    fcntl.flock(lock, fcntl.LOCK_EX)
    variants = [Variant(change, name, kernels) for name in args.variant]
    built = time.monotonic() - began
    if any(variant.image.touched for variant in variants):
        for variant in variants:
            variant.run(args)
        for variant in variants:
            variant.find_patches()
    result = screen.Result(change, variants, built, time.monotonic() - began, args)
    if args.junit:
        screen.write_junit(result, args.junit)
    print(screen.ktap(result) if args.ktap else screen.text(result), flush=True)
    return result.exit_code()


def main():
    try:
        return check(arguments(sys.argv[1:]))
    except answer.Stop as stop:
        print(f"scripts/kernel check: {stop}",
              file=sys.stdout if stop.code == answer.NOTHING else sys.stderr)
        return stop.code
    except KeyboardInterrupt:
        return answer.INTERRUPTED
    except Exception:  # pylint: disable=broad-exception-caught
        # Whatever it is, it says nothing of the change; an exit code of 1 would.
        traceback.print_exc()
        return answer.NO_ANSWER


if __name__ == "__main__":
    sys.exit(main())
