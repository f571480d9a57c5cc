# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a line of the source is in a kernel, by gdb, addr2line and its debugging information."""
import json
import os
import shutil
import subprocess

# Runs inside gdb. A line may have been compiled into several functions: all its places count where
# the innermost function, inlined or not, is the one that was asked for. Where one of them has no
# code of its own for the line, since that is all of inlined functions, the beginnings of its
# pieces are told, of which resolve() takes one.
INSIDE = r"""
import gdb, json, os
wanted = json.loads(os.environ["RCUFUZZ_PLACES"])
def block_of(pc):
    block = gdb.block_for_pc(pc)
    while block and not block.is_static and not block.function:
        block = block.superblock
    return block if block and not block.is_static else None
def starts(at):
    found = []
    for sal in gdb.decode_line("%s:%d" % (at["file"], at["line"]))[1] or ():
        if sal.pc and at["line"] <= sal.line <= at["line"] + 3:
            block = block_of(sal.pc)
            if block and block.function.name == at["function"]:
                found.append((sal.line, sal.pc))
    return [pc for line, pc in found if line == min(found)[0]]
def instances(at):
    for sal in gdb.decode_line(at["function"])[1] or ():
        block = sal.pc and gdb.block_for_pc(sal.pc)
        while block and not (block.function and block.function.name == at["function"]):
            block = block.superblock
        if block and sal.symtab:
            yield block
def pieces(block):
    pc = block.start
    while pc < block.end:
        yield pc
        pc = max((gdb.find_pc_line(pc).last or 0) + 1, pc + 1)
def symbol(pc):
    text = gdb.execute("info symbol %d" % pc, to_string=True).split(" in section")[0]
    parts = text.split(" + ")
    return [parts[0].strip(), int(parts[1]) if len(parts) > 1 else 0]
def look(at):
    if not at["line"]:
        name = at["function"]
        known = name.startswith("rcufuzz_") or gdb.lookup_global_symbol(name) or \
            gdb.lookup_static_symbol(name)
        return {"places": [[name, 0]] if known else []}
    own = starts(at)
    without = []
    for block in instances(at):
        if not any(block.start <= pc < block.end for pc in own):
            without.append([[pc] + symbol(pc) for pc in pieces(block)])
    return {"places": [symbol(pc) for pc in own], "without": without}
result = []
for at in wanted:
    try:
        result.append(look(at))
    except gdb.error as error:
        result.append({"error": str(error)})
print("PLACES " + json.dumps(result))
"""


class NoPlaces(Exception):
    """gdb does not say."""


def run(command, **more):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False, **more)
    return done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def resolve(vmlinux, wanted):
    """For each place (file, line, function; line 0: its beginning): pairs of symbol and offset; or
    a text: why not."""
    if not wanted:
        return []
    for tool in ("gdb", "addr2line"):
        if not shutil.which(tool):
            raise NoPlaces(f"needs {tool} to find lines")
    environment = dict(os.environ, RCUFUZZ_PLACES=json.dumps(wanted))
    text, errors = run(["gdb", "-nx", "-batch", "-ex", "python exec('''" + INSIDE + "''')",
                        vmlinux], env=environment)
    for line in text.splitlines():
        if line.startswith("PLACES "):
            return [choose(vmlinux, at, found) for at, found in
                    zip(wanted, json.loads(line[len("PLACES "):]))]
    raise NoPlaces("gdb: " + errors.strip()[-300:])


def choose(vmlinux, at, found):
    """Of one place: its own, and of each instance that has none the first piece of the line."""
    if "error" in found:
        return found["error"]
    places = found["places"]
    without = found.get("without") or []
    lines = chains(vmlinux, [piece[0] for pieces in without for piece in pieces])
    for pieces in without:
        near = [(line, pc, name, offset) for pc, name, offset in pieces
                for function, file, line in lines.get(pc, ())
                if function == at["function"] and file.endswith("/" + at["file"]) and
                at["line"] <= line <= at["line"] + 3]
        if near:
            places.append(list(min(near)[2:]))
    return places


def chains(vmlinux, addresses):
    """Address -> the functions that are inlined into each other there, each with file and line."""
    if not addresses:
        return {}
    text, _ = run(["addr2line", "-e", vmlinux, "-a", "-f", "-i", *map(hex, addresses)])
    result, own, lines = {}, None, iter(text.splitlines())
    for line in lines:
        if line.startswith("0x"):
            own = result.setdefault(int(line, 16), [])
        elif own is not None:
            file, _, number = next(lines, "").split(" ")[0].rpartition(":")
            own.append((line, file, int(number) if number.isdigit() else 0))
    return result
