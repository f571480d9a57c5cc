# SPDX-License-Identifier: GPL-2.0-or-later
"""A base and its change as subjects of rcufuzz: what is found on each, and which of it the other
has as well. A find is known by its identity (core/run/identity.h)."""
import collections
import concurrent.futures
import dataclasses
import json
import os
import re
import shutil
import subprocess
import time

import answer

Find = collections.namedtuple("Find", "identity verdict site detail plan")

CORPUS = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../corpus")) + "/"

# So many runs of its operations before a find is said to be on one side only; less where there are
# many.
RUNS_OF_A_WORKLOAD, RUNS_OF_MANY, MANY = 4000, 500, 8
SECONDS_OF_A_WORKLOAD = 15  # where its runs are long
SECONDS_TO_MINIMIZE = 15
MOST_MINIMIZED = 3  # of what is introduced
SHARE_OF_HUNTS = 0.8  # of the time; verify has the rest
SHARE_OF_BASE = 0.25  # of that: what the change shows is tried on the base anyway
SECONDS_TO_VERIFY = 3  # one plan


@dataclasses.dataclass(eq=False)
class Side:
    """One of the two."""

    name: str
    program: str
    target: str
    folder: str  # of what its runs leave
    subject: list = ()  # the words that name it to rcufuzz, as in --kernel 6.12
    env: dict = None  # besides what there is
    bugs: bool = False  # the target has bugs on purpose, which plans may switch on

    def __post_init__(self):
        self.env = dict(os.environ, **(self.env or {}))
        self.finds = {}  # identity -> Find, the first
        self.clean = {}  # identity of the other side -> runs of its workload that lack it
        self.runs = 0
        self.replayed = 0
        self.seconds = 0.0
        self.broken = ""  # why it does not run at all
        os.makedirs(self.folder, exist_ok=True)

    def lines_file(self, what):
        return os.path.join(self.folder, what + ".lines")

    def call(self, *words):
        """(exit code, JSON document). What does not boot is told by exit code 64."""
        result = subprocess.run([self.program, *words], env=self.env, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, check=False)
        error = result.stderr.decode(errors="replace").strip()
        why = [line for line in error.splitlines() if "does not boot" in line]
        if why or result.returncode < 0:
            self.broken = self.broken or (
                why[0].removeprefix("rcufuzz: ") if why else
                f"rcufuzz {words[0]} ends by signal {-result.returncode}")
        elif result.returncode not in (0, 42, 64):
            raise answer.no_answer(f"rcufuzz {words[0]} on {self.name} fails: "
                                   f"{error.splitlines()[-1] if error else result.returncode}")
        try:
            return result.returncode, json.loads(result.stdout)
        except ValueError:
            if not self.broken:
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

    def shows(self, find, runs=None):
        """Whether the other side's find is one of this side as well: by its plan, or else by the
        workload of it under other schedules, which shift with the code."""
        if find.identity in self.finds or self.replay([find.plan]) == [find.identity]:
            return True
        runs = runs or (RUNS_OF_A_WORKLOAD if len(self.clean) < MANY else RUNS_OF_MANY)
        shown, self.clean[find.identity] = self.survey([find.plan], runs, "--identity",
                                                       find.identity)
        if shown:  # by a plan of its own
            self.finds.setdefault(find.identity, find._replace(plan=""))
        return shown

    def survey(self, plans, runs, *options):
        """Whether one of the plans' operations shows something in so many runs each; how many
        runs there were."""
        done = subprocess.run([self.program, "survey", *plans, "--runs", str(runs), "--seconds",
                               str(SECONDS_OF_A_WORKLOAD), *options, *self.subject],
                              env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              check=False)
        total = re.search(r"\((\d+) runs", done.stdout.decode(errors="replace"))
        return done.returncode == 42, int(total.group(1)) if total else 0

    def survey_finds(self, plans, runs):
        """What shows first in so many runs of each plan's operations becomes finds."""
        out = os.path.join(self.folder, "survey")
        shutil.rmtree(out, ignore_errors=True)
        self.survey(plans, runs, "--out", out)
        found = [os.path.join(out, name) for name in sorted(os.listdir(out))] \
            if os.path.isdir(out) else []
        self.replay([keep(plan, os.path.join(self.folder, "finds")) for plan in found])

    def verify(self, plan, seconds):
        """How it ends: "verified", "not finished", or "counterexample", which becomes a find."""
        out = os.path.join(self.folder, "verify")
        shutil.rmtree(out, ignore_errors=True)
        bugs = ["--bug", "none"] if self.bugs else []
        done = subprocess.run([self.program, "verify", self.target, *self.subject, *bugs, "--ops",
                               plan, "--delays", "1", "--seconds", f"{seconds:.1f}", "--out", out],
                              env=self.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              check=False)
        if done.returncode == 42 and os.path.isdir(out):
            self.replay([os.path.join(out, name) for name in sorted(os.listdir(out))])
        return {0: "verified", 42: "counterexample", 75: "not finished"}.get(done.returncode,
                                                                            "not possible")

    def minimize(self, find):
        """The plan of it in place of itself, as small as it gets within some seconds."""
        small = find.plan + ".small"
        done = subprocess.run([self.program, "minimize", find.plan, "-f", "-o", small, "--seconds",
                               str(SECONDS_TO_MINIMIZE), *self.subject], env=self.env,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
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
    with concurrent.futures.ThreadPoolExecutor(len(tasks)) as pool:
        for done in [pool.submit(task) for task in tasks]:
            done.result()


class Pair:
    """Base and change in one configuration."""

    def __init__(self, name, base, changed, folder):
        self.name = name
        self.base = base
        self.changed = changed
        self.kept = folder  # finds stay there for later checks
        self.compared = None
        self.blame = {}  # identity -> the first and the last patch that may introduce it
        self.verified = collections.Counter()  # how verify ended -> of how many plans
        self.plans = []

    def run(self, plans, hunts, seconds, watch=False, near=()):
        """`hunts`: options of hunts, which share the time; `near`: of those on the change."""
        self.plans = plans
        lines = {side: side.lines_file if watch else lambda what: None
                 for side in (self.base, self.changed)}
        together(*(lambda one=side: one.replay(plans, lines[one]("replay"))
                   for side in (self.base, self.changed)))
        # A plan that was found on other code may want another schedule on this.
        earlier = [plan for plan in plans if plan.startswith(self.kept)]
        if earlier and not self.changed.finds:
            self.changed.survey_finds(earlier[:MANY], RUNS_OF_MANY)
        more = ["--jobs", str(os.cpu_count() or 1), *near]
        for plan in plans:
            more += ["--begin-with", plan]
        for number, options in enumerate(hunts):
            share = seconds * SHARE_OF_HUNTS / len(hunts)
            together(lambda: self.base.hunt(options, share * SHARE_OF_BASE),
                     lambda: self.changed.hunt(options + more, share,
                                               lines[self.changed](f"hunt{number}")))
        self.verify(plans, seconds * (1 - SHARE_OF_HUNTS))
        if self.base.broken:
            raise answer.no_answer(f"the base does not run: {self.base.broken}")
        if self.changed.broken:  # there is nothing to compare
            self.changed.add({"identity": "does-not-boot", "verdict": "does_not_boot", "site": "",
                              "detail": self.changed.broken}, "")
            self.compared = Compared([self.changed.finds["does-not-boot"]], [], [])
        else:
            self.compared = compare(self.base, self.changed)
        self.keep_finds()
        large = [find for find in self.compared.introduced if find.plan.startswith(self.kept)]
        if large:
            together(*(lambda one=find: self.changed.minimize(one)
                       for find in large[:MOST_MINIMIZED]))

    def verify(self, plans, seconds):
        """The operations of the plans, the shortest first, on the change: every interleaving with
        at most one choice that is not the ordinary one."""
        until = time.monotonic() + seconds
        for plan in sorted(plans, key=os.path.getsize):
            left = until - time.monotonic()
            if left <= 0 or self.changed.broken:
                break
            self.verified[self.changed.verify(plan, min(left, SECONDS_TO_VERIFY))] += 1

    def extra_rows(self):
        """What the screen is to say besides."""
        return []

    def keep_finds(self):
        """Under names that stay, but for those of the repository."""
        for side in (self.base, self.changed):
            for key, find in side.finds.items():
                if find.plan and not find.plan.startswith(CORPUS):
                    side.finds[key] = find._replace(plan=keep(find.plan, self.kept))
        self.compared = Compared(*(
            [one.finds.get(find.identity, find) for find in found]
            for found, one in zip(self.compared, (self.changed, self.base, self.changed))))
