#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What this work tree introduces and mends in one of our own subjects, against the last commit:
`scripts/check --subject NAME`."""
import os
import re
import shutil
import subprocess
import sys
import time

import answer
import command
import screen
from command import PROGRAM, REPOSITORY
from sides import Pair, Side
from steps import Git

FOLDER = os.path.join(REPOSITORY, "build/check")
LAST = os.path.join(FOLDER, "last")  # the sources of the commit, and its build


def arguments(words):
    parser = command.Parser("scripts/check", __doc__)
    parser.add_argument("--subject", metavar="NAME", required=True,
                        help="nocb, tracepoint, smp_call, dynticks")
    parser.add_argument("--base", metavar="REV",
                        help="instead of the good one during git bisect, the last commit, or the "
                             "one before it where nothing is uncommitted")
    args = parser.parse_args(words)
    with open(os.path.join(REPOSITORY, "core/subsystems/subsystems.def"), encoding="utf-8") as file:
        names = re.findall(r"^SUBSYSTEM\((\w+)\)", file.read(), re.MULTILINE)
    if args.subject not in names:
        raise answer.usage(f"no subject {args.subject} ({', '.join(names)})")
    return args


def check_out(git, commit):
    """Only what differs is written, so that the next build of it compiles only that."""
    os.makedirs(LAST, exist_ok=True)
    env = dict(os.environ, GIT_INDEX_FILE=os.path.join(FOLDER, "last.index"), GIT_WORK_TREE=LAST,
               GIT_DIR=git.out("rev-parse", "--absolute-git-dir").decode().strip())
    done = subprocess.run(["git", "read-tree", "--reset", "-u", commit], env=env, cwd=LAST,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise answer.no_answer("git read-tree: " + done.stderr.decode(errors="replace").strip())


def build(tree, stop, what):
    """rcufuzz of a source tree, in its folder build."""
    log = ""
    for words in (["cmake", "--preset", "release"],
                  ["cmake", "--build", "--preset", "release", "--target", "rcufuzz"]):
        if words[1] == "--preset" and os.path.exists(os.path.join(tree, "build/build.ninja")):
            continue
        done = subprocess.run(words, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              check=False)
        log = done.stdout.decode(errors="replace")
        if done.returncode != 0:
            errors = [line for line in log.splitlines() if "error:" in line][:3] or [log[-300:]]
            raise stop(f"{what} does not build:\n  " + "\n  ".join(errors))


class Subject(Pair):
    """rcufuzz of the last commit and of the work tree."""

    def __init__(self, name):
        runs = os.path.join(FOLDER, "runs", name)
        super().__init__(
            name,
            Side("base", os.path.join(LAST, "build/rcufuzz"), name, os.path.join(runs, "base"),
                 bugs=True),
            Side("change", PROGRAM, name, os.path.join(runs, "change"), bugs=True),
            os.path.join(FOLDER, "finds", name))
        self.shown = (0, 0, [])

    def reproducers(self):
        """Of the bugs on purpose, without their bugs; and what was found before."""
        folder = os.path.join(REPOSITORY, "corpus/bugs", self.name)
        into = os.path.join(FOLDER, "runs", self.name, "without-bugs")
        shutil.rmtree(into, ignore_errors=True)
        os.makedirs(into)
        plans = []
        for plan in self.plans_in(folder):
            with open(plan, encoding="utf-8") as file:
                text = re.sub(r"^(bug|config generation) .*\n", "", file.read(), flags=re.MULTILINE)
            plans.append(os.path.join(into, os.path.basename(plan)))
            with open(plans[-1], "w", encoding="utf-8") as file:
                file.write(text)
        return plans + self.plans_in(self.kept)

    @staticmethod
    def plans_in(folder):
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        return [os.path.join(folder, name) for name in names if name.endswith(".plan")]

    def try_bugs(self):
        """Whether the bugs on purpose still show: (how many, of how many, the others' names)."""
        plans = self.plans_in(os.path.join(REPOSITORY, "corpus/bugs", self.name))
        lost = []
        for plan in plans:
            done = subprocess.run([PROGRAM, "replay", "--expect", "bug", plan],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            if done.returncode != 0:
                lost.append(os.path.basename(plan).removesuffix(".plan"))
        self.shown = (len(plans) - len(lost), len(plans), lost)

    def extra_rows(self):
        well, total, lost = self.shown
        said = f"; not: {screen.some(lost)}" if lost else ""
        return [f"{'bugs':<14}{well} of {total} bugs on purpose show by their reproducers{said}"]

    def how_to_read(self, find, options):
        return [f"{screen.short(PROGRAM)} explain --format mail{options} {screen.short(find.plan)}"]


def check():
    args = arguments(sys.argv[1:])
    began = time.monotonic()
    git = Git(REPOSITORY)
    commit = git.base(args.base)
    build(REPOSITORY, answer.does_not_build, "the change")
    pair = Subject(args.subject)
    check_out(git, commit)
    build(LAST, answer.no_answer, "the base")
    built = f"in {time.monotonic() - began:.0f} s"
    seed = ["--seed", str(args.seed)]
    pair.run(pair.reproducers(), [seed, seed + ["--memory", "weak"]], args.seconds)
    pair.try_bugs()
    return command.tell(screen.Result(
        label=git.title(commit), titles=[f"the work tree, subject {args.subject}"], built=built,
        pairs=[pair], lines=None, elsewhere=[], seed=args.seed,
        seconds=time.monotonic() - began), args)


if __name__ == "__main__":
    command.run("scripts/check", check)
