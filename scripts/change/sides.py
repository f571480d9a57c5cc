# SPDX-License-Identifier: GPL-2.0-or-later
"""A base and its change as subjects of rcufuzz: what is found on each, and which of it the other
has as well. A find is known by its identity (core/run/identity.h)."""
import collections
import json
import os
import shutil
import subprocess

import answer

Find = collections.namedtuple("Find", "identity verdict site detail plan")

# So many runs of its operations before a find is said to be on one side only; less where there are
# many.
RUNS_OF_A_WORKLOAD, RUNS_OF_MANY, MANY = 4000, 500, 8
SECONDS_TO_MINIMIZE = 30


class Side:
    """One of the two. `subject`: the words that name it to rcufuzz, as in --kernel 6.12."""

    def __init__(self, name, program, target, subject, folder, env=None):
        self.name = name
        self.program = program
        self.target = target
        self.subject = subject
        self.folder = folder
        self.env = dict(os.environ, **(env or {}))
        self.finds = {}  # identity -> Find, the first
        self.clean = {}  # identity of the other side -> runs of its workload that lack it
        self.runs = 0
        self.replayed = 0
        self.seconds = 0.0
        self.broken = ""  # why it does not run at all
        os.makedirs(folder, exist_ok=True)

    def lines_file(self, what):
        return os.path.join(self.folder, what + ".lines")

    def call(self, *words):
        """(exit code, JSON document). What does not boot is told by exit code 64."""
        result = subprocess.run([self.program, *words], env=self.env, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, check=False)
        error = result.stderr.decode(errors="replace").strip()
        if "does not boot" in error or result.returncode < 0:
            self.broken = error.splitlines()[-1] if error else \
                f"ends by signal {-result.returncode}"
        elif result.returncode not in (0, 42, 64):
            raise answer.no_answer(f"rcufuzz {words[0]} on {self.name} fails: "
                                   f"{error.splitlines()[-1] if error else result.returncode}")
        try:
            return result.returncode, json.loads(result.stdout)
        except ValueError:
            if not self.broken and words[0] != "survey":
                raise answer.no_answer(f"rcufuzz {words[0]}: {error}") from None
            return result.returncode, None

    def add(self, one, plan):
        """As rcufuzz tells it in JSON."""
        find = Find(one["identity"], one["verdict"], one["site"], one["detail"], plan)
        self.finds.setdefault(find.identity, find)

    def replay(self, plans, lines=None):
        """identity of each plan here, in order; empty: clean, or it does not run."""
        if not plans:
            return []
        _, found = self.call("replay", "--json", *self.subject,
                             *(["--lines", lines] if lines else []), *plans)
        if found is None:
            return ["" for _ in plans]
        self.replayed += len(plans)
        for one, plan in zip(found, plans):
            if one.get("identity"):
                self.add(one, plan)
        return [one.get("identity", "") for one in found]

    def hunt(self, options, seconds, lines=None):
        out = os.path.join(self.folder, "hunt")
        shutil.rmtree(out, ignore_errors=True)
        _, found = self.call("hunt", self.target, *self.subject, *options, "--all", "--as-found",
                             "--json", "--seconds", str(seconds), "--out", out,
                             *(["--lines", lines] if lines else []))
        if found is None:
            return
        self.runs += found["runs"]
        self.seconds += found["seconds"]
        for one in found["finds"]:
            self.add(one, one["plan"])

    def shows(self, find):
        """Whether the other side's find is one of this side as well: by its plan, or else by the
        workload of it under other schedules, which shift with the code."""
        if find.identity in self.finds or self.replay([find.plan]) == [find.identity]:
            return True
        out = os.path.join(self.folder, "survey")
        shutil.rmtree(out, ignore_errors=True)
        runs = RUNS_OF_A_WORKLOAD if len(self.clean) < MANY else RUNS_OF_MANY
        self.call("survey", find.plan, "--out", out, "--runs", str(runs), *self.subject)
        plans = [os.path.join(out, name) for name in sorted(os.listdir(out))] \
            if os.path.isdir(out) else []
        kept = [keep(plan, os.path.join(self.folder, "finds")) for plan in plans]
        if find.identity in self.replay(kept):
            return True
        self.clean[find.identity] = runs
        return False

    def minimize(self, find):
        """The plan of it in place of itself, as small as it gets within some seconds."""
        small = find.plan + ".small"
        try:
            done = subprocess.run([self.program, "minimize", find.plan, "-f", "-o", small,
                                   *self.subject], env=self.env, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, timeout=SECONDS_TO_MINIMIZE,
                                  check=False)
        except subprocess.TimeoutExpired:
            return
        if done.returncode == 0 and os.path.exists(small):
            os.replace(small, find.plan)


def keep(plan, folder):
    """The plan under its own name in a folder where finds stay; where it is then."""
    os.makedirs(folder, exist_ok=True)
    where = os.path.join(folder, os.path.basename(plan))
    if os.path.realpath(where) != os.path.realpath(plan):
        shutil.copyfile(plan, where)
    return where


Compared = collections.namedtuple("Compared", "introduced mended both")


def compare(base, change):
    """By identity. What one side has found is tried on the other, also what shows meanwhile."""
    tried = set()
    while True:
        untried = [(one, other, find) for one, other in ((change, base), (base, change))
                   for find in one.finds.values() if (other.name, find.identity) not in tried]
        if not untried:
            break
        for _, other, find in untried:
            tried.add((other.name, find.identity))
            other.shows(find)
    return Compared([find for key, find in change.finds.items() if key not in base.finds],
                    [find for key, find in base.finds.items() if key not in change.finds],
                    [find for key, find in change.finds.items() if key in base.finds])


def together(*tasks):
    """Side by side; the first that stops the check does so."""
    import concurrent.futures  # pylint: disable=import-outside-toplevel
    with concurrent.futures.ThreadPoolExecutor(len(tasks)) as pool:
        for done in [pool.submit(task) for task in tasks]:
            done.result()
