#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows a find of corpus/linux on a booted kernel of Debian's; RCUFUZZ_CONFIRM=PLAN: that one.

Ends with 77, and says why, where there is no qemu, or no kernel to be had."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

import confirm_kernel
import entry
import kernels

# Of those that are confirmed on Debian's own kernels one that owes nothing to chance.
TREE = "6.12"
PLAN = os.path.join(kernels.REPOSITORY, "corpus/linux/R6-6.12.plan")
SKIPPED = 77


def lacks():
    """What is not there that the test does not want to install; empty: nothing."""
    for name, brings in confirm_kernel.PACKAGES.items():
        if not shutil.which(brings) and not os.path.exists(brings):
            return name
    archive = f"/usr/src/linux-source-{TREE}.tar.xz"
    unpacked = os.path.join(kernels.REPOSITORY, "build/kernel/source", TREE)
    return "" if os.path.exists(archive) or os.path.exists(unpacked) else f"linux-source-{TREE}"


def skip(why):
    print(f"skipped: {why}")
    return SKIPPED


def main():
    plan = os.environ.get("RCUFUZZ_CONFIRM")
    if lacks():
        return skip(f"{lacks()} is not installed")
    if not plan:
        plan = PLAN
        subprocess.run([os.path.join(kernels.REPOSITORY, "scripts/kernel"), "build",
                        f"debian:{TREE}"], stdin=subprocess.DEVNULL, check=True)
    with tempfile.TemporaryDirectory() as folder:
        told = os.path.join(folder, "answer")
        code = confirm_kernel.main([plan, "--answer", told])
        if code == entry.BAD:
            return skip("no kernel was booted")
        with open(told, encoding="utf-8") as file:
            found = json.load(file)
    if code == confirm_kernel.FOUND and found["answer"] == "confirmed" and found["seen"]:
        return 0
    print(f"{plan} is {found['answer']}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
