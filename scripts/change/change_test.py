#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Patches as people have them, steps of a series, changed lines: all that needs no kernel."""
import base64
import gzip
import os
import quopri
import shlex
import subprocess
import tempfile
import types
import unittest

import answer
import check_kernel
import lines
import screen
from patches import files_of, read_patches
from sides import Compared, Find, Side, compare
from steps import change_in_git, steps_of_patches

OLD = b"int f(void)\n{\n\treturn 1;\n}\n"


def diff(old, new, path="kernel/a.c"):
    """As git would write it."""
    head = f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -1,4 +1,4 @@\n"
    return (head + f" int f(void)\n {{\n-\treturn {old};\n+\treturn {new};\n }}\n").encode()


def mail(subject, body, encoding=None):
    head = f"From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: A Person <a@b.example>\n" \
           f"Date: Thu, 1 Jan 2026 00:00:00 +0000\nSubject: {subject}\n"
    if encoding:
        head += f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n"
        code = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}[encoding]
        body = code(body)
    return head.encode() + b"\n" + body + b"\n"


def patch_mail(subject, old, new, encoding=None):
    return mail(subject, b"Why, and caf\xc3\xa9.\n---\n" + diff(old, new) + b"-- \n2.39\n",
                encoding)


class InFolder(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = self.temporary.name
        self.addCleanup(self.temporary.cleanup)

    def file(self, name, content):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def stops(self, code, task, *words):
        with self.assertRaises(answer.Stop) as caught:
            task(*words)
        self.assertEqual(caught.exception.code, code)
        return str(caught.exception)


class Patches(InFolder):
    def titles(self, *contents):
        paths = [self.file(f"{number}.patch", one) for number, one in enumerate(contents)]
        return [patch.title for patch in read_patches(paths)]

    def test_a_plain_diff_goes_by_the_name_of_its_file(self):
        self.assertEqual(self.titles(diff(1, 2)), ["0.patch"])

    def test_files_of_format_patch_keep_their_order(self):
        self.assertEqual(self.titles(patch_mail("[PATCH 1/2] a: one", 1, 2),
                                     patch_mail("[PATCH 2/2] a: two", 2, 3)),
                         ["a: one", "a: two"])

    def test_of_a_thread_the_patches_count_in_the_order_of_their_numbers(self):
        thread = mail("[PATCH 0/2] a: a cover", b"Two.\n---\n kernel/a.c | 2 +-\n") + \
            patch_mail("[PATCH 2/2] a: two", 2, 3, "base64") + \
            mail("Re: [PATCH 2/2] a: two", b"On that day, A wrote:\n> " +
                 diff(2, 3).replace(b"\n", b"\n> ") + b"\nAcked-by: Nobody\n") + \
            patch_mail("[PATCH 1/2] a: one", 1, 2, "quoted-printable") + \
            mail("Re: [PATCH 1/2] a: one", b"Rather so:\n\n" + diff(1, 9))
        self.assertEqual(self.titles(thread), ["a: one", "a: two"])
        self.assertEqual(self.titles(gzip.compress(thread)), ["a: one", "a: two"])

    def test_of_several_versions_the_newest_counts(self):
        self.assertEqual(self.titles(patch_mail("[PATCH] a: old", 1, 2) +
                                     patch_mail("[PATCH v2] a: new", 1, 3)), ["a: new"])

    def test_encoded_mails_hold_the_same_diff(self):
        for encoding in (None, "base64", "quoted-printable"):
            path = self.file("a.mbox", patch_mail("[PATCH] a: one", 1, 2, encoding))
            [patch] = read_patches([path])
            self.assertEqual(files_of(patch, self.tree()), ["kernel/a.c"])
            [step] = steps_of_patches([patch], self.tree())
            self.assertEqual(step.files, {"kernel/a.c": OLD.replace(b"1", b"2")})

    def test_lines_may_end_as_mail_programs_end_them(self):
        crlf = patch_mail("[PATCH] a: one", 1, 2).replace(b"\n", b"\r\n")
        body = b"---\n" + diff(1, 2)
        for content in (crlf, crlf.split(b"\n", 1)[1], diff(1, 2).replace(b"\n", b"\r\n"),
                        mail("[PATCH] a: one", body.replace(b"\n", b"\r\n"), "base64")):
            [patch] = read_patches([self.file("a", content)])
            [step] = steps_of_patches([patch], self.tree())
            self.assertEqual(step.files, {"kernel/a.c": OLD.replace(b"1", b"2")})

    def test_paths_may_lack_the_prefix(self):
        bare = diff(1, 2).replace(b"a/kernel", b"kernel").replace(b"b/kernel", b"kernel")
        [patch] = read_patches([self.file("a", bare)])
        [step] = steps_of_patches([patch], self.tree())
        self.assertEqual(step.files, {"kernel/a.c": OLD.replace(b"1", b"2")})

    def test_paths_stay_in_the_tree(self):
        self.file("secret", OLD)
        patches = read_patches([self.file("1", diff(1, 2, "kernel/../../secret"))])
        self.assertIn("No such file", self.stops(answer.DOES_NOT_BUILD, steps_of_patches, patches,
                                                 self.tree()))

    def test_new_and_renamed_files(self):
        new = b"--- /dev/null\n+++ b/kernel/new.h\n@@ -0,0 +1 @@\n+int x;\n"
        moved = b"diff --git a/kernel/a.c b/kernel/b.c\nsimilarity index 100%\n" \
                b"rename from kernel/a.c\nrename to kernel/b.c\n"
        first, second = steps_of_patches(read_patches([self.file("1", new), self.file("2", moved)]),
                                         self.tree())
        self.assertEqual(first.files, {"kernel/new.h": b"int x;\n"})
        self.assertEqual(second.files, {"kernel/new.h": b"int x;\n", "kernel/a.c": None,
                                        "kernel/b.c": OLD})

    def test_a_mail_without_the_line_that_an_mbox_has(self):
        self.assertEqual(self.titles(patch_mail("[PATCH] a: one", 1, 2).split(b"\n", 1)[1]),
                         ["a: one"])

    def tree(self):
        self.file("tree/kernel/a.c", OLD)
        return os.path.join(self.folder, "tree")

    def test_a_series_is_applied_step_by_step(self):
        patches = read_patches([self.file("1", patch_mail("[PATCH 1/2] one", 1, 2)),
                                self.file("2", patch_mail("[PATCH 2/2] back", 2, 1))])
        first, second = steps_of_patches(patches, self.tree())
        self.assertEqual(first.files, {"kernel/a.c": OLD.replace(b"1", b"2")})
        self.assertEqual(second.files, {})

    def test_other_folders_are_left_alone(self):
        patches = read_patches([self.file("1", diff(1, 2) + diff(1, 2, "drivers/a.c"))])
        self.assertEqual(files_of(patches[0], self.tree()), ["kernel/a.c", "drivers/a.c"])
        self.assertEqual(list(steps_of_patches(patches, self.tree())[0].files), ["kernel/a.c"])

    def test_what_does_not_apply_is_skipped_by_git_bisect(self):
        patches = read_patches([self.file("1", diff(7, 8))])
        self.assertIn("does not apply",
                      self.stops(answer.DOES_NOT_BUILD, steps_of_patches, patches, self.tree()))

    def test_what_is_no_patch_is_bad_usage(self):
        for content in (b"", b"hello\n", mail("[PATCH 0/1] cover", b"None here.\n")):
            self.stops(answer.USAGE, read_patches, [self.file("1", content)])
        self.stops(answer.USAGE, read_patches, ["/nowhere"])


class InGit(InFolder):
    def setUp(self):
        super().setUp()
        self.tree = os.path.join(self.folder, "tree")
        self.file("tree/Makefile", b"VERSION = 6\n")
        self.file("tree/kernel/a.c", OLD)
        self.git("init", "--quiet")
        self.commit("first")

    def git(self, *words):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], check=True,
                       cwd=self.tree, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def commit(self, title):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", title)

    def change(self, base=None):
        return change_in_git(self.tree, base, self.folder)

    def test_what_is_not_committed_is_the_change(self):
        self.file("tree/kernel/a.c", OLD.replace(b"1", b"2"))
        self.file("tree/kernel/new.h", b"\n")
        change = self.change()
        self.assertEqual(change.steps[-1].files, {"kernel/a.c": OLD.replace(b"1", b"2"),
                                                  "kernel/new.h": b"\n"})
        with open(os.path.join(change.folder, "kernel/a.c"), "rb") as file:
            self.assertEqual(file.read(), OLD)

    def test_in_a_clean_tree_the_last_commit_is(self):
        self.file("tree/drivers/b.c", b"\n")
        os.remove(os.path.join(self.tree, "kernel/a.c"))
        self.commit("second")
        change = self.change()
        self.assertEqual(change.paths, ["drivers/b.c", "kernel/a.c"])
        self.assertEqual(change.steps[-1].files, {"kernel/a.c": None})

    def test_commits_are_steps(self):
        for value in (b"2", b"3"):
            self.file("tree/kernel/a.c", OLD.replace(b"1", value))
            self.commit("to " + value.decode())
        steps = self.change("HEAD~2").steps
        self.assertEqual([step.title.split(" ", 1)[1] for step in steps], ["to 2", "to 3"])
        self.assertEqual(steps[0].files, {"kernel/a.c": OLD.replace(b"1", b"2")})
        self.assertRegex(steps[0].title, "^[0-9a-f]{12} to 2$", "as long as Fixes: wants it")

    def commits(self, *values):
        for value in values:
            self.file("tree/kernel/a.c", OLD.replace(b"1", value))
            self.commit("to " + value.decode())

    def titles_of_change(self):
        return [step.title.split(" ", 1)[1] for step in self.change().steps]

    def test_during_a_bisection_the_change_begins_at_the_good_commit(self):
        self.commits(b"2", b"3", b"4", b"5", b"6")
        self.git("bisect", "start", "HEAD", "HEAD~4")
        self.assertEqual(self.titles_of_change(), ["to 3", "to 4"])
        # The one called good last may be called so wrongly.
        self.git("bisect", "good")
        self.assertEqual(self.titles_of_change(), ["to 3", "to 4", "to 5"])
        self.git("bisect", "reset")
        self.assertEqual(self.titles_of_change(), ["to 6"])

    def test_a_bisection_with_words_of_its_own(self):
        self.commits(b"2", b"3", b"4", b"5")
        self.git("bisect", "start", "--term-old", "whole", "--term-new", "broken")
        self.git("bisect", "broken")
        self.assertEqual(self.titles_of_change(), ["to 5"], "nothing is called good yet")
        self.git("bisect", "whole", "HEAD~3")
        self.assertEqual(self.titles_of_change(), ["to 3", "to 4"])

    def test_a_bisection_with_a_good_commit_of_another_branch(self):
        self.git("checkout", "--quiet", "-b", "other")
        self.commits(b"7")
        self.git("checkout", "--quiet", "-")
        self.commits(b"2", b"3", b"4", b"5", b"6")
        self.git("bisect", "start", "HEAD", "HEAD~4", "other")
        self.assertEqual(self.titles_of_change(), ["to 3", "to 4"])

    def test_no_difference_introduces_nothing(self):
        self.stops(answer.NOTHING, self.change, "HEAD")

    def test_bad_usage(self):
        self.stops(answer.USAGE, self.change, "nowhere")
        self.stops(answer.USAGE, change_in_git, self.folder, None, self.folder)
        self.stops(answer.USAGE, change_in_git, "/nowhere", None, self.folder)


class Lines(InFolder):
    def test_lines_that_the_change_writes(self):
        before = self.file("before", b"a\nb\nc\nd\n")
        after = self.file("after", b"a\nB\nc\nd\ne\nf\n")
        self.assertEqual(lines.changed_lines(before, after), [2, 5, 6])
        self.assertEqual(lines.changed_lines(os.devnull, before), [1, 2, 3, 4])
        self.assertEqual(lines.changed_lines(before, self.file("less", b"a\nd\n")), [1, 2])
        self.assertEqual(lines.changed_lines(before, self.file("end", b"a\nb\nc\n")), [3])
        self.assertEqual(lines.changed_lines(before, self.file("top", b"c\nd\n")), [1])
        self.assertEqual(lines.changed_lines(before, self.file("none", b"")), [])

    def test_beside_what_is_gone_comments_and_braces_do_not_count(self):
        before = self.file("before", b"a;\n/* of\n * b */\nb;\n}\n// c\nc;\nd;\n")
        after = self.file("after", b"a;\n/* of\n * b */\n}\n// c\nc;\nd;\n")
        self.assertEqual(lines.changed_lines(before, after), [1, 6])

    def test_which_may_have_code(self):
        text = b"/* a\n * b */\n\n#define X(a) \\\n\tf(a)\nint f(void)\n{\n\tg(\"//\"); // h\n}\n"
        self.assertEqual(lines.may_have_code(text), {6, 8})

    def test_what_one_variant_reaches_is_reached(self):
        merged = lines.merge([{("a", 1): lines.MISSED, ("a", 2): lines.ELSEWHERE},
                              {("a", 1): lines.REACHED, ("a", 2): lines.MISSED}])
        self.assertEqual(merged, {("a", 1): lines.REACHED, ("a", 2): lines.MISSED})

    def test_ranges(self):
        self.assertEqual(lines.ranges([("b", 9), ("a", 2), ("a", 1), ("a", 4)]),
                         ["a:1-2, 4", "b:9"])

    def test_what_the_preprocessor_leaves(self):
        left = lines.Survived(['# 1 "/x/patched/kernel/a.c"\nint a;\n\nint c;\n'
                               '# 20 "/x/patched/kernel/a.c" 2\nint d;\n'])
        self.assertEqual([number for number in range(30) if left.has("kernel/a.c", number)],
                         [1, 3, 20])


class Asked(InFolder):
    """One side, with a program that says what the test wants."""

    def setUp(self):
        super().setUp()
        program = self.file("rcufuzz", b"#!/bin/sh\ncd $(dirname $0) && echo \"$@\" >>calls\n"
                                       b"cat out; cat err >&2; exit $(cat code)\n")
        os.chmod(program, 0o755)
        self.file("calls", b"")
        self.side = Side("base", program, "linux", os.path.join(self.folder, "side"))

    def says(self, code, out="", err=""):
        for name, text in (("code", str(code)), ("out", out), ("err", err)):
            self.file(name, text.encode())

    def calls(self):
        with open(os.path.join(self.folder, "calls"), encoding="utf-8") as file:
            return file.read().splitlines()

    @staticmethod
    def find(identity):
        return Find(identity, "deadlock", "a.c:1 f", "why", identity + ".plan")

    def test_what_it_has_found_it_is_not_asked_for(self):
        self.side.finds["i"] = self.find("i")
        self.assertTrue(self.side.shows(self.find("i")))
        self.assertEqual(self.calls(), [])

    def test_less_of_each_where_there_is_much(self):
        self.says(0, '[{"identity": ""}]  (123 runs')
        self.side.replay = lambda plans: [""]
        for number in range(9):
            self.assertFalse(self.side.shows(self.find(str(number))))
        self.assertEqual(self.side.clean["3"], 123)
        runs = [call.split("--runs ")[1].split()[0] for call in self.calls()]
        self.assertEqual(runs, ["4000"] * 8 + ["500"])

    def test_a_plan_of_its_own_shows_it(self):
        self.says(42, "(7 runs")
        self.side.replay = lambda plans: [""]
        self.assertTrue(self.side.shows(self.find("i")))
        self.assertEqual(self.side.finds["i"].plan, "")

    def test_why_it_does_not_boot_is_said_once(self):
        self.says(64, err="rcufuzz: kernel k does not boot with a: why\nand more\n")
        self.assertEqual(self.side.replay(["a", "b"]), ["", ""])
        self.says(64, err="rcufuzz: kernel k does not boot with b: another\n")
        self.side.hunt([], 1)
        self.assertEqual(self.side.broken, "kernel k does not boot with a: why")

    def test_a_fault_of_the_program_is_no_answer(self):
        self.says(70, err="rcufuzz: CHECK failed\n")
        self.assertIn("CHECK failed", self.stops(answer.NO_ANSWER, self.side.replay, ["a"]))


class Compare(unittest.TestCase):
    """By identity, with what the other side shows when it tries."""

    def side(self, name, found, shows=()):
        finds = {one: Find(one, "deadlock", "a.c:1 f", "why", one + ".plan") for one in found}

        def tried(find):
            if find.identity in shows:
                finds[find.identity] = find
        return types.SimpleNamespace(name=name, finds=finds, shows=tried)

    def compared(self, base, change):
        result = compare(base, change)
        return tuple([find.identity for find in found] for found in result)

    def test_what_only_one_has(self):
        self.assertEqual(self.compared(self.side("base", "ab"), self.side("change", "bc")),
                         (["c"], ["a"], ["b"]))

    def test_what_the_other_shows_when_asked_is_in_both(self):
        self.assertEqual(self.compared(self.side("base", "", "c"), self.side("change", "c")),
                         ([], [], ["c"]))
        self.assertEqual(self.compared(self.side("base", "c"), self.side("change", "", "c")),
                         ([], [], ["c"]))


class Blame(unittest.TestCase):
    """Of a series, by bisection."""

    def blamed(self, first_bad, broken=(), count=6):
        find = Find("i", "deadlock", "a.c:1 f", "why", "i.plan")
        asked = []

        def shows_with(patches, _):
            asked.append(patches)
            return None if patches in broken else patches >= first_bad
        variant = types.SimpleNamespace(
            change=types.SimpleNamespace(steps=list(range(count))), shows_with=shows_with,
            compared=Compared([find, find._replace(identity="j")], [], []), blame={})
        check_kernel.Variant.find_patches(variant)
        self.assertEqual(variant.blame["i"], variant.blame["j"])
        return variant.blame["i"], asked

    def test_the_first_patch_with_which_it_shows(self):
        for bad in range(1, 7):
            self.assertEqual(self.blamed(bad)[0], (bad, bad))

    def test_for_the_second_find_the_same_patch_is_asked_first(self):
        self.assertEqual(self.blamed(5)[1], [3, 4, 5, 4, 5])

    def test_where_it_does_not_build_there_is_a_range(self):
        self.assertEqual(self.blamed(4, broken=(3,))[0], (3, 4))
        self.assertEqual(self.blamed(4, broken=(1, 2, 3, 4, 5))[0], (1, 6))
        self.assertEqual(self.blamed(1, broken=(3,))[0], (1, 1))

    def test_a_patch_alone_is_not_bisected(self):
        variant = types.SimpleNamespace(change=types.SimpleNamespace(steps=[1]), blame={},
                                        compared=Compared([1], [], []))
        check_kernel.Variant.find_patches(variant)
        self.assertEqual(variant.blame, {})


class HowToRead(unittest.TestCase):
    def test_a_command_of_the_shell(self):
        image = types.SimpleNamespace(name="6.12-change")
        variant = types.SimpleNamespace(kernels="/k", image=image)
        find = Find("i", "deadlock", "a.c:1 f", "why", "/i.plan")
        for options in ("", " --fixes 'a (\"it'\"'\"'s\")'"):
            rows = check_kernel.Variant.how_to_read(variant, find, options)
            self.assertEqual([row.endswith("\\") for row in rows[-2:]], [True, False])
            words = shlex.split(" ".join(row.removesuffix("\\") for row in rows))
            self.assertEqual(words[0], "RCUFUZZ_KERNELS=" + screen.short("/k"))
            self.assertEqual(words[2:6], ["explain", "--format", "mail", "--kernel"])
            self.assertEqual(words[7:], ["--fixes", 'a ("it\'s")'][:2 * bool(options)] +
                             [screen.short("/i.plan")])


class Usage(unittest.TestCase):
    def test_one_line_and_an_exit_code_at_which_git_bisect_ends(self):
        here = os.path.dirname(os.path.realpath(__file__))
        for words in (["check_subject.py"], ["check_subject.py", "--subject", "moon"],
                      ["check_subject.py", "--subject", "nocb", "--seconds", "0"],
                      ["check_kernel.py"], ["check_kernel.py", "/nowhere", "--seed", "-1"]):
            done = subprocess.run([os.path.join(here, words[0]), *words[1:]],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 129, words)
            self.assertEqual((done.stdout, done.stderr.count(b"\n")), (b"", 1), words)


class Result(unittest.TestCase):
    def result(self, introduced=(), mended=(), both=(), blame=None, titles=("a", "b")):
        find = Find("i", "deadlock", "kernel/a.c:1 f", "both wait", "/x/i.plan")
        side = types.SimpleNamespace(name="base", clean={"i": 4000}, runs=7, seconds=1.0)
        pair = types.SimpleNamespace(
            name="base", base=side, changed=side, blame=blame or {}, plans=[], kept="/x",
            verified={}, extra_rows=lambda: [],
            how_to_read=lambda find, options: ["read" + options],
            compared=Compared([find] * len(introduced), [find] * len(mended), [find] * len(both)))
        return screen.Result("tree", list(titles), "in 1 s", [pair],
                             {("kernel/a.c", 3): lines.MISSED}, ["drivers/x.c"], 1, 2.0)

    def test_introduced(self):
        result = self.result(introduced="i", blame={"i": (2, 2)},
                             titles=("one", "0123456789ab two"))
        text = screen.text(result)
        self.assertEqual(result.exit_code(), answer.INTRODUCED)
        for part in ("INTRODUCED    1, not on the base in 4,000 runs", "deadlock at kernel/a.c:1 f",
                     'by patch 2/2 "0123456789ab two"', "NOT REACHED   kernel/a.c:3",
                     "not compiled  drivers/x.c",
                     "read --introduced-by 'patch 2/2 \"0123456789ab two\"' "
                     "--fixes '0123456789ab (\"two\")'"):
            self.assertIn(part, text)
        self.assertIn("not ok 2 introduced: i\n", screen.ktap(result))
        self.assertNotIn("not run", text)
        result.not_run = ["lazy", "preempt"]
        self.assertIn("not run       variants lazy, preempt (--variant)", screen.text(result))

    def test_what_looks_alike_is_told_once(self):
        result = self.result(introduced="i")
        pair = result.pairs[0]
        ones = [pair.compared.introduced[0]._replace(identity=str(one)) for one in range(4)]
        pair.compared = pair.compared._replace(introduced=ones)
        self.assertEqual(screen.text(result).count("deadlock at"), 1)
        self.assertIn("and 3 like it", screen.text(result))
        self.assertEqual(screen.ktap(result).count("not ok"), 4)

    def test_a_range_of_patches(self):
        titles = ("0123456789ab one", "0123456789ac two")
        text = screen.text(self.result(introduced="i", blame={"i": (1, 2)}, titles=titles))
        self.assertIn("one of the patches 1 to 2 of 2", text)
        self.assertNotIn("--fixes", text)

    def test_what_is_in_both_or_mended_is_nobodys_fault(self):
        for result in (self.result(both="i"), self.result(mended="i")):
            self.assertEqual(result.exit_code(), answer.NOTHING)
            self.assertNotIn("not ok", screen.ktap(result))


class Screen(unittest.TestCase):
    def test_lists_are_cut(self):
        self.assertTrue(screen.some([str(number) for number in range(12)]).endswith("4 and 7 more"))


if __name__ == "__main__":
    unittest.main()
