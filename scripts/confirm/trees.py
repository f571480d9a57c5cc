# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel to boot, built from the tree of a simulated one, with the files that its patches change.

One folder of objects serves all kernels of a tree: what differs is compiled anew, and the image is
kept. The first build compiles some 1000 files; another compiles one and links."""
import hashlib
import os
import re
import shutil
import signal
import subprocess

from kernels import REPOSITORY, Kernel, NoKernel, run, say

CONFIG = os.path.join(REPOSITORY, "core/linux/confirm/boot.config")
TRACING = os.path.join(REPOSITORY, "core/linux/conform/boot.config")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def changed_files(tree, patched):
    """Path -> content, of files over the tree that differ from it."""
    files = {}
    for folder, _, names in os.walk(patched or ""):
        for name in names:
            path = os.path.join(folder, name)
            inside = os.path.relpath(path, patched)
            original = os.path.join(tree, inside)
            content = read(path)
            if not os.path.exists(original) or read(original) != content:
                files[inside] = content
    return files


def key_of(files, config=None):
    digest = hashlib.sha256(read(config or CONFIG))
    for path in sorted(files):
        digest.update(path.encode() + b"\0" + files[path] + b"\0")
    return digest.hexdigest()[:12]


class Tree:
    """The whole source, with some files changed, and its objects, of which each configuration has
    its own folder."""

    def __init__(self, about, boot, config=None):
        self.config = config or CONFIG
        self.simulated = about["tree"]
        name = about["release"]
        if "/build/kernel/source/" not in self.simulated:
            name += "-" + hashlib.sha256(self.simulated.encode()).hexdigest()[:8]
        self.folder = os.path.join(boot, name)
        self.source = os.path.join(self.folder, "source")
        self.objects = os.path.join(self.folder, "traced" if config == TRACING else "objects")
        self.originals = os.path.join(self.folder, "originals")

    def kernel(self, patched):
        """Built unless it is there."""
        files = changed_files(self.simulated, patched)
        name = key_of(files, self.config)
        image = os.path.join(self.folder, "images", name)
        if not os.path.isdir(image):
            self.unpack()
            self.lay(files)
            self.configure()
            self.make()
            self.keep(image)
        # Those with the same headers share a module.
        headers = {path: content for path, content in files.items() if path.endswith(".h") and
                   "/include/" in "/" + path}
        title = os.path.basename(self.folder) + ("-" + name if files else "-unpatched")
        return Kernel(f"{title} ({', '.join(sorted(files)) or 'as it is'})",
                      os.path.join(self.folder, "modules", key_of(headers, self.config)),
                      os.path.join(image, "bzImage"), self.objects,
                      os.path.join(image, "vmlinux"), os.path.join(self.objects, ".config"))

    def unpack(self):
        if os.path.exists(self.source):
            return
        os.makedirs(self.folder, exist_ok=True)
        part = self.source + ".part"
        shutil.rmtree(part, ignore_errors=True)
        series = re.search(r"/build/kernel/source/([^/]+)$", self.simulated)
        if series:
            archive = f"/usr/src/linux-source-{series.group(1)}.tar.xz"
            say(f"unpacks {archive} (1.5 GB)")
            os.makedirs(part)
            run(["tar", "--extract", "--xz", "--file", archive, "--directory", part,
                 "--strip-components", "1"])
        else:
            run(["cp", "-rs", self.simulated, part])
        os.rename(part, self.source)

    def lay(self, files):
        """These files over the tree; what was changed before is as it was, and newer."""
        for folder, _, names in os.walk(self.originals):
            for name in names:
                path = os.path.join(folder, name)
                put(os.path.join(self.source, os.path.relpath(path, self.originals)), read(path))
        shutil.rmtree(self.originals, ignore_errors=True)
        for path, content in files.items():
            target = os.path.join(self.source, path)
            if not os.path.exists(target):
                raise NoKernel(f"{path} is new; a kernel with new files is not built yet")
            put(os.path.join(self.originals, path), read(target))
            put(target, content)

    def make_words(self, *targets):
        return ["nice", "-n", "5", "make", "-C", self.source, f"O={self.objects}", "CC=gcc-12",
                f"-j{os.cpu_count()}", *targets]

    def configure(self):
        config = os.path.join(self.objects, ".config")
        own = os.path.join(self.objects, "made-of.config")
        if os.path.exists(config) and os.path.exists(own) and read(own) == read(self.config):
            return
        os.makedirs(self.objects, exist_ok=True)
        log = os.path.join(self.folder, "log")
        run(self.make_words("tinyconfig"), log=log)
        # The last word on an option counts.
        with open(config, "ab") as file:
            file.write(read(self.config))
        run(self.make_words("olddefconfig"), log=log)
        shutil.copy(self.config, own)

    def make(self):
        say("builds a kernel (the first of a tree takes 20 minutes of two CPUs, others 2)")
        log = os.path.join(self.folder, "log")
        lines = []
        with open(log, "a", encoding="utf-8") as file:
            builder = subprocess.Popen(self.make_words("bzImage", "modules"), text=True,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.STDOUT, start_new_session=True,
                                       errors="replace")
            try:
                for line in builder.stdout:
                    file.write(line)
                    lines.append(line)
                    if len(lines) % 100 == 0:
                        say(f"{len(lines)} steps of the build")
                code = builder.wait()
            finally:
                if builder.poll() is None:
                    os.killpg(builder.pid, signal.SIGTERM)
                    builder.wait()
        if code:
            errors = [line for line in lines if "rror" in line] or lines[-1:] or ["make fails"]
            raise NoKernel(f"the kernel does not build: {errors[0].strip()}; see {log}")

    def keep(self, image):
        part = image + ".part"
        shutil.rmtree(part, ignore_errors=True)
        os.makedirs(part)
        shutil.copy(os.path.join(self.objects, "arch/x86/boot/bzImage"), part)
        shutil.copy(os.path.join(self.objects, "vmlinux"), part)
        os.rename(part, image)


def put(path, content):
    """Also where a link to somebody's own file is."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.lexists(path):
        os.remove(path)
    with open(path, "wb") as file:
        file.write(content)
