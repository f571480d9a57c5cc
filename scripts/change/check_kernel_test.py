#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`scripts/kernel check` from end to end, on Debian's 6.12. Patches are made of the tree as it is,
so that none of the kernel's text stands here. Without the packages it is skipped, exit code 77."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

REPOSITORY = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
TREE = os.path.join(REPOSITORY, "build/kernel/source/6.12")
ARCHIVE = "/usr/src/linux-source-6.12.tar.xz"

# The warning of rcu_gp_slow_unregister() without its exception: a plan of corpus/linux shows it.
WARNS = ("kernel/rcu/tree.c", r" && rcu_gp_slow_suppress != NULL\);", ");")
HARMLESS = ("kernel/rcu/tree.c", r"^(\tWARN_ON_ONCE\()(rgssp && )", r"\tbarrier();\n\1\2")
NONSENSE = ("kernel/rcu/tree.c", r"^(\tWARN_ON_ONCE\()(rgssp && )", r"\tnonsense;\n\1\2")
ELSEWHERE = ("kernel/fork.c", r"\A", "/* Not compiled for the machine. */\n")


def missing():
    if not os.path.exists(ARCHIVE) and not os.path.isdir(TREE):
        return "linux-source-6.12"
    tools = ("gcc-12", "llvm-symbolizer-19", "llvm-dwarfdump-19", "ninja", "git")
    return next((tool for tool in tools if shutil.which(tool) is None), None)


class Check(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kernel = os.path.join(REPOSITORY, "scripts/kernel")
        subprocess.run([kernel, "unpack", "debian:6.12"], check=True)

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def file(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
        return path

    def diff(self, *edits):
        """Of the tree, each edit made on top of those before it: the last one's alone."""
        path, before, after = edits[-1][0], "", ""
        with open(os.path.join(TREE, path), encoding="utf-8") as file:
            after = file.read()
        for name, old, new in edits:
            if name != path:
                continue
            before = after
            after, count = re.subn(old, new, before, count=1, flags=re.MULTILINE)
            self.assertEqual(count, 1, old)
        names = self.file("before", before), self.file("after", after)
        labels = ("--label", "a/" + path, "--label", "b/" + path)
        text = subprocess.run(["diff", "-u", *labels, *names],
                              stdout=subprocess.PIPE, check=False).stdout.decode()
        return f"diff --git a/{path} b/{path}\n{text}"

    def check(self, *words, tree="debian:6.12"):
        command = [os.path.join(REPOSITORY, "scripts/kernel"), "check", tree, "--seconds", "1"]
        done = subprocess.run(command + list(words), cwd=self.folder, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        self.said = (done.stdout + done.stderr).decode()
        return done.returncode

    def test_harmless(self):
        patch = self.file("a.patch", self.diff(HARMLESS) + self.diff(ELSEWHERE))
        self.assertEqual(self.check("--patch", patch, "--junit", "out.xml"), 0, self.said)
        self.assertIn("INTRODUCED    nothing", self.said)
        self.assertRegex(self.said, r"1 with code, 1 reached")
        self.assertRegex(self.said, r"not compiled +kernel/fork.c")
        suite = xml.etree.ElementTree.parse(os.path.join(self.folder, "out.xml")).getroot()
        self.assertEqual(suite.get("failures"), "0")

    def test_a_series_with_a_bad_patch_in_an_mbox(self):
        head = "From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: A <a@b.example>\n" \
               "Date: Thu, 1 Jan 2026 00:00:00 +0000\nSubject: [PATCH {}] rcu: {}\n\n" \
               "Why.\n---\n{}\n"
        series = head.format("0/2", "a cover", "Two patches.") + \
            head.format("2/2", "warn more", self.diff(HARMLESS, WARNS)) + \
            head.format("1/2", "a barrier", self.diff(HARMLESS))
        self.assertEqual(self.check("--patch", self.file("a.mbox", series), "--ktap", "--html",
                                    "pages"), 42, self.said)
        self.assertRegex(self.said,
                         r"not ok 2 introduced: kernel_warning-\S*rcu_gp_slow_unregister")
        self.assertIn('by patch 2/2 "rcu: warn more"', self.said)
        with open(os.path.join(self.folder, "pages/index.html"), encoding="utf-8") as file:
            index = file.read()
        self.assertIn("by patch 2/2", index)
        page = re.search(r'href="(kernel_warning-[^"]*rcu_gp_slow_unregister[^"]*)"', index)
        with open(os.path.join(self.folder, "pages", page.group(1)), encoding="utf-8") as file:
            text = file.read()
        self.assertTrue(re.search(r'"site_source":"WARN_ON_ONCE', text), page)
        self.assertTrue(re.search(r'"source":\[\["kernel/', text), page)

    def test_nothing_of_it_is_compiled(self):
        patch = self.file("a.patch", self.diff(ELSEWHERE))
        self.assertEqual(self.check("--patch", patch), 0)
        self.assertIn("nothing was run", self.said)

    def test_what_does_not_apply_or_build(self):
        patch = self.file("a.patch", self.diff(HARMLESS, WARNS))
        self.assertEqual(self.check("--patch", patch), 125, self.said)
        self.assertIn("does not apply", self.said)
        patch = self.file("b.patch", self.diff(NONSENSE))
        self.assertEqual(self.check("--patch", patch), 125, self.said)
        self.assertIn("nonsense", self.said)

    def test_bad_usage(self):
        empty = self.file("empty", "")
        for words, tree in ((("--patch", empty), "debian:6.12"), ((), "/nowhere"),
                            ((), self.folder), (("--patch", "/nowhere"), "debian:6.12"),
                            (("--base", "x", "--patch", empty), "debian:6.12"),
                            (("--seconds", "soon"), "debian:6.12"), (("--jump",), "debian:6.12")):
            self.assertEqual(self.check(*words, tree=tree), 129, (words, self.said))
            self.assertEqual(self.said.count("\n"), 1, self.said)

    def test_what_is_built_stays_in_place(self):
        """Programs that have a kernel loaded read these files, while a test builds it again."""
        build = [os.path.join(REPOSITORY, "scripts/kernel"), "build", "debian:6.12"]
        folder = os.path.join(os.environ.get("RCUFUZZ_KERNELS") or
                              os.path.join(REPOSITORY, "build/kernel"), "6.12")
        seen = []
        for _ in range(2):
            subprocess.run(build, stdout=subprocess.DEVNULL, check=True)
            files = [os.stat(os.path.join(folder, name))
                     for name in ("kernel.image", "sites", "plain", "lines")]
            seen.append([(file.st_ino, file.st_mtime_ns) for file in files])
        self.assertEqual(*seen)


if __name__ == "__main__":
    if missing():
        print(f"skipped: {missing()} is not installed")
        sys.exit(77)
    unittest.main()
