#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a change of the kernel introduces, mends, and leaves unreached: `scripts/kernel check`."""
import fcntl
import os
import shutil
import sys
import time

import answer
import command
import lines
import screen
from build import Base, Changed
from command import PROGRAM, REPOSITORY
from sides import Pair, RUNS_OF_MANY, Side
from steps import change_by_patches, change_in_git


def arguments(words):
    parser = command.Parser("scripts/kernel check", __doc__)
    parser.add_argument("tree", metavar="TREE",
                        help="a kernel's source, git work tree or not, or debian:6.12")
    parser.add_argument("--base", metavar="REV",
                        help="the change is what TREE has since this commit, also uncommitted; "
                             "default: the good one during git bisect; what is not committed, or "
                             "else the last commit")
    parser.add_argument("--patch", metavar="FILE", action="extend", nargs="+", default=[],
                        help="the change is what these do to TREE as it stands: diffs, files of "
                             "git format-patch, mboxes")
    parser.add_argument("--variant", metavar="V", action="extend", nargs="+", default=[],
                        help="configurations as of scripts/kernel build; default: base")
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


class Variant(Pair):
    """Base and change in one configuration."""

    def __init__(self, change, name, kernels):
        self.change = change
        self.kernels = kernels
        self.prefixes = {}  # number of patches -> the side that has them; None: does not build
        self.base_image = Base(change, name, REPOSITORY, kernels)
        self.image = self.image_of(len(change.steps), "-change")
        super().__init__("variant " + name, self.side("base", self.base_image),
                         self.side("change", self.image),
                         os.path.join(kernels, "finds", name))

    def image_of(self, count, suffix):
        """With so many patches of the series."""
        return Changed(self.base_image, self.change.steps[:count], self.kernels,
                       self.base_image.name + suffix)

    def side(self, name, image):
        return Side(name, PROGRAM, "linux", os.path.join(self.kernels, "runs", image.name),
                    subject=["--kernel", image.name], env={"RCUFUZZ_KERNELS": self.kernels})

    def reproducers(self):
        found = []
        for folder in (os.path.join(REPOSITORY, "corpus/linux"), self.kept):
            names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
            found += [os.path.join(folder, one) for one in names if one.endswith(".plan")]
        return found

    def find_patches(self):
        """Of a series: the first patch with which each introduced find shows, by bisection. The
        one that was to blame last is asked first."""
        count = len(self.change.steps)
        guesses, broken = [], set()
        for find in self.compared.introduced if count > 1 else []:
            not_shown, shown = 0, count
            while True:
                left = [one for one in range(not_shown + 1, shown) if one not in broken]
                if not left:
                    break
                middle = next((one for one in guesses if one in left), None) or \
                    min(left, key=lambda one: abs(2 * one - not_shown - shown))
                shows = self.shows_with(middle, find)
                if shows is None:
                    broken.add(middle)
                elif shows:
                    shown = middle
                else:
                    not_shown = middle
            self.blame[find.identity] = (not_shown + 1, shown)
            guesses = [shown - 1, shown]

    def shows_with(self, count, find):
        """With so many patches of the series; None: that does not build."""
        if count not in self.prefixes:
            try:
                image = self.image_of(count, f"-patch{count}")
                self.prefixes[count] = self.side(f"patch {count}", image)
            except answer.Stop as stop:
                if stop.code != answer.DOES_NOT_BUILD:
                    raise
                self.prefixes[count] = None
        side = self.prefixes[count]
        if side is None:
            return None
        if find.plan:
            return side.shows(find, RUNS_OF_MANY)
        side.hunt(["--seed", "1"], 2)
        return bool(side.broken)

    def near(self):
        """Workloads that come to a changed line are what the hunt on the change varies."""
        path = self.changed.lines_file("near")
        with open(path, "w", encoding="utf-8") as file:
            for one in lines.lines_of(self.base_image, self.image, self.change.steps[-1]):
                file.write(f"{one[0]} {one[1]}\n")
        return ["--near", path]

    def lines(self):
        files = [self.changed.lines_file(what) for what in ("replay", "hunt0")]
        return lines.sort_lines(self.base_image, self.image, self.change.steps[-1],
                                lines.read_reached(files))

    def how_to_read(self, find, options):
        return [f"RCUFUZZ_KERNELS={screen.short(self.kernels)} \\",
                f"  {screen.short(PROGRAM)} explain --format mail --kernel {self.image.name} \\",
                *([f" {options} \\"] if options else []), f"  {screen.short(find.plan)}"]


def other_variants(variants):
    """What is behind an #ifdef of theirs is not compiled in these."""
    folder = os.path.join(REPOSITORY, "core/linux/config")
    known = {name.removesuffix(".config") for name in os.listdir(folder)}
    return sorted(known - {part for one in variants for part in one.split("+")} - {"base"})


def built_text(variants, seconds):
    touched = sum(len(variant.image.touched) for variant in variants)
    total = sum(len(variant.base_image.compile) for variant in variants)
    return f"in {seconds:.0f} s: {total} objects, {touched} of them once more for the change"


def check():
    args = arguments(sys.argv[1:])
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
    locked = time.monotonic()
    variants = [Variant(change, name, kernels) for name in args.variant]
    built = built_text(variants, time.monotonic() - locked)
    found, reached = [], []
    if any(variant.image.touched for variant in variants):
        for variant in variants:
            variant.run(variant.reproducers(), [["--seed", str(args.seed)]],
                        args.seconds / len(variants), watch=True, near=variant.near())
        for variant in variants:
            variant.find_patches()
        found = variants
        reached = lines.merge([variant.lines() for variant in variants])
    known = {path for variant in variants
             for path in variant.image.made_of | variant.base_image.used()}
    release = variants[0].base_image.about["release"]
    return command.tell(screen.Result(
        label=f"{change.label}, {release}", titles=[step.title for step in change.steps],
        built=built, pairs=found, lines=reached, seed=args.seed,
        elsewhere=[path for path in change.paths if path not in known],
        seconds=time.monotonic() - began, not_run=other_variants(args.variant)), args)


if __name__ == "__main__":
    command.run("scripts/kernel check", check)
