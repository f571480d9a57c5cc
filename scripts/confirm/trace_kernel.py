#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/kernel trace: records RCU's trace events of a booted kernel, for rcufuzz conform."""
import argparse
import os
import re
import shutil
import tempfile
import time

import boot
import confirm_kernel
import entry
import kernels
import trees

MODULE = os.path.join(kernels.REPOSITORY, "core/linux/conform")
PACKAGES = {name: brings for name, brings in confirm_kernel.PACKAGES.items()
            if name != "gdb"}

HELP = """Exit codes: 0 the trace is there, 64 bad usage, or something is missing, 70 a fault of
ours, 130 interrupted. The kernel is built once, in build/kernel/boot (20 minutes of two CPUs); a
window takes some 0.2 s then."""

# Those of no interest to rcufuzz conform are most of all: nine of ten in an idle machine.
LEFT_OUT = "rcu_utilization rcu_watching rcu_dyntick rcu_segcb_stats"
INTERRUPTS = "local_timer reschedule call_function call_function_single irq_work"
INIT = f"""#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
$b mount -t devtmpfs dev /dev
$b mount -t tracefs trace /sys/kernel/tracing
cd /sys/kernel/tracing
while read -r size parameters; do
    echo x86-tsc > trace_clock
    echo $size > buffer_size_kb
    echo 1 > events/rcu/enable
    for event in {LEFT_OUT}; do
        [ -d events/rcu/$event ] && echo 0 > events/rcu/$event/enable
    done
    for event in {INTERRUPTS}; do echo 1 > events/irq_vectors/${{event}}_entry/enable; done
    # Until the kernel has changed to the clock that the tick needs to stop.
    $b sleep 2
    $b insmod /confirm.ko $parameters || echo "rcufuzz: refuses: the module is not loaded"
    echo 0 > tracing_on
    $b cat trace > /dev/vport0p1
done < /script
echo "rcufuzz: done"
$b reboot -f
"""
# The clock of the trace is one for all CPUs; addresses are what callbacks are known by.
ARGUMENTS = "tsc=reliable clocksource=tsc no_hash_pointers"
CPUS = "/proc/cpuinfo"
BUFFERS_KB = 400_000  # of all CPUs
NOCBS = ["", "rcu_nocbs=all", "rcu_nocbs=1-{last}"]  # as the simulation's nocbs has them


def arguments(words):
    parser = argparse.ArgumentParser(prog="scripts/kernel trace", description=__doc__, epilog=HELP)
    parser.add_argument("name", nargs="?", default="6.12-preempt",
                        help="one of scripts/kernel list, of variant preempt, whose tree is built "
                             "to boot; default 6.12-preempt")
    parser.add_argument("--output", metavar="FILE", default="rcufuzz.trace",
                        help="default rcufuzz.trace")
    parser.add_argument("--windows", type=int, default=100, help="default 100")
    parser.add_argument("--seed", type=int, default=1, help="of the operations; default 1")
    parser.add_argument("--most-ops", type=int, default=4, choices=range(1, 9), metavar="N",
                        help="of each CPU in a window, 1 to 8; default 4")
    parser.add_argument("--cpus", type=int, default=2, choices=range(1, 5), metavar="N",
                        help="1 to 4; default 2")
    parser.add_argument("--nocbs", type=int, default=0, choices=range(0, 3), metavar="N",
                        help="as the simulation's: 0 no callbacks are offloaded, 1 all, 2 those of "
                             "CPU 1 and up; default 0")
    parser.add_argument("--seconds", type=int,
                        help="for the boot; default 60 and one for each window")
    parser.add_argument("--console", metavar="FILE", help="keep the boot's console here")
    args = parser.parse_args(words)
    if args.windows < 1:
        parser.error("--windows is at least 1")
    if args.seconds is None:
        args.seconds = 60 + args.windows
    return args


def simulated(name):
    """What is known of the kernel that the trace is to be compared with."""
    try:
        about, patched = confirm_kernel.simulated(name)
    except FileNotFoundError as missing:
        raise kernels.NoKernel(f"no kernel {name}: scripts/kernel build debian:6.12 --variant "
                               "preempt builds 6.12-preempt") from missing
    if about["variant"] != "preempt":
        raise kernels.NoKernel(f"{name} is of variant {about['variant']}, and those that trace are "
                               "preempt")
    return about, patched


def workload_line(args):
    """The size of each CPU's buffer, and the module's parameters."""
    config = f"cpus:{args.cpus},nocbs:{args.nocbs},two_per_leaf:1,no_cpuidle:1"
    return (f"{BUFFERS_KB // args.cpus} windows={args.windows} seed={args.seed} "
            f"most_ops={args.most_ops} config={config}")


def counter_khz():
    """Of the time stamp counter, which is the host's own; 0: it has none, or does not say. A kernel
    that measures it in a machine that is emulated gets nothing, or something wrong; then it has no
    clock without a tick, and no idle CPU ever stops its tick."""
    try:
        with open(CPUS, encoding="utf-8") as file:
            found = re.search(r"^cpu MHz\s*:\s*([0-9.]+)$", file.read(), re.MULTILINE)
    except OSError:
        return 0
    return round(1000 * float(found.group(1))) if found else 0


def boot_arguments(args):
    words = [ARGUMENTS, NOCBS[args.nocbs].format(last=args.cpus - 1)]
    if khz := counter_khz():
        words.append(f"tsc_early_khz={khz}")
    return " ".join(word for word in words if word)


def port(path):
    """A port of the machine's whose output becomes that file."""
    return ["-device", "virtio-serial-pci", "-chardev", f"file,id=trace,path={path}",
            "-device", "virtserialport,chardev=trace,name=trace"]


def counts(path):
    """Windows that are whole, and events, lost or not."""
    windows, events, lost = 0, 0, 0
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.rstrip().endswith(": rcufuzz: over"):
                windows += 1
            elif re.match(r"CPU:\d+ \[LOST", line):
                lost += 1
            elif not line.startswith("#") and ": rcufuzz: " not in line:
                events += 1
    return windows, events, lost


def judge(args, path, console, stopped):
    """Raises NoKernel where the trace is not what was asked for."""
    windows, events, lost = counts(path) if os.path.exists(path) else (0, 0, 0)
    if "rcufuzz: refuses" in console:
        raise kernels.NoKernel("the booted kernel does not load the module")
    if windows != args.windows:
        why = f", stopped after {stopped} s" if stopped else ""
        raise kernels.NoKernel(f"the trace has {windows} of {args.windows} windows{why}" +
                               ("" if args.console else "; --console shows why"))
    if lost:
        kernels.say("the kernel has lost events: fewer windows, or fewer operations, please")
    return events


def trace(args):
    about, patched = simulated(args.name)
    kernels.need({**PACKAGES, **confirm_kernel.FOR_BUILDING})
    with kernels.alone(confirm_kernel.BOOT):
        kernel = trees.Tree(about, confirm_kernel.BOOT, trees.TRACING).kernel(patched)
        module = kernel.module(MODULE)
    since = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        archive = boot.initramfs(folder, module, [workload_line(args)], INIT)
        path = os.path.join(folder, "trace")
        console, stopped = boot.boot(kernel.image, archive, args.cpus, boot_arguments(args),
                                     args.seconds, port(path))
        if args.console:
            with open(args.console, "w", encoding="utf-8") as file:
                file.write(console)
        events = judge(args, path, console, stopped)
        shutil.move(path, args.output)
    print(f"{args.output}: {args.windows} windows, {events} events "
          f"({time.monotonic() - since:.0f} s); rcufuzz conform {args.output} --kernel {args.name}")
    return 0


def main(words):
    args = arguments(words)
    return entry.outcome("scripts/kernel trace", lambda: trace(args))


if __name__ == "__main__":
    entry.run(main)
