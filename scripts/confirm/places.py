# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a line of the source is in a kernel, by gdb and the kernel's debugging information."""
import json
import os
import shutil
import subprocess

# Runs inside gdb. A line may have been compiled into several functions: all its places count where
# the innermost function, inlined or not, is the one that was asked for. A line that is all of
# inlined functions has none of its own: then it is the next, as for a debugger's breakpoint.
INSIDE = r"""
import gdb, json, os
wanted = json.loads(os.environ["RCUFUZZ_PLACES"])
def inner(pc):
    block = gdb.block_for_pc(pc)
    while block and not block.is_static:
        if block.function:
            return block.function.name
        block = block.superblock
def starts(at):
    found = []
    for sal in gdb.decode_line("%s:%d" % (at["file"], at["line"]))[1] or ():
        if sal.pc and at["line"] <= sal.line <= at["line"] + 3:
            found.append((sal.line, sal.pc))
    return found
result = []
for at in wanted:
    places = []
    try:
        matching = [(line, pc) for line, pc in starts(at) if inner(pc) == at["function"]]
        for line, pc in matching:
            if line == min(matching)[0]:
                text = gdb.execute("info symbol %d" % pc, to_string=True).split(" in section")[0]
                parts = text.split(" + ")
                places.append([parts[0].strip(), int(parts[1]) if len(parts) > 1 else 0])
    except gdb.error as error:
        places = str(error)
    result.append(places)
print("PLACES " + json.dumps(result))
"""


class NoPlaces(Exception):
    """gdb does not say."""


def resolve(vmlinux, wanted):
    """For each place (file, line, function): pairs of symbol and offset; or a text: why not."""
    if not wanted:
        return []
    if not shutil.which("gdb"):
        raise NoPlaces("needs gdb to find lines")
    environment = dict(os.environ, RCUFUZZ_PLACES=json.dumps(wanted))
    done = subprocess.run(["gdb", "-nx", "-batch", "-ex", "python exec('''" + INSIDE + "''')",
                           vmlinux], env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    for line in done.stdout.decode(errors="replace").splitlines():
        if line.startswith("PLACES "):
            return json.loads(line[len("PLACES "):])
    raise NoPlaces("gdb: " + done.stderr.decode(errors="replace").strip()[-300:])
