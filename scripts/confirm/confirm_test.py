#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""From the order of a run to the module's text, and from a console to the answer: all that needs no
kernel; booted_test.py boots one."""
import contextlib
import glob
import io
import json
import os
import re
import tempfile
import unittest
from unittest import mock

import answer
import boot
import booted_test
import confirm_kernel
import kernels
import places
import program
import trace_kernel
import trees

AT = {"file": "kernel/rcu/tree.c", "line": 3629, "function": "kvfree_rcu_queue_batch"}


def op(name, cpu, a=0, b=0, context="on"):
    return {"op": name, "cpu": cpu, "context": context, "a": a, "b": b}


def event(what, who, cpu, **more):
    return {"what": what, "who": who, "cpu": cpu, "jiffy": 100, **more}


def script(ops, events, verdict="barrier_too_short", **more):
    return {"target": "linux", "subject": "6.12 abc", "version": "6.12.117", "verdict": verdict,
            "variant": "base", "parameters": "rcu_nocbs=all",
            "site": "kernel/rcu/tree.c:1471 rcu_gp_slow_unregister", "config": {"cpus": 4},
            "ops": ops, "events": events, **more}


def two_barriers():
    """One is held in the middle while the other comes and goes; the run ends in the other."""
    return script(
        [op("kfree_rcu", 0, 2, 1), op("kfree_barrier", 1), op("kfree_barrier", 3)],
        [event("resume", "cpu0", 0), event("begin", "cpu0", 0, op=0),
         event("end", "cpu0", 0, op=0), event("resume", "cpu1", 1),
         event("begin", "cpu1", 1, op=1),
         event("decide", "cpu1", 1, at=AT, act="irq", on=3),
         event("resume", "swapper3", 3), event("resume", "cpu3", 3),
         event("begin", "cpu3", 3, op=2)])


class Translated(unittest.TestCase):
    def test_a_decided_switch_is_a_hold_between_two_steps(self):
        plan = program.translate(two_barriers())
        self.assertEqual(plan.lines({0: [("kvfree_rcu_queue_batch", 286)]}, {}), [
            "wait 12", "patience 8000", "repeat 1",
            "op 0 0 on kfree_rcu 2 1", "op 1 1 on kfree_barrier 0 0", "op 2 3 on kfree_barrier 0 0",
            "hold 0 1 task work 1 1 0", "at 0 kvfree_rcu_queue_batch 286",
            "step begin 0 0", "step end 0 0", "step begin 1 0", "step arrive 0 0",
            "step begin 2 0", "step end 2 0", "step leave 0 0", "run"])

    def test_who_is_held_goes_on_where_the_run_has_it(self):
        events = two_barriers()["events"]
        events += [event("resume", "cpu1", 1), event("end", "cpu1", 1, op=1),
                   event("end", "cpu3", 3, op=2)]
        plan = program.translate(script(two_barriers()["ops"], events))
        self.assertEqual(plan.steps[3:], [
            ("arrive", 0, 0), ("begin", 2, 0), ("leave", 0, program.SETTLE_MS), ("end", 1, 0),
            ("end", 2, 0)])

    def test_an_allocation_fails_in_its_operation(self):
        failing = event("decide", "cpu0", 0, at=AT, answer=1, question="allocation", nth=2)
        plan = program.translate(script([op("probe_register", 0)],
                                        [event("begin", "cpu0", 0, op=0), failing]))
        self.assertIn("fail 0 2", plan.lines({}, {}))
        self.assertEqual(plan.holds, [])

    def test_what_the_simulation_has_in_a_functions_stead_is_that_functions_beginning(self):
        events = two_barriers()["events"]
        events[5] = event("decide", "cpu1", 1, at=AT, instead="arch_jump_label_transform",
                          act="irq", on=3)
        plan = program.translate(script(two_barriers()["ops"], events))
        self.assertEqual([hold.at for hold in plan.holds],
                         [{"file": None, "line": 0, "function": "arch_jump_label_transform_queue"}])
        self.assertEqual(plan.holds[0].words(),
                         "cpu1 at the beginning of arch_jump_label_transform_queue()")
        # Outside of operations such come too often.
        thread = event("decide", "rcu_sched", 1, at=AT, instead="schedule", act="irq", on=3)
        plan = program.translate(script(two_barriers()["ops"], events[:5] + [thread] + events[6:]))
        self.assertEqual([hold.at for hold in plan.holds], [AT])

    def test_the_pass_is_the_plans(self):
        events = two_barriers()["events"]
        events[5]["pass"] = 3
        plan = program.translate(script(two_barriers()["ops"], events))
        self.assertEqual(plan.holds[0].line(), "hold 0 1 task work 1 3 0")

    def test_who_comes_more_than_once_is_counted_from_the_place_before(self):
        before = {"file": "kernel/jump_label.c", "line": 268, "function": "dec", "pass": 2}
        events = two_barriers()["events"]
        events[5].update(after=before)
        plan = program.translate(script(two_barriers()["ops"], events))
        self.assertIsNone(plan.holds[0].after)
        events[5]["pass"] = 3
        plan = program.translate(script(two_barriers()["ops"], events))
        kernel = mock.Mock(vmlinux="vmlinux")
        with mock.patch.object(places, "resolve", return_value=[[["f", 1]], [["g", 2]]]) as asked:
            lines = plan.lines(*confirm_kernel.place_holds(plan, kernel))
        asked.assert_called_once_with("vmlinux", [AT, before])
        self.assertEqual([line for line in lines if line.startswith(("hold", "a"))],
                         ["hold 0 1 task work 1 1 2", "at 0 f 1", "after 0 g 2"])
        # Where the kernel has no code for it, how often counts.
        with mock.patch.object(places, "resolve", return_value=[[["f", 1]], "no line"]):
            lines = plan.lines(*confirm_kernel.place_holds(plan, kernel))
        self.assertEqual([line for line in lines if line.startswith(("hold", "a"))],
                         ["hold 0 1 task work 1 3 0", "at 0 f 1"])

    def test_a_decision_in_an_operation_that_has_no_place_is_left_to_chance(self):
        events = two_barriers()["events"]
        events[5]["at"] = None
        plan = program.translate(script(two_barriers()["ops"], events))
        self.assertEqual((plan.holds, plan.soft), ([], [events[5]]))

    def test_time_and_own_interrupts_are_left_to_chance(self):
        decisions = [event("decide", "cpu0", 0, at=AT, act="time"),
                     event("decide", "cpu0", 0, at=AT, act="irq", on=0)]
        plan = program.translate(script([op("call_rcu", 0)], [
            event("begin", "cpu0", 0, op=0), *decisions, event("end", "cpu0", 0, op=0)]))
        self.assertEqual((plan.holds, plan.soft), ([], decisions))
        self.assertEqual(plan.steps, [("begin", 0, 0), ("end", 0, 0)])

    def test_time_that_others_use_is_a_hold(self):
        time = event("decide", "cpu0", 0, at=AT, act="time")
        plan = program.translate(script([op("call_rcu", 0), op("call_rcu", 1)], [
            event("begin", "cpu0", 0, op=0), time, event("resume", "swapper1", 1),
            event("begin", "cpu1", 1, op=1), event("end", "cpu1", 1, op=1),
            event("end", "cpu0", 0, op=0)]))
        self.assertEqual((len(plan.holds), plan.soft), (1, [time]))

    def test_two_decisions_at_one_place_are_one_hold(self):
        events = two_barriers()["events"]
        again = event("decide", "cpu1", 1, at=AT, act="irq", on=2)
        plan = program.translate(script(two_barriers()["ops"], events[:6] + [again] + events[6:]))
        self.assertEqual(len(plan.holds), 1)
        again["at"] = dict(AT, line=3640)
        plan = program.translate(script(two_barriers()["ops"], events[:6] + [again] + events[6:]))
        self.assertEqual(len(plan.holds), 2)

    def test_the_module_has_no_more_than_so_many_holds(self):
        decisions = [event("decide", "cpu0", 0, at=dict(AT, line=line), act="irq", on=1)
                     for line in range(33)]
        plan = script([op("call_rcu", 0)], [event("begin", "cpu0", 0, op=0), *decisions])
        with self.assertRaisesRegex(program.Refused, "more than 32 holds"):
            program.translate(plan)
        with open(os.path.join(kernels.MODULE, "confirm.h"), encoding="utf-8") as file:
            self.assertIn("MAX_HOLDS\t32", file.read())

    def test_contexts_and_threads_have_their_names(self):
        self.assertEqual(program.actor(event("", "cpu2/hardirq", 2)), (2, "hardirq", "-"))
        self.assertEqual(program.actor(event("", "cpu1/softirq", 1)), (1, "softirq", "-"))
        self.assertEqual(program.actor(event("", "cpu1", 1)), (1, "task", "work"))
        self.assertEqual(program.actor(event("", "swapper3", 3)), (3, "task", "swapper"))
        self.assertEqual(program.actor(event("", "rcu_sched", 0)), (-1, "task", "rcu_"))
        self.assertEqual(program.actor(event("", "kworker0:0", 0)), (-1, "task", "kworker"))

    def test_what_the_module_cannot_do_is_refused(self):
        with self.assertRaisesRegex(program.Refused, "cannot do the operation lock yet"):
            program.translate(script([op("lock", 0)], []))
        with self.assertRaisesRegex(program.Refused, "which is no kernel"):
            program.translate(script([], [], target="nocb"))

    def test_the_modules_tables_and_ours_agree(self):
        found = set()
        for path in glob.glob(os.path.join(kernels.MODULE, "*.c")):
            with open(path, encoding="utf-8") as file:
                found |= set(re.findall(r'^\t\{ "(\w+)", do_\w+ \},', file.read(), re.MULTILINE))
        self.assertEqual(found, program.OPERATIONS)
        with open(os.path.join(kernels.REPOSITORY, "core/linux/operations.def"),
                  encoding="utf-8") as file:
            self.assertEqual(found - set(re.findall(r"\w+", file.read())), set())


class Placed(unittest.TestCase):
    """What gdb and addr2line say, as it was recorded."""
    LOCK = {"file": "kernel/locking/mutex.c", "line": 171, "function": "__mutex_trylock_fast"}

    def test_a_line_that_is_all_of_inlined_functions_is_where_it_begins(self):
        chains = {16: [("cmpxchg", "a/atomic.h", 101), ("__mutex_trylock_fast", "/s/mutex.c", 171)],
                  22: [("xchg", "/s/atomic.h", 9),
                       ("__mutex_trylock_fast", "/s/kernel/locking/mutex.c", 171),
                       ("mutex_lock", "/s/kernel/locking/mutex.c", 171)],
                  30: [("__mutex_trylock_fast", "/s/kernel/locking/mutex.c", 171)],
                  40: [("__mutex_trylock_fast", "/s/kernel/locking/mutex.c", 180)]}
        found = {"places": [["other", 57]],
                 "without": [[[pc, "mutex_lock", pc] for pc in (16, 22, 30)],
                             [[40, "mutex_unlock", 40]]]}
        with mock.patch.object(places, "chains", return_value=chains):
            self.assertEqual(places.choose("vmlinux", self.LOCK, found),
                             [["other", 57], ["mutex_lock", 22]])
        self.assertEqual(places.choose("vmlinux", self.LOCK, {"error": "no line"}), "no line")

    def test_chains_are_read_as_addr2line_writes_them(self):
        text = "0x0000000000000010\ninner\n/s/a.h:7 (discriminator 3)\nouter\n/s/b.c:8\n" \
               "0x0000000000000014\n??\n??:?\n"
        with mock.patch.object(places, "run", return_value=(text, "")):
            self.assertEqual(places.chains("vmlinux", [16, 20]),
                             {16: [("inner", "/s/a.h", 7), ("outer", "/s/b.c", 8)],
                              20: [("??", "??", 0)]})
        self.assertEqual(places.chains("vmlinux", []), {})


RUN = """[    4.1] rcufuzz: begin
[    4.2] rcufuzz: operation 0 kfree_rcu
"""
OVER = "[   12.4] rcufuzz: runs 1\n[   12.5] rcufuzz: over\n"


class Answered(unittest.TestCase):
    """From consoles as they were recorded."""

    def judged(self, text, verdict="barrier_too_short", known=frozenset(), stopped=None):
        plan = program.translate(dict(two_barriers(), verdict=verdict))
        return answer.judge(answer.Console(text, stopped), plan, known)

    def test_confirmed_by_our_own_oracle(self):
        run = self.judged(RUN + "[   12.3] rcufuzz: wrong barrier_too_short: it returns before 1\n"
                          "[   12.4] rcufuzz: wrong latency_exceeded: kfree_barrier takes 8148 ms\n"
                          "[   12.4] rcufuzz: order 7 of 7 steps\n" + OVER)
        self.assertEqual((run.answer, run.seen), ("confirmed", ["it returns before 1"]))
        self.assertEqual(run.others, ["latency_exceeded: kfree_barrier takes 8148 ms"])

    WARNING = "[ 4.3] WARNING: CPU: 0 PID: 66 at kernel/rcu/tree.c:1471 " \
              "rcu_gp_slow_unregister+0x2f/0x40\n"

    def test_confirmed_by_the_kernels_warning_that_the_control_does_not_have(self):
        run = self.judged(RUN + self.WARNING + OVER, "kernel_warning")
        self.assertEqual(run.answer, "confirmed")
        known = answer.known_complaints(answer.Console(self.WARNING.replace("66", "71")))
        run = self.judged(RUN + self.WARNING + OVER, "kernel_warning", known)
        self.assertEqual(run.answer, "not shown")

    def test_a_warning_counts_only_where_the_plan_has_it(self):
        elsewhere = self.WARNING.replace("1471 rcu_gp_slow_unregister", "1470 rcu_gp_init")
        for changed, count in ((elsewhere, 0), (self.WARNING.replace("tree.c", "srcutree.c"), 0),
                               (self.WARNING.replace("1471", "1508"), 1),
                               (self.WARNING.replace("_unregister", "_frob"), 1)):
            run = self.judged(RUN + changed + OVER, "kernel_warning")
            self.assertEqual((len(run.seen), len(run.others)), (count, 1 - count), changed)

    def test_an_oops_counts_only_where_the_site_is_on_its_stack(self):
        oops = "[ 4.3] BUG: kernel NULL pointer dereference, address: 0000000000000008\n" \
               "[ 4.3] RIP: 0010:_raw_spin_lock+0x13/0x30\n[ 4.3]  FUNCTION+0x2f/0x40\n"
        for function, answered in (("rcu_gp_slow_unregister.isra.0", "confirmed"),
                                   ("rcu_gp_init", "not shown")):
            run = self.judged(RUN + oops.replace("FUNCTION", function) + OVER, "oops")
            self.assertEqual(run.answer, answered)
        # What a later complaint says is not of this one.
        run = self.judged(RUN + oops.replace("FUNCTION", "rcu_gp_init") + self.WARNING + OVER,
                          "oops")
        self.assertEqual(run.answer, "not shown")

    def test_a_site_is_also_in_functions_that_the_compiler_made_of_it(self):
        site = program.Site("kernel/rcu/tree.c:1471 inlined")
        kernel = mock.Mock(vmlinux="vmlinux")
        resolved = [[["outer.cold", 7]]]
        with mock.patch.object(confirm_kernel.places, "resolve", return_value=resolved):
            confirm_kernel.place_site(site, kernel)
        self.assertEqual(site.functions, {"inlined", "outer"})
        with mock.patch.object(confirm_kernel.places, "resolve", return_value=["no line"]):
            confirm_kernel.place_site(site, kernel)
        self.assertEqual(program.Site("").functions, set())
        self.assertEqual(program.Site("linux/runtime/workqueue.c:94 run_work").functions,
                         {"run_work", "process_one_work"})

    def test_confirmed_by_a_hang(self):
        self.assertEqual(self.judged(RUN, "livelock", stopped=120).answer, "confirmed")
        self.assertEqual(self.judged("", "livelock", stopped=120).answer, "not reached")
        without = re.sub(r"\[.*?\] ", "", RUN)
        self.assertEqual(self.judged(without, "livelock", stopped=120).answer, "not shown")
        self.assertEqual(self.judged(RUN, "wrong_data", stopped=120).answer, "not shown")
        self.assertEqual(self.judged(RUN, "stranded_callback", stopped=120).answer, "not shown")

    def test_who_still_speaks_does_not_hang(self):
        alive = "[  117.2] rcufuzz: alive, run 9\n"
        run = self.judged(RUN + alive, "livelock", stopped=120)
        self.assertEqual((run.answer, run.others),
                         ("not shown", ["the machine was stopped before the end of the workload"]))
        self.assertEqual(self.judged(RUN + OVER, "livelock").answer, "not shown")

    def test_infeasible_says_who_waited_for_whom(self):
        run = self.judged(RUN + "[   12.3] rcufuzz: order 5 of 7 steps\n"
                          "[   12.3] rcufuzz: awaited step 5: end 2\n"
                          "[   12.3] rcufuzz: waited for by step 6: leave 0\n"
                          "[   12.3] rcufuzz: hold 0: taken, 4 passes of all, 1 of its own\n" +
                          OVER)
        self.assertEqual(run.answer, "infeasible")
        self.assertEqual(run.order, "5 of 7 steps; waited in vain until operation 3, kfree_barrier "
                         "on cpu3, ends (before cpu1 at kernel/rcu/tree.c:3629 "
                         "kvfree_rcu_queue_batch() goes on)")

    def test_who_is_held_where_the_order_cannot_be_had_is_let_go(self):
        plan = program.translate(two_barriers())
        stuck = answer.Console(RUN + "[   12.3] rcufuzz: awaited step 5: end 2\n" + OVER)
        confirm_kernel.relax(plan, stuck, answer.Run("not shown", [], [], ""))
        self.assertEqual(plan.free, set())
        with contextlib.redirect_stdout(io.StringIO()):
            confirm_kernel.relax(plan, stuck, answer.judge(stuck, plan))
        lines = plan.lines({0: [("f", 0)]}, {})
        self.assertFalse([line for line in lines if line.startswith(("hold", "at"))])
        self.assertEqual([line for line in lines if line.startswith("step")],
                         ["step begin 0 0", "step end 0 0", "step begin 1 0", "step begin 2 0",
                          "step end 2 0"])
        self.assertIsNone(plan.held_at("end", 2))
        plan = program.translate(two_barriers())
        never = answer.Console(RUN + "[   12.3] rcufuzz: awaited step 3: arrive 0\n" + OVER)
        with contextlib.redirect_stdout(io.StringIO()):
            confirm_kernel.relax(plan, never, answer.judge(never, plan))
        self.assertEqual(plan.free, {0})

    def test_not_reached(self):
        untouched = "[ 12.3] rcufuzz: awaited step 3: arrive 0\n" \
                    "[ 12.3] rcufuzz: hold 0: not taken, 0 passes of all, 0 of its own\n"
        self.assertEqual(self.judged(RUN + untouched + OVER).answer, "not reached")
        run = self.judged(RUN + "[ 12.3] rcufuzz: missed step 3: arrive 0\n" + OVER)
        self.assertEqual(run.answer, "not reached")
        run = self.judged("[ 4.1] rcufuzz: refuses -22: at 0 gone 7\n" + RUN + OVER)
        self.assertEqual((run.answer, run.seen), ("not reached", ["refuses -22: at 0 gone 7"]))

    def test_not_shown(self):
        run = self.judged(RUN + "[   12.3] rcufuzz: order 7 of 7 steps\n" + OVER)
        self.assertEqual((run.answer, run.seen, run.order), ("not shown", [], "7 of 7 steps"))

    def test_of_several_boots_the_best_counts(self):
        words = ["not reached", "infeasible", "not shown", "confirmed"]
        runs = [answer.Run(word, [], [], "") for word in words]
        self.assertEqual(answer.overall(runs).answer, "confirmed")
        self.assertEqual(answer.overall(runs[:3]).answer, "not shown")
        self.assertEqual(answer.overall(runs[:2]).answer, "infeasible")


class Built(unittest.TestCase):
    """What is laid over a tree."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name
        for name, text in {"tree/kernel/a.c": "a", "tree/kernel/b.c": "b",
                           "patched/kernel/a.c": "changed", "patched/kernel/b.c": "b"}.items():
            trees.put(os.path.join(self.folder, name), text.encode())
        self.tree = trees.Tree({"tree": os.path.join(self.folder, "tree"), "release": "6.12.1"},
                               os.path.join(self.folder, "boot"))

    def patched(self):
        return trees.changed_files(self.tree.simulated, os.path.join(self.folder, "patched"))

    def test_only_what_differs_is_laid_over_and_taken_back(self):
        self.assertEqual(self.patched(), {"kernel/a.c": b"changed"})
        self.assertEqual(trees.changed_files(self.tree.simulated, None), {})
        self.tree.unpack()
        source = os.path.join(self.tree.source, "kernel/a.c")
        for files, content in ((self.patched(), b"changed"), (self.patched(), b"changed"),
                               ({}, b"a")):
            self.tree.lay(files)
            self.assertEqual(trees.read(source), content)
        self.assertFalse(os.path.exists(self.tree.originals))
        # The tree of the user is as it was, and what was taken back is newer than its object.
        self.assertEqual(trees.read(os.path.join(self.folder, "tree/kernel/a.c")), b"a")
        self.assertFalse(os.path.islink(source))

    def test_a_kernel_is_known_by_its_files_and_configuration(self):
        plain = trees.key_of({})
        self.assertNotEqual(plain, trees.key_of(self.patched()))
        with mock.patch.object(trees, "CONFIG", os.path.join(self.folder, "tree/kernel/b.c")):
            self.assertNotEqual(plain, trees.key_of({}))

    def test_kernels_with_the_same_headers_share_a_module(self):
        def folder(path, content):
            patched = os.path.join(self.folder, "over")
            for name in ("kernel/a.c", "include/linux/c.h"):
                trees.put(os.path.join(self.folder, "tree", name), b"a")
            trees.put(os.path.join(patched, path), content)
            key = trees.key_of(trees.changed_files(self.tree.simulated, patched))
            os.makedirs(os.path.join(self.tree.folder, "images", key), exist_ok=True)
            return self.tree.kernel(patched).folder

        first = folder("kernel/a.c", b"one")
        self.assertEqual(first, folder("kernel/a.c", b"another"))
        self.assertNotEqual(first, folder("include/linux/c.h", b"changed"))

    def test_new_files_are_refused(self):
        self.tree.unpack()
        with self.assertRaisesRegex(kernels.NoKernel, "kernel/new.c is new"):
            self.tree.lay({"kernel/new.c": b""})


class Machine(unittest.TestCase):
    def test_every_cpu_has_a_socket_and_who_does_not_end_is_stopped(self):
        machine = mock.Mock(pid=7)
        machine.wait.side_effect = [boot.subprocess.TimeoutExpired("qemu", 9), 0]
        machine.poll.return_value = None
        with mock.patch.object(boot.subprocess, "Popen", return_value=machine) as started, \
                mock.patch.object(boot.os, "killpg") as killed:
            self.assertEqual(boot.boot("image", "archive", 3, "preempt=none", 9), ("", 9))
        command = started.call_args.args[0]
        self.assertEqual(command[command.index("-smp") + 1], "3,sockets=3,cores=1,threads=1")
        words = command[command.index("-append") + 1].split()
        self.assertEqual(words[-1], "preempt=none")
        self.assertIn("printk.time=1", words)
        killed.assert_called_once()
        # Without ACPI a kernel cannot turn the machine off; where it would boot anew qemu ends.
        self.assertIn("-no-reboot", command)
        self.assertTrue(boot.INIT.endswith("reboot -f\n"))


class Commanded(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        # Nobody waits for others who build there.
        patch = mock.patch.object(confirm_kernel, "BOOT", temporary.name)
        patch.start()
        self.addCleanup(patch.stop)

    def stops(self, *words):
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors):
            code = confirm_kernel.main(list(words))
        self.assertEqual(code, 64)
        text = errors.getvalue()
        self.assertEqual(text.count("\n"), 1, text)
        return text

    def test_no_such_plan(self):
        with mock.patch.object(confirm_kernel, "PROGRAM", "/bin/false"):
            self.assertIn("rcufuzz explain fails", self.stops("/no/such.plan"))

    def test_what_is_clean_is_not_confirmed(self):
        clean = mock.Mock(returncode=0, stdout=b'{"verdict": "clean"}')
        with mock.patch.object(confirm_kernel.subprocess, "run", return_value=clean):
            self.assertIn("nothing to confirm", self.stops("x.plan"))

    def test_without_qemu_and_apt_there_is_one_line(self):
        with mock.patch.object(confirm_kernel, "script_of", return_value=two_barriers()), \
                mock.patch.object(kernels.shutil, "which", return_value=None):
            self.assertIn("needs qemu-system-x86", self.stops("x.plan"))
            self.assertIn("no apt to install", self.stops("x.plan"))

    def test_a_folder_without_a_kernel(self):
        with mock.patch.object(confirm_kernel, "script_of", return_value=two_barriers()), \
                mock.patch.object(kernels, "need"):
            self.assertIn("no kernel was built there", self.stops("x.plan", "--kernel", "/usr"))

    def test_the_command_line_is_the_simulations(self):
        lazy = dict(two_barriers(), variant="lazy+preempt", parameters="")
        self.assertEqual(confirm_kernel.boot_arguments(two_barriers()),
                         "rcu_nocbs=all preempt=none")
        self.assertEqual(confirm_kernel.boot_arguments(lazy),
                         "preempt=full rcutree.enable_rcu_lazy=1")


    def test_a_mend_as_control_is_compared_with_a_kernel_of_the_same_tree(self):
        made = {"6.12": ({"tree": "t"}, None), "mended": ({"tree": "t"}, "patched"),
                "of another": ({"tree": "u"}, "patched")}
        for control, expected in (("mended", "built"), ("of another", "Debian's"),
                                  ("linux-image-6", "Debian's"), ("./folder", "Debian's"),
                                  (None, "Debian's")):
            args = mock.Mock(kernel=None, control=control)
            with mock.patch.object(confirm_kernel, "simulated", side_effect=made.get), \
                    mock.patch.object(confirm_kernel, "kernel_of", return_value="Debian's"), \
                    mock.patch.object(trees, "Tree") as tree:
                tree.return_value.kernel.return_value = "built"
                self.assertEqual(confirm_kernel.kernel_for(args, two_barriers(), False), expected)

    def test_the_control_is_asked_again_in_the_order_that_was_relaxed(self):
        for relaxed, controls in ((False, 1), (True, 2)):
            def booted(kernel, plan, args, runs, known, tag, relaxed=relaxed):
                plan.free |= {0} if relaxed else set()
                return [(answer.Run("not shown", [], [], ""), answer.Console(RUN + OVER))]

            kernel = mock.Mock()
            kernel.name = "K"
            with mock.patch.object(confirm_kernel, "script_of", return_value=two_barriers()), \
                    mock.patch.object(confirm_kernel, "kernel_for", return_value=kernel), \
                    mock.patch.object(confirm_kernel, "control_of", return_value=kernel), \
                    mock.patch.object(kernels, "need"), \
                    contextlib.redirect_stdout(io.StringIO()), \
                    mock.patch.object(confirm_kernel, "boots", side_effect=booted) as boots:
                self.assertEqual(confirm_kernel.main(["x.plan"]), 0)
            tags = [call.args[5] for call in boots.call_args_list]
            self.assertEqual((tags.count("control"), tags.count("kernel")), (controls, 1))

    def test_the_mails_sentence(self):
        args = confirm_kernel.arguments(["x.plan", "--runs", "3"])
        kernel = mock.Mock()
        kernel.name = "K"
        seen = answer.Run("confirmed", ["it warns", "twice"], [], "")
        self.assertEqual(confirm_kernel.sentence(args, kernel, seen, 2, None),
                         "confirmed on K under qemu, boot 2 of at most 3: it warns.")
        stuck = answer.Run("infeasible", [], [], "1 of 2 steps")
        control = {"kernel": "C", "answer": "not shown"}
        self.assertEqual(confirm_kernel.sentence(args, kernel, stuck, 3, control),
                         "infeasible on K under qemu, 3 boots: 1 of 2 steps. The same on C: "
                         "not shown.")


TRACE = """# tracer: nop
      busybox-43      [000] .....  14662756927: 0xffffffffa00071cb: rcufuzz: window
    rcufuzz/1-45      [001] .....  14663202775: execute: rcufuzz: begin 0
 rcu_preempt-16       [001] d..1.  14688148059: rcu_grace_period: rcu_preempt -1051 start
    rcufuzz/1-45      [001] .....  14663202780: end_one: rcufuzz: over
"""


class Traced(unittest.TestCase):
    """scripts/kernel trace, but for the boot."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def stops(self, *words):
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors):
            self.assertEqual(trace_kernel.main(list(words)), 64)
        text = errors.getvalue()
        self.assertEqual(text.count("\n"), 1, text)
        return text

    def simulated(self, variant):
        about = {"variant": variant, "release": "6.12.117", "tree": self.folder}
        return mock.patch.object(confirm_kernel, "simulated", return_value=(about, None))

    def test_what_the_kernel_boots_with_is_what_the_simulation_is_told(self):
        args = trace_kernel.arguments(["--cpus", "4", "--nocbs", "2", "--seed", "7"])
        self.assertEqual(trace_kernel.workload_line(args),
                         "100000 windows=100 seed=7 most_ops=4 "
                         "config=cpus:4,nocbs:2,two_per_leaf:1,no_cpuidle:1")
        self.assertIn(" rcu_nocbs=1-3", trace_kernel.boot_arguments(args))
        self.assertNotIn("nocbs", trace_kernel.boot_arguments(trace_kernel.arguments([])))

    def test_the_kernel_is_told_how_fast_its_counter_is(self):
        path = os.path.join(self.folder, "cpuinfo")
        with mock.patch.object(trace_kernel, "CPUS", path):
            self.assertEqual(trace_kernel.counter_khz(), 0)
            for text, khz in (("cpu MHz\t\t: 2095.997\ncpu MHz\t: 7.0\n", 2095997),
                              ("BogoMIPS\t: 50.00\n", 0)):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                self.assertEqual(trace_kernel.counter_khz(), khz)
                said = trace_kernel.boot_arguments(trace_kernel.arguments([]))
                self.assertEqual(f"tsc_early_khz={khz}" in said, khz != 0)

    def test_without_qemu_and_apt_there_is_one_line(self):
        with self.simulated("preempt"), \
                mock.patch.object(kernels.os.path, "exists", return_value=False), \
                mock.patch.object(kernels.shutil, "which", return_value=None):
            told = self.stops()
        self.assertIn("scripts/kernel trace: needs qemu-system-x86, busybox-static", told)
        self.assertIn("no apt to install", told)

    def test_a_kernel_that_is_not_built_or_of_another_variant(self):
        with mock.patch.dict(os.environ, RCUFUZZ_KERNELS=self.folder):
            self.assertIn("no kernel 6.12-preempt: scripts/kernel build", self.stops())
        with self.simulated("base"):
            self.assertIn("x is of variant base", self.stops("x"))

    def test_an_unfinished_trace_is_none(self):
        path = os.path.join(self.folder, "trace")
        with open(path, "w", encoding="utf-8") as file:
            file.write(TRACE)
        args = trace_kernel.arguments(["--windows", "1"])
        self.assertEqual(trace_kernel.judge(args, path, "", None), 1)
        args.windows = 2
        with self.assertRaisesRegex(kernels.NoKernel, "1 of 2 windows, stopped after 9 s"):
            trace_kernel.judge(args, path, "", 9)
        with self.assertRaisesRegex(kernels.NoKernel, "0 of 2 windows"):
            trace_kernel.judge(args, path + ".absent", "", None)
        with self.assertRaisesRegex(kernels.NoKernel, "does not load the module"):
            trace_kernel.judge(args, path, "rcufuzz: refuses: the module is not loaded", None)

    def test_lost_events_are_told(self):
        path = os.path.join(self.folder, "trace")
        with open(path, "w", encoding="utf-8") as file:
            file.write(TRACE + "CPU:1 [LOST 7 EVENTS]\n")
        with contextlib.redirect_stdout(io.StringIO()) as told:
            trace_kernel.judge(trace_kernel.arguments(["--windows", "1"]), path, "", None)
        self.assertIn("has lost events", told.getvalue())

    def test_a_kernel_that_traces_has_objects_and_images_of_its_own(self):
        about = {"tree": self.folder, "release": "6.12.117"}
        one, other = trees.Tree(about, "boot"), trees.Tree(about, "boot", trees.TRACING)
        self.assertEqual(one.source, other.source)
        self.assertNotEqual(one.objects, other.objects)
        self.assertNotEqual(trees.key_of({}), trees.key_of({}, trees.TRACING))

    def test_the_trace_leaves_by_a_port(self):
        machine = mock.Mock(pid=7)
        machine.poll.return_value = 0
        with mock.patch.object(boot.subprocess, "Popen", return_value=machine) as started:
            boot.boot("image", "archive", 2, "", 9, trace_kernel.port("/tmp/x"))
        self.assertIn("file,id=trace,path=/tmp/x", started.call_args.args[0])
        self.assertIn("> /dev/vport0p1", trace_kernel.INIT)


class Booted(unittest.TestCase):
    """Of booted_test.py, what needs no kernel."""

    def test_without_qemu_it_is_skipped(self):
        with mock.patch.object(booted_test.shutil, "which", return_value=None), \
                contextlib.redirect_stdout(io.StringIO()) as told:
            self.assertEqual(booted_test.main(), booted_test.SKIPPED)
        self.assertEqual(told.getvalue(), "skipped: qemu-system-x86 is not installed\n")

    def test_it_fails_where_nothing_is_shown(self):
        for answered, code in (("confirmed", 0), ("not shown", 1)):
            def confirm(words, answered=answered):
                with open(words[2], "w", encoding="utf-8") as file:
                    json.dump({"answer": answered, "seen": ["it"]}, file)
                return confirm_kernel.FOUND if answered == "confirmed" else 0
            with mock.patch.object(booted_test, "lacks", return_value=""), \
                    mock.patch.dict(os.environ, RCUFUZZ_CONFIRM="x.plan"), \
                    contextlib.redirect_stderr(io.StringIO()), \
                    mock.patch.object(confirm_kernel, "main", side_effect=confirm):
                self.assertEqual(booted_test.main(), code)


if __name__ == "__main__":
    unittest.main()
