# SPDX-License-Identifier: GPL-2.0-or-later
"""A base tree, and what a change makes of it patch by patch, or commit by commit."""
import collections
import os
import re
import subprocess
import tempfile

import answer
from patches import files_of, read_patches, run_git, strip_of

# Of a tree, what a kernel image may be made of.
FOLDERS = ("include", "kernel", "lib")

# `files`: path -> content of all that is not as in the base by then; None: not there any more.
Step = collections.namedtuple("Step", "title files")
# `tree`: what scripts/kernel build takes. `paths`: all that the change touches.
Change = collections.namedtuple("Change", "tree folder id label steps paths")


def is_of_image(path):
    parts = path.split("/")
    return parts[0] in FOLDERS and ".." not in parts


def unpacked(tree, repository):
    """Where the files of a tree are that scripts/kernel takes by its name."""
    if tree.startswith("debian:"):
        return os.path.join(repository, "build/kernel/source", tree.split(":", 1)[1])
    return os.path.realpath(tree)


def read_file(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def write_file(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


def steps_of_patches(patches, folder):
    """Applied one after the other, as git am would."""
    steps, known = [], {}
    with tempfile.TemporaryDirectory() as scratch:
        for number, patch in enumerate(patches, 1):
            names = [name for name in files_of(patch, folder) if is_of_image(name)]
            names += [old for old in renamed_by(patch) if is_of_image(old)]
            for name in names:
                before = read_file(os.path.join(folder, name)) if name not in known else None
                if before is not None:
                    write_file(os.path.join(scratch, name), before)
                known.setdefault(name, before)
            words = [strip_of(patch, folder)] + [f"--include={top}/*" for top in FOLDERS]
            code, _, error = run_git("apply", "--whitespace=nowarn", *words, stdin=patch.diff,
                                     cwd=scratch)
            if code != 0:
                which = f"patch {number}/{len(patches)} " if len(patches) > 1 else ""
                raise answer.does_not_build(f'{which}"{patch.title}" does not apply: '
                                            f"{error.splitlines()[0]}")
            files = {name: read_file(os.path.join(scratch, name)) for name in known}
            steps.append(Step(patch.title, {name: content for name, content in files.items()
                                            if content != known[name]}))
    return steps


def renamed_by(patch):
    return [name.decode() for name in re.findall(rb"^rename from (.+)$", patch.diff, re.MULTILINE)]


def change_by_patches(tree, files, repository):
    if not tree.startswith("debian:") and not os.path.isdir(tree):
        raise answer.usage(f"{tree}: no such tree")
    patches = read_patches(files)
    folder = unpacked(tree, repository)
    if not os.path.isdir(folder):
        unpack(tree, repository)
    paths = sorted({name for patch in patches for name in files_of(patch, folder)})
    name = tree.replace(":", "-") if tree.startswith("debian:") else folder.strip("/")
    return Change(tree, folder, re.sub(r"[^A-Za-z0-9._-]", "-", name), tree,
                  steps_of_patches(patches, folder), paths)


def unpack(tree, repository):
    result = subprocess.run([os.path.join(repository, "scripts/kernel"), "unpack", tree],
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if result.returncode != 0:
        raise answer.usage(result.stderr.decode(errors="replace").strip().splitlines()[-1])


# --- git ------------------------------------------------------------------------------------------

class Git:
    def __init__(self, tree):
        self.tree = os.path.realpath(tree)
        code, out, _ = run_git("rev-parse", "--show-toplevel", cwd=self.tree) \
            if os.path.isdir(self.tree) else (1, b"", "")
        if code != 0 or os.path.realpath(out.decode().rstrip("\n")) != self.tree:
            raise answer.usage(f"{tree}: is not the top of a git work tree; give --patch FILE")

    def out(self, *words):
        code, out, error = run_git(*words, cwd=self.tree)
        if code != 0:
            raise answer.no_answer(f"git {words[0]}: {error}")
        return out

    def commit(self, revision):
        code, out, _ = run_git("rev-parse", "--verify", "--quiet", revision + "^{commit}",
                               cwd=self.tree)
        if code != 0:
            raise answer.usage(f"{self.tree}: there is no commit {revision}")
        return out.decode().strip()

    def names(self, *words):
        return [name.decode() for name in self.out(*words, "-z").split(b"\0") if name]

    def is_dirty(self):
        return bool(self.names("diff", "--name-only", "HEAD") or self.untracked())

    def untracked(self):
        names = self.names("ls-files", "--others", "--exclude-standard")
        return [name for name in names if is_of_image(name)]

    def show(self, commit, path):
        code, out, _ = run_git("show", f"{commit}:{path}", cwd=self.tree)
        return out if code == 0 else None

    def title(self, commit):
        return self.out("log", "-1", "--abbrev=12", "--format=%h %s", commit).decode().strip()

    def good_of_bisection(self):
        """Of a bisection that is under way the good revision, else None. The oldest of several that
        HEAD has behind it: each step is judged against the same one, and a step that was wrongly
        called good hides nothing from those that follow."""
        code, out, _ = run_git("bisect", "terms", "--term-good", cwd=self.tree)
        if code != 0:
            return None
        refs = self.out("for-each-ref", "--format=%(objectname)",
                        f"refs/bisect/{out.decode().strip()}-*").decode().split()

        def behind(good):
            code, _, _ = run_git("merge-base", "--is-ancestor", good, "HEAD", cwd=self.tree)
            return code == 0, int(self.out("rev-list", "--count", good + "..HEAD"))
        return max(refs, key=behind, default=None)

    def base(self, revision):
        """Where the change begins: the revision that is given; the good one of a bisection; what is
        committed; or, where that is all, the commit before the last."""
        return self.commit(revision or self.good_of_bisection() or
                           ("HEAD" if self.is_dirty() else "HEAD^"))

    def commits_after(self, base):
        """Oldest first; HEAD alone where the base is not among its ancestors."""
        code, _, _ = run_git("merge-base", "--is-ancestor", base, "HEAD", cwd=self.tree)
        if code != 0:
            return [self.commit("HEAD")]
        out = self.out("rev-list", "--reverse", "--first-parent", base + "..HEAD")
        return out.decode().split()

    def export(self, commit, folder):
        """What an image may be made of, once for each commit."""
        if os.path.isdir(folder):
            return
        wanted = [name for name in ("Makefile", *FOLDERS) if self.show(commit, name) is not None]
        if "Makefile" not in wanted:
            raise answer.usage(f"{self.tree}: is no kernel tree, it has no Makefile")
        os.makedirs(folder + ".part", exist_ok=True)
        archive = self.out("archive", commit, *wanted)
        subprocess.run(["tar", "--extract", "--directory", folder + ".part"], input=archive,
                       check=True)
        os.rename(folder + ".part", folder)


def change_in_git(tree, revision, repository):
    """From the revision, or Git.base(), to the work tree as it stands."""
    git = Git(tree)
    base = git.base(revision)
    folder = os.path.join(repository, "build/check/source", base[:12])
    git.export(base, folder)
    steps = []
    for commit in git.commits_after(base):
        names = [name for name in git.names("diff", "--no-renames", "--name-only", base, commit)
                 if is_of_image(name)]
        steps.append(Step(git.title(commit), {name: git.show(commit, name) for name in names}))
    names = set(git.names("diff", "--no-renames", "--name-only", base)) | set(git.untracked())
    if git.is_dirty():
        files = {name: read_file(os.path.join(git.tree, name)) for name in names
                 if is_of_image(name)}
        steps.append(Step("the work tree", files))
    if not names:
        raise answer.Stop(answer.NOTHING, f"{tree}: nothing differs from {git.title(base)}")
    return Change(folder, folder, base[:12], f'{tree} since {git.title(base)}', steps,
                  sorted(names))
