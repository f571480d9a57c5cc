#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/daily: what it tells, what it keeps, and that it goes on however it was stopped."""
import json
import os
import signal
import subprocess
import tempfile
import time
import unittest

DAILY = os.path.join(os.path.dirname(os.path.realpath(__file__)), "daily")


class Daily(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = os.path.join(temporary.name, "d")

    def run_daily(self, *words):
        done = subprocess.run([DAILY, self.folder, *words], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        self.said, self.complained = done.stdout.decode(), done.stderr.decode()
        return done.returncode

    def state(self, name="nocb-D10"):
        with open(os.path.join(self.folder, name, "state.json"), encoding="utf-8") as file:
            return json.load(file)

    def found(self):
        identities = [find["identity"] for find in self.state()["finds"]]
        self.assertEqual(len(identities), len(set(identities)))
        return set(identities)

    def page(self):
        with open(os.path.join(self.folder, "index.html"), encoding="utf-8") as file:
            return file.read()

    def test_news_is_told_once(self):
        self.assertEqual(self.run_daily("--seconds", "10", "nocb:D10", "dynticks"), 42)
        self.assertIn("Subject: [BUG] nocb: ", self.said)
        self.assertEqual(self.said.count("Subject: "), len(self.found()))
        self.assertEqual(self.complained, "")
        while self.run_daily("--seconds", "6", "nocb:D10", "dynticks") == 42:
            self.assertIn("Subject: ", self.said)
        self.assertEqual(self.said, "")
        for find in self.state()["finds"]:
            stem = os.path.join(self.folder, "nocb-D10/finds", find["file"].removesuffix(".plan"))
            for ending in (".plan", ".txt", ".html"):
                self.assertTrue(os.path.exists(stem + ending), stem + ending)
        page = self.page()
        self.assertIn("dynticks, strategy all", page)
        self.assertIn("nocb, bug D10", page)
        self.assertIn(">mail</a>", page)
        with open(os.path.join(self.folder, "status.json"), encoding="utf-8") as file:
            said = {one["folder"]: one["runs"] for one in json.load(file)}
        self.assertEqual(said["dynticks"], self.state("dynticks")["executions"])

    def test_killed_and_started_again(self):
        executions, found = 0, set()
        for number, how in enumerate((signal.SIGKILL, signal.SIGTERM, signal.SIGKILL,
                                      signal.SIGINT, signal.SIGHUP)):
            daily = subprocess.Popen([DAILY, self.folder, "--seconds", "60", "nocb:D10"],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            time.sleep(1.5 + 0.7 * number)
            daily.send_signal(how)
            complaint = daily.communicate()[1].decode()
            if how != signal.SIGKILL:
                self.assertEqual(daily.returncode, 130, complaint)
                self.assertIn("nocb, bug D10", self.page())
            self.assertGreaterEqual(self.state()["executions"], executions)
            self.assertTrue(self.found() >= found)
            executions, found = self.state()["executions"], self.found()
        # What the killed ones had started has ended: the folder is free.
        self.assertIn(self.run_daily("--seconds", "8", "nocb:D10"), (0, 42), self.complained)
        state = self.state()
        self.assertGreater(state["executions"], executions)
        self.assertTrue(self.found() >= found)
        self.assertEqual(sum(one["executions"] for one in state["sessions"]),
                         state["executions"])
        plans = [name for name in os.listdir(os.path.join(self.folder, "nocb-D10/finds"))
                 if name.endswith(".plan")]
        self.assertEqual({find["file"] for find in state["finds"]}, set(plans))

    def test_what_is_wrong_is_said_in_a_line(self):
        for words in (("--seconds", "soon", "nocb"), ("--what",), ("nowhere",)):
            self.assertEqual(self.run_daily(*words), 64, words)
            self.assertEqual(self.complained.count("\n"), 1, self.complained)
        os.makedirs(os.path.join(self.folder, "nocb"))
        with open(os.path.join(self.folder, "nocb/mine"), "w", encoding="utf-8") as file:
            file.write("mine")
        self.assertEqual(self.run_daily("--seconds", "2", "nocb", "smp_call"), 64)
        self.assertIn("neither empty nor the folder of a hunt", self.complained)
        self.assertGreater(self.state("smp_call")["executions"], 0)
        self.assertEqual(os.listdir(os.path.join(self.folder, "nocb")), ["mine"])


if __name__ == "__main__":
    unittest.main()
