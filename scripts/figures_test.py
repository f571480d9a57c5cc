#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of figures is what scripts/figures writes, and no bug of bugs.def is without a row."""
import contextlib
import importlib.machinery
import importlib.util
import io
import json
import os
import unittest
from unittest import mock

HERE = os.path.dirname(os.path.abspath(__file__))
LOADER = importlib.machinery.SourceFileLoader("figures", os.path.join(HERE, "figures"))
figures = importlib.util.module_from_spec(importlib.util.spec_from_loader("figures", LOADER))
LOADER.exec_module(figures)


def bug(spec, benign=False):
    return {"spec": spec, "name": spec.split(":")[1] + "_x", "benign": benign, "memory": "sc"}


CELL = {"figure": "7 / 9", "measured": "2026-01-02 abc"}
LISTED = {"targets": [{"name": "t", "bugs": [bug("t:D1"), bug("t:D2", True)]},
                      {"name": "without", "bugs": []}]}


def data():
    return {"bugs": {"t": {"note": ["How."], "finds": {"D1": {"pct": dict(CELL)}},
                           "controls": {"D2": {"runs": 1000, "memory": "sc", "measured": "x"}}}},
            "tables": [{"title": "a table", "note": ["Why."], "measured": "then", "columns": ["c"],
                        "rows": [["v"]]}]}


class Page(unittest.TestCase):
    def test_is_as_the_command_writes_it(self):
        said = io.StringIO()
        with mock.patch("sys.argv", ["figures", "--check"]), contextlib.redirect_stderr(said):
            with self.assertRaises(SystemExit) as end:
                figures.main()
        self.assertEqual((end.exception.code, said.getvalue()), (0, ""))

    def test_holds_each_figure_with_its_date(self):
        files, wrong = figures.files_of(data(), LISTED)
        self.assertEqual(wrong, [])
        page = files[figures.PAGE]
        self.assertIn("| D1 |  | 7 / 9 |  |  |  | - | 2026-01-02 abc |\n", page)
        self.assertIn("| D2 | 1,000 | sc | x |\n", page)
        self.assertIn("## a table\n\nWhy.\n\nMeasured: then.\n\n| c |\n|---|\n| v |\n", page)

    def test_a_bug_without_a_row_is_named(self):
        for kind, name in (("finds", "D1"), ("controls", "D2")):
            lacking = data()
            del lacking["bugs"]["t"][kind][name]
            _, wrong = figures.files_of(lacking, LISTED)
            self.assertEqual(wrong, [f"t:{name} has no row: scripts/figures measure t {name}"])

    def test_a_new_target_has_no_rows(self):
        listed = {"targets": [*LISTED["targets"], {"name": "u", "bugs": [bug("u:D1")]}]}
        _, wrong = figures.files_of(data(), listed)
        self.assertEqual(wrong, ["u:D1 has no row: scripts/figures measure u D1"])

    def test_a_row_of_what_is_no_bug_is_named(self):
        listed = {"targets": [{"name": "t", "bugs": [bug("t:D1", True), bug("t:D2", True)]}]}
        _, wrong = figures.files_of(data(), listed)
        self.assertEqual(len(wrong), 2)  # D1 is a control now: a row too many, and one that lacks
        self.assertIn("t:D1", wrong[1])


class Measuring(unittest.TestCase):
    def test_writes_what_the_program_says(self):
        strategies = [{"name": "pct", "seeds": 3, "found": 2, "median": 8, "worst": None},
                      {"name": "pos", "seeds": 3, "found": 0, "median": None, "worst": None},
                      {"name": "surw", "seeds": 3, "found": 3, "median": 5, "worst": 6}]

        def output(*arguments):
            if arguments[0] == "--version":
                return "rcufuzz, revision abc\n"
            if arguments[0] == "hunt":
                return json.dumps({"runs": 30, "finds": []})
            return json.dumps({"results": [{"strategies": strategies}]})

        measured = data()
        args = mock.Mock(target="t", bugs=[], strategy=None, seeds=3, runs=40)
        with mock.patch.object(figures, "output_of", output), \
                contextlib.redirect_stdout(io.StringIO()):
            figures.measure(measured, LISTED, args)
        row = measured["bugs"]["t"]["finds"]["D1"]
        self.assertEqual([row[name]["figure"] for name in ("pct", "pos", "surw")],
                         ["8 / missed 1 of 3", "-", "5 / 6"])
        self.assertRegex(row["pct"]["measured"], r"^20\d\d-\d\d-\d\d abc, 3 seeds, 40 runs$")
        self.assertEqual(measured["bugs"]["t"]["controls"]["D2"]["runs"], 30)


if __name__ == "__main__":
    unittest.main()
