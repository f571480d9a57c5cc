#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/kernel confirm: shows a plan's find on a booted kernel, or says how far it came."""
import argparse
import json
import os
import subprocess
import tempfile
import time

import answer
import boot
import entry
import kernels
import places
import program
import trees

PROGRAM = os.path.join(kernels.REPOSITORY, "build/rcufuzz")
BOOT = os.path.join(kernels.REPOSITORY, "build/kernel/boot")
FOUND = 42

HELP = """Exit codes: 42 confirmed, 0 not so (infeasible, not reached, not shown), 64 bad usage, or
something is missing, 70 a fault of ours, 130 interrupted. What is fetched and built stays in
build/kernel/boot. A boot takes some 10 s and is stopped after --seconds."""

FOR_BUILDING = {"flex": "flex", "bison": "bison", "bc": "bc", "make": "make",
                "libelf-dev": "/usr/include/libelf.h"}
PACKAGES = {"qemu-system-x86": "qemu-system-x86_64", "busybox-static": "/bin/busybox",
            "cpio": "cpio", "gcc-12": "gcc-12", "make": "make", "gdb": "gdb",
            "libelf-dev": "/usr/include/libelf.h"}


def arguments(words):
    parser = argparse.ArgumentParser(prog="scripts/kernel confirm", description=__doc__,
                                     epilog=HELP)
    parser.add_argument("plan")
    parser.add_argument("--kernel", metavar="PACKAGE|DIR|NAME",
                        help="boot this one: a package linux-image-*, or a folder in which a "
                             "kernel was built, or the name of one of scripts/kernel list")
    parser.add_argument("--control", metavar="PACKAGE|DIR|NAME",
                        help="a repaired kernel, on which the same must show nothing")
    parser.add_argument("--runs", type=int, default=5, help="at most so many boots; default 5")
    parser.add_argument("--seconds", type=int, default=120, help="for one boot; default 120")
    parser.add_argument("--wait", type=int, default=12,
                        help="seconds in the booted kernel until a callback counts as stranded; "
                             "default 12")
    parser.add_argument("--patience", type=int, default=8000, metavar="MS",
                        help="how long somebody waits for his turn; default 8000")
    parser.add_argument("--repeat", type=int, default=100, metavar="TIMES",
                        help="runs in one boot, until something is wrong; default 100")
    parser.add_argument("--print", action="store_true",
                        help="only print what the module would be given")
    parser.add_argument("--console", metavar="DIR", help="keep each boot's console here")
    parser.add_argument("--mail", metavar="FILE",
                        help="also write the report that can be sent, with the answer in it")
    parser.add_argument("--answer", metavar="FILE", help="also write the answer as JSON")
    args = parser.parse_args(words)
    if args.runs < 1 or args.seconds < 10:
        parser.error("--runs is at least 1, --seconds at least 10")
    return args


def script_of(plan):
    done = subprocess.run([PROGRAM, "explain", plan, "--format", "script"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, FOUND):
        raise kernels.NoKernel(done.stderr.decode(errors="replace").strip() or
                               "rcufuzz explain fails")
    script = json.loads(done.stdout)
    if script["verdict"] == "clean":
        raise program.Refused("the plan is clean in the simulation: there is nothing to confirm")
    return script


def simulated(name):
    """What scripts/kernel build wrote of a kernel."""
    where = os.environ.get("RCUFUZZ_KERNELS", os.path.join(kernels.REPOSITORY, "build/kernel"))
    folder = os.path.join(where, name)
    with open(os.path.join(folder, "about"), encoding="utf-8") as file:
        about = dict(line.split(None, 1) for line in file.read().splitlines())
    patched = os.path.join(folder, "patched")
    return about, patched if os.path.isdir(patched) else None


def kernel_of(word, lines):
    """Of --kernel or --control: a package, where one was built, or a simulated one's name."""
    if word.startswith("linux-image-"):
        return kernels.of_package(word, BOOT, lines)
    if "/" in word or os.path.isdir(word):
        return kernels.of_folder(word)
    return kernel_simulated_as(word, lines)


def kernel_simulated_as(name, lines):
    """Debian's own where it is that; otherwise built from the tree."""
    about, patched = simulated(name)
    if patched is None and "/build/kernel/source/" in about["tree"]:
        return kernel_of(kernels.package_of(about["release"]), lines)
    kernels.need(FOR_BUILDING)
    return trees.Tree(about, BOOT).kernel(patched)


def control_of(args, script, lines):
    """A kernel with undone fixes has the same without as its control."""
    if args.control:
        return kernel_of(args.control, lines)
    about, patched = simulated(script["subject"].split()[0])
    if args.kernel or not patched:
        return None
    return trees.Tree(about, BOOT).kernel(None)


def kernel_for(args, script, lines):
    """Where the control is the same tree with a mend, both are built, so that they differ in that
    only."""
    name = script["subject"].split()[0]
    if args.kernel:
        return kernel_of(args.kernel, lines)
    if args.control and "/" not in args.control and not args.control.startswith("linux-image-"):
        (about, patched), (other, mended) = simulated(name), simulated(args.control)
        if mended and about["tree"] == other["tree"]:
            return trees.Tree(about, BOOT).kernel(patched)
    return kernel_of(name, lines)


def boot_arguments(script):
    """The simulation's own, and preemption and laziness as its variant has them."""
    variant = script["variant"].split("+")
    words = script["parameters"].split()
    words.append("preempt=full" if "preempt" in variant else "preempt=none")
    if "lazy" in variant:
        words.append("rcutree.enable_rcu_lazy=1")
    return " ".join(words)


def place_holds(plan, kernel):
    """For each hold its places in this kernel; and those that it comes after, if it has such."""
    wanted = [hold.at for hold in plan.holds]
    if wanted and not kernel.vmlinux:
        raise kernels.NoKernel(f"{kernel.name} has no debugging information to find lines in")
    later = [hold for hold in plan.holds if hold.after]
    found = places.resolve(kernel.vmlinux, wanted + [hold.after for hold in later])
    for hold, where in zip(plan.holds, found):
        if isinstance(where, str) or not where:
            raise program.Refused(f"{kernel.name} has no code for {hold.words()}" +
                                  (f": {where}" if where else ""))
    befores = {}
    for hold, where in zip(later, found[len(wanted):]):
        if isinstance(where, str) or not where:
            hold.after = None  # then it is counted how often it comes by
        else:
            befores[hold.number] = where
    return dict(enumerate(found[:len(wanted)])), befores


def place_site(site, kernel):
    """Into which functions this kernel's compiler has put it, where one can know that."""
    if kernel.vmlinux and site.function:
        at = {"file": site.file, "line": site.line, "function": site.function}
        found = places.resolve(kernel.vmlinux, [at])[0]
        if not isinstance(found, str):
            site.functions |= {symbol.split(".")[0] for symbol, _ in found}


def boots(kernel, plan, args, runs, known, tag):
    """Up to so many boots, until one confirms; the consoles go to args.console."""
    place_site(plan.site, kernel)
    found = place_holds(plan, kernel)
    cpus = max(plan.script["config"].get("cpus", 2), 1)
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(1, runs + 1):
            since = time.monotonic()
            lines = plan.lines(*found, args.wait, args.patience, args.repeat)
            archive = boot.initramfs(folder, kernel.module(), lines)
            text, stopped = boot.boot(kernel.image, archive, cpus, boot_arguments(plan.script),
                                      args.seconds)
            if args.console:
                keep_console(args.console, f"{tag}-{number}", text)
            console = answer.Console(text, stopped)
            result = answer.judge(console, plan, known)
            results.append((result, console))
            kernels.say(f"{tag} boot {number} of {runs}: {result.answer}, order {result.order}; "
                        f"{time.monotonic() - since:.0f} s")
            if result.answer == answer.CONFIRMED:
                break
            if number < runs:
                relax(plan, console, result)
    return results


def keep_console(folder, name, text):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def relax(plan, console, result):
    """Where an order cannot be had, whoever is held meanwhile is not held next time, or who never
    comes to be held: what then is wrong is wrong all the same."""
    awaited = answer.awaited_step(console)
    if result.answer not in (answer.INFEASIBLE, answer.NOT_REACHED) or not awaited:
        return
    held = plan.held_at(*awaited)
    if held is None and awaited[0] == "arrive":
        held = awaited[1]
    if held is not None:
        kernels.say(f"from now on nobody holds {plan.holds[held].words()}")
        plan.let_go(held)


def confirm(args):
    script = script_of(args.plan)
    plan = program.translate(script)
    if args.print:
        print("\n".join(plan.lines({hold.number: [("?" + hold.words().replace(" ", "_"), 0)]
                                    for hold in plan.holds}, {},
                                   args.wait, args.patience, args.repeat)))
        return 0
    kernels.need(PACKAGES)
    lines = bool(plan.holds)
    with kernels.alone(BOOT):
        kernel = kernel_for(args, script, lines)
        other = control_of(args, script, lines)
        for one in (kernel, other):
            if one:
                one.module()
    known, control = of_control(other, plan, args)
    results = boots(kernel, plan, args, args.runs, known, "kernel")
    if plan.free and other:
        # It has to be clean in the order that the find was seen in.
        known, control = of_control(other, plan, args)
        results = [(answer.judge(console, plan, known), console) for _, console in results]
    result = answer.overall([one for one, _ in results])
    return tell(args, script, kernel, plan, result, len(results), control)


def of_control(kernel, plan, args):
    """What it complains of by itself, and how it does; none: there is no control."""
    if kernel is None:
        return frozenset(), None
    result, console = boots(kernel, plan, args, 1, frozenset(), "control")[-1]
    return answer.known_complaints(console), {"kernel": kernel.name, **vars(result)}


def tell(args, script, kernel, plan, result, count, control):
    print(f"{result.answer}: {script['verdict']} on {kernel.name}, in boot {count} of "
          f"at most {args.runs}" if result.answer == answer.CONFIRMED else
          f"{result.answer}: {script['verdict']} on {kernel.name}, {count} boots")
    for text in result.seen:
        print(f"  seen: {text}")
    print(f"  order: {result.order or 'the workload alone'}")
    for text in dict.fromkeys(result.others):
        print(f"  also: {text}")
    for event in plan.soft:
        print(f"  left to chance: {event['who']}: "
              f"{event.get('words') or event.get('act')}")
    if control:
        print(f"  control: {control['answer']} on {control['kernel']}")
        for text in control["seen"]:
            print(f"    seen there: {text}")
        for text in dict.fromkeys(control["others"]):
            print(f"    also there: {text}")
        if control["order"]:
            print(f"    order there: {control['order']}")
    if args.mail:
        write_mail(args, sentence(args, kernel, result, count, control))
    if args.answer:
        with open(args.answer, "w", encoding="utf-8") as file:
            json.dump({"answer": result.answer, "verdict": script["verdict"],
                       "kernel": kernel.name, "boots": count, "seen": result.seen,
                       "order": result.order, "control": control}, file, indent=1)
            file.write("\n")
    return FOUND if result.answer == answer.CONFIRMED else 0


def sentence(args, kernel, result, count, control):
    """What the mail says of it."""
    text = f"{result.answer} on {kernel.name} under qemu, "
    text += f"boot {count} of at most {args.runs}" if result.seen else f"{count} boots"
    if result.seen:
        text += f": {result.seen[0]}"
    elif result.order:
        text += f": {result.order}"
    if control:
        text += f". The same on {control['kernel']}: {control['answer']}"
    return text + "."


def write_mail(args, booted):
    done = subprocess.run([PROGRAM, "explain", args.plan, "--format", "mail", "--booted", booted,
                           "--output", args.mail, "--force"], stdin=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, FOUND):
        raise kernels.NoKernel(done.stderr.decode(errors="replace").strip())


def main(words):
    args = arguments(words)
    return entry.outcome("scripts/kernel confirm", lambda: confirm(args))


if __name__ == "__main__":
    entry.run(main)
