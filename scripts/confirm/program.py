# SPDX-License-Identifier: GPL-2.0-or-later
"""From the order of a simulated run (rcufuzz explain --format script) to what the module gets."""
import re


class Refused(Exception):
    """What a booted kernel cannot be asked to do, in one line."""


# What the module knows; scripts/confirm/confirm_test.py holds it to the module's tables.
OPERATIONS = set("""call_rcu burst synchronize_rcu rcu_barrier get_state poll_state cond_synchronize
    kfree_rcu kfree_barrier shrink probe_register probe_unregister trace static_key sleep spin
    cond_resched call_single call_many nocb_toggle gp_slow cpu_down cpu_up kthread_stop
    call_srcu tasks_call_rcu tasks_synchronize_rcu tasks_rcu_barrier""".split())
NO_OPERATION = 64  # the module's MAX_OPS
# What is one step of the simulation's has this function at its beginning on x86, or in the module.
OURS = "rcufuzz_"
BEGINS_WITH = {"arch_jump_label_transform": "arch_jump_label_transform_queue",
               "machine_static_call_point": OURS + "static_call_point"}
SETTLE_MS = 100    # for what acts between two steps without a step of its own


class Hold:
    """Somebody stays at a place until it is his turn."""

    def __init__(self, number, event, at, op):
        self.number = number
        self.who = event["who"]
        self.cpu, self.context, self.name = actor(event)
        self.op = NO_OPERATION if op is None else op
        self.at = at
        self.passes = event.get("pass", 1)
        # How often a kernel comes by may differ, as by locks that this architecture takes. Then the
        # first time after the place before counts.
        self.after = event.get("after") if self.passes > 1 and at == event["at"] else None

    def line(self):
        passes, after = (1, self.after["pass"]) if self.after else (self.passes, 0)
        return (f"hold {self.number} {self.cpu} {self.context} {self.name} {self.op}"
                f" {passes} {after}")

    def words(self):
        place = f"{self.at['file']}:{self.at['line']}" if self.at["line"] else "the beginning of"
        return f"{self.who} at {place} {self.at['function']}()"


# Of the simulation's own functions, which of the kernel's does the same.
STANDS_FOR = {"run_work": "process_one_work"}


class Site:
    """Where the verdict is, of "kernel/rcu/tree.c:1471 rcu_gp_slow_unregister". `functions`: its
    own, and those into which a compiler has put it."""

    def __init__(self, text):
        found = re.fullmatch(r"(\S+):(\d+)(?: (\S+))?", text)
        self.file, self.line = (found.group(1), int(found.group(2))) if found else ("", 0)
        self.function = found.group(3) if found else None
        self.functions = {self.function, STANDS_FOR.get(self.function)} - {None}


class Program:
    """Operations, steps, holds; `soft`: decisions that are left to the kernel itself."""

    def __init__(self, script):
        self.script = script
        self.site = Site(script["site"])
        self.steps = []
        self.holds = []
        self.free = set()  # those that are not asked for any more
        self.fails = []
        self.soft = []

    def lines(self, places, befores, wait=12, patience=8000, repeat=1):
        """`places`: for each hold, pairs of symbol and offset; `befores`: the same for those that
        come after another place."""
        text = [f"wait {wait}", f"patience {patience}", f"repeat {repeat}"]
        for number, op in enumerate(self.script["ops"]):
            text.append(f"op {number} {op['cpu']} {op['context']} {op['op']} {op['a']} {op['b']}")
        for hold in self.holds:
            if hold.number in self.free:
                continue
            text.append(hold.line())
            text += [f"at {hold.number} {symbol} {offset}"
                     for symbol, offset in places[hold.number]]
            text += [f"after {hold.number} {symbol} {offset}"
                     for symbol, offset in befores.get(hold.number, ())]
        text += [f"fail {op} {nth}" for op, nth in self.fails]
        text += [f"step {kind} {number} {settle}" for kind, number, settle in self.steps]
        return text + ["run"]

    def held_at(self, kind, number):
        """The hold that is taken last when this step is awaited; none: nobody is held then."""
        awaited = self.steps.index(next(step for step in self.steps if step[:2] == (kind, number)))
        held = []
        for what, who, _ in self.steps[:awaited]:
            if what == "arrive":
                held.append(who)
            elif what == "leave":
                held.remove(who)
        return held[-1] if held else None

    def let_go(self, number):
        """From now on nobody is held there: the rest of the order may do."""
        self.free.add(number)
        self.steps = [step for step in self.steps
                      if step[0] not in ("arrive", "leave") or step[1] != number]

    def step_words(self, kind, number):
        if kind in ("begin", "end"):
            op = self.script["ops"][number]
            return f"operation {number + 1}, {op['op']} on cpu{op['cpu']}, {kind}s"
        return f"{self.holds[number].words()} {'comes' if kind == 'arrive' else 'goes on'}"


def actor(event):
    """CPU, context and name as the module takes them."""
    who = event["who"]
    found = re.fullmatch(r"cpu(\d+)(?:/(\w+))?", who)
    if found and found.group(2):
        context = re.sub(r"\d+$", "", found.group(2))
        return int(found.group(1)), context, "-"
    if found:
        return int(found.group(1)), "task", "work"
    # "rcuog0" is rcuog/0, "rcu_sched" rcu_preempt where the kernel is preemptible; a worker of
    # the kernel's has another number there.
    name = re.sub(r"\d+$", "", who)
    known = {"rcuog": "rcuog", "rcuop": "rcuo", "rcuos": "rcuo", "rcuob": "rcuo",
             "rcu_sched": "rcu_", "rcu_preempt": "rcu_", "swapper": "swapper",
             "ksoftirqd": "ksoftirqd", "cpuhp": "cpuhp", "migration": "migration"}
    cpu = event["cpu"] if name in ("swapper", "ksoftirqd", "cpuhp", "migration") else -1
    return cpu, "task", known.get(name, "kworker" if "work" in who else name[:15] or "-")


def translate(script):
    """The program for a script; raises Refused where the module has no such operation."""
    if script["target"] != "linux":
        raise Refused(f"the plan is of {script['target']}, which is no kernel")
    for op in script["ops"]:
        if op["op"] not in OPERATIONS:
            raise Refused(f"the module cannot do the operation {op['op']} yet")
    program = Program(script)
    Translation(program, script["events"]).run()
    return program


class Translation:
    def __init__(self, program, events):
        self.program = program
        self.events = events
        self.op_of = {}     # who -> operation that it is in
        self.held = {}      # who -> hold that it has not left yet
        self.acted = False  # something without a step of its own, since the last step

    def run(self):
        for index, event in enumerate(self.events):
            who = event["who"]
            # What tells of a context tells that it goes on. The decision itself is still there.
            if who in self.held and event["what"] != "decide":
                self.leave(who)
            if event["what"] in ("begin", "end"):
                self.step(event["what"], event["op"])
                self.op_of[who] = event["op"] if event["what"] == "begin" else None
            elif event["what"] == "decide":
                self.decide(index, event)
            elif event["what"] == "resume" and not who.startswith("swapper"):
                self.acted = self.acted or not re.fullmatch(r"cpu\d+", who)
        self.finish()

    def step(self, kind, number, settle=0):
        self.program.steps.append((kind, number, settle))
        self.acted = False

    def leave(self, who):
        hold = self.held.pop(who)
        # Whoever acted last may have no step at its end.
        self.step("leave", hold.number, SETTLE_MS if self.acted or not self.ended() else 0)

    def ended(self):
        return self.program.steps and self.program.steps[-1][0] == "end"

    def decide(self, index, event):
        who = event["who"]
        if "answer" in event:
            self.answer(event)
            return
        at = self.place(event)
        if who in self.held:
            if at == self.held[who].at:
                return  # it is still there
            self.leave(who)
        if event["act"] in ("time", "softirq") or event.get("on") == event["cpu"]:
            # Time passes by itself, and a CPU cannot be held and go on.
            self.program.soft.append(event)
            self.acted = True
            if not self.somebody_else_acts(index):
                return
        if at is None:
            # Between operations their order holds anyway.
            if self.op_of.get(who) is not None and event not in self.program.soft:
                self.program.soft.append(event)
            return
        if len(self.program.holds) == 32:
            raise Refused("there are more than 32 holds")
        hold = Hold(len(self.program.holds), event, at, self.op_of.get(who))
        self.program.holds.append(hold)
        self.step("arrive", hold.number)
        self.held[who] = hold

    def place(self, event):
        """Line 0 is the beginning of a function: in an operation, of what the simulation has in the
        function's stead, since the line before that is passed already."""
        if "instead" in event and self.op_of.get(event["who"]) is not None:
            function = BEGINS_WITH.get(event["instead"], event["instead"])
            return {"file": None, "line": 0, "function": function}
        return event["at"]

    def somebody_else_acts(self, index):
        """On another CPU, before this context goes on."""
        own = self.events[index]
        for event in self.events[index + 1:]:
            if event["who"] == own["who"]:
                return False
            if event["cpu"] != own["cpu"] and not event["who"].startswith("swapper"):
                return True
        return False

    def answer(self, event):
        op = self.op_of.get(event["who"])
        if event["question"] == "allocation" and op is not None:
            self.program.fails.append((op, event.get("nth", 1)))
        else:
            self.program.soft.append(event)

    def finish(self):
        """The run stops at its verdict: what is under way then comes to its end, then the rest."""
        last = self.events[-1]["who"] if self.events else None
        if last not in self.held and self.op_of.get(last) is not None:
            self.step("end", self.op_of[last])
        for who in list(self.held):
            self.leave(who)
