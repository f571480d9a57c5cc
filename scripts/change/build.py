# SPDX-License-Identifier: GPL-2.0-or-later
"""Images of a base and of what a change makes of it. What a change does not touch is compiled once:
its image is linked of the base's objects, but for those that were made of a file that differs."""
import concurrent.futures
import hashlib
import os
import re
import shlex
import shutil
import subprocess

import answer
from steps import unpacked, write_file


def run(command, cwd=None, env=None):
    result = subprocess.run(command, cwd=cwd, env=env, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, check=False)
    return result.returncode, result.stdout.decode(errors="replace")


def errors_in(log):
    lines = [line for line in log.splitlines() if re.search(r"error:|undefined", line)]
    return "\n".join("  " + line for line in lines[:3]) or "  " + log.strip()[-300:]


class Image:
    """A kernel that rcufuzz finds by its name."""

    def __init__(self, folder, name):
        self.folder = folder
        self.name = name
        with open(os.path.join(folder, "about"), encoding="utf-8") as file:
            self.about = dict(line.split(None, 1) for line in file.read().splitlines())


class Base(Image):
    def __init__(self, change, variant, repository, kernels):
        # A package's kernel is everybody's, and those of other trees are of their checks.
        packaged = change.tree.startswith("debian:")
        where = os.path.join(repository, "build/kernel") if packaged else kernels
        env = dict(os.environ, RCUFUZZ_KERNELS=where)
        command = [os.path.join(repository, "scripts/kernel"), "build", change.tree]
        command += ["--variant", variant] if variant != "base" else []
        code, out = run(command, env=env)
        built = re.search(r"^built kernel (\S+):", out, re.MULTILINE)
        if code != 0 or not built:
            raise answer.no_answer("the base: " + (out.strip() or "scripts/kernel build fails"))
        super().__init__(os.path.join(where, built.group(1)), built.group(1))
        if packaged and not os.path.lexists(os.path.join(kernels, self.name)):
            os.symlink(self.folder, os.path.join(kernels, self.name))
        self.repository = repository
        self.tree = unpacked(change.tree, repository)
        self.read_objects()

    def read_objects(self):
        """object -> files of the tree that it was made of; and the commands."""
        self.made_of = {}
        for line in self.ninja("deps").splitlines():
            if line and not line.startswith(" "):
                made = self.made_of.setdefault(line.split(":")[0], set())
            elif line.startswith("    " + self.tree + "/"):
                made.add(line.strip()[len(self.tree) + 1:])
        self.link = []
        self.compile = {}
        for line in self.ninja("commands", "kernel.image").splitlines():
            words = shlex.split(line)
            if " -c " in line:
                self.compile[words[words.index("-o") + 1]] = words
            elif "ld" in words:
                self.link = [os.path.normpath(word) if word.endswith(".o") else word
                             for word in words[words.index("ld"):]]
        if not self.link or not self.compile:
            raise answer.no_answer(f"{self.folder}: does not say how it was built")

    def ninja(self, *words):
        code, out = run(["ninja", "-C", self.folder, "-t", *words])
        if code != 0:
            raise answer.no_answer("ninja: " + out.strip())
        return out

    def used(self):
        """All files of the tree that the image is made of."""
        return set().union(*self.made_of.values())


class Changed(Image):
    """With the patches of these steps."""

    def __init__(self, base, steps, kernels, name):
        folder = os.path.join(kernels, name)
        step = steps[-1]
        differs = sorted(set(step.files) & base.used())
        self.touched = [one for one in base.compile if base.made_of[one] & set(differs)]
        self.folders = sorted({os.path.dirname(path) for path in step.files})
        with open(os.path.join(base.folder, "kernel.image"), "rb") as file:
            digest = hashlib.sha256(file.read())
        for path in differs:
            digest.update(path.encode() + b"\0" + (step.files[path] or b"") + b"\0")
        self.hash = digest.hexdigest()[:12]
        if not is_built(folder, self.hash):
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder)
            self.build(base, step, folder)
        self.describe(base, [one.title for one in steps], folder)
        super().__init__(folder, name)
        # Of the files that the change touches, those that the image was made of.
        self.made_of = set(differs) | {path for path in step.files if self.includes(path)}

    def includes(self, path):
        """What is new is in no base."""
        with open(os.path.join(self.folder, "lines"), encoding="utf-8") as file:
            return f" {path} " in file.read()

    def build(self, base, step, folder):
        copy_folders(base, step, self.folders, os.path.join(folder, "patched"))
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for code, out in pool.map(lambda one: self.compile_one(base, one, folder),
                                      self.touched):
                if code != 0:
                    raise answer.does_not_build("the change does not build:\n" + errors_in(out))
        self.link(base, folder)
        for tool in ("name-sites", "name-lines"):
            code, out = run([os.path.join(base.repository, "core/linux/build", tool), folder,
                             base.tree])
            if code != 0:
                raise answer.no_answer(f"{tool}: {out.strip()}")

    def describe(self, base, titles, folder):
        """For reports. Last: an image that says what it is is whole."""
        said = f'"{titles[-1]}"' if len(titles) == 1 else \
            f'{len(titles)} patches, "{titles[0]}" to "{titles[-1]}"'
        about = dict(base.about, hash=self.hash, change=said, **{"with": "--patch THE-CHANGE"})
        with open(os.path.join(folder, "about"), "w", encoding="utf-8") as file:
            file.writelines(f"{key} {value}\n" for key, value in about.items())

    def compile_one(self, base, name, folder, preprocess=False):
        """As the base's, with the folders that differ in front of the tree."""
        patched = os.path.join(folder, "patched")
        words = []
        for word in base.compile[name]:
            if word == f"-I{base.tree}/include":
                words += [f"-I{patched}/include", f"-I{patched}"]
            inside = word.startswith(base.tree + "/") and \
                os.path.join(patched, word[len(base.tree) + 1:])
            words.append(inside if inside and os.path.exists(inside) else word)
        # What files there include by way of "../".
        words += [f"-I{base.tree}/{inner}" for inner in self.folders]
        output = os.path.join(folder, "objects", str(self.touched.index(name)) + ".o")
        os.makedirs(os.path.dirname(output), exist_ok=True)
        words[words.index("-o") + 1] = output
        for option in ("-MT", "-MF"):
            words[words.index(option) + 1] = output + ".d"
        if preprocess:
            words[words.index("-c")] = "-E"
            words[words.index("-o") + 1] = "-"
        return run(words, cwd=base.folder)

    def preprocessed(self, base):
        """The text of all that was compiled for it."""
        for one in self.touched:
            code, out = self.compile_one(base, one, self.folder, preprocess=True)
            if code != 0:
                raise answer.no_answer("cannot preprocess: " + errors_in(out))
            yield out

    def link(self, base, folder):
        words = list(base.link)
        words[words.index("-o") + 1] = os.path.join(folder, "kernel.image")
        for number, name in enumerate(self.touched):
            here = words.index(os.path.join(base.folder, name))
            words[here] = os.path.join(folder, "objects", f"{number}.o")
        code, out = run(words, cwd=base.folder)
        if code != 0:
            raise answer.does_not_build("the change does not link:\n" + errors_in(out))


def is_built(folder, wanted):
    try:
        with open(os.path.join(folder, "about"), encoding="utf-8") as file:
            return f"hash {wanted}\n" in file.read()
    except OSError:
        return False


def copy_folders(base, step, folders, patched):
    """Whole folders, since the files in one include each other."""
    for folder in folders:
        os.makedirs(os.path.join(patched, folder), exist_ok=True)
        origin = os.path.join(base.tree, folder)
        for name in os.listdir(origin) if os.path.isdir(origin) else []:
            if name.endswith((".c", ".h")) and os.path.isfile(os.path.join(origin, name)):
                shutil.copyfile(os.path.join(origin, name), os.path.join(patched, folder, name))
    for path, content in step.files.items():
        where = os.path.join(patched, path)
        if content is not None:
            write_file(where, content)
        elif os.path.exists(where):
            os.remove(where)
