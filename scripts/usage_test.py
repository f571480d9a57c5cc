#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every script answers an argument that it does not know with its usage and exit code 64."""
import os
import subprocess
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


def scripts():
    for name in sorted(os.listdir(HERE)):
        path = os.path.join(HERE, name)
        if os.path.isfile(path) and os.access(path, os.X_OK) and "." not in name:
            yield path


class Usage(unittest.TestCase):
    def test_an_unknown_argument_is_refused(self):
        count = 0
        for path in scripts():
            with self.subTest(script=os.path.basename(path)):
                done = subprocess.run([path, "--no-such-option"], stdin=subprocess.DEVNULL,
                                      capture_output=True, text=True, timeout=60, check=False)
                self.assertEqual(done.returncode, 64, done.stderr)
                self.assertIn("usage", done.stderr)
                self.assertEqual(done.stdout, "")
            count += 1
        self.assertGreater(count, 15)


if __name__ == "__main__":
    unittest.main()
