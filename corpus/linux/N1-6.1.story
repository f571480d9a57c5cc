# SPDX-License-Identifier: GPL-2.0-or-later
#
# The first case of the mail thread of 2021, corpus/stories/nocb-2021-case1.story, on the source of
# 6.1.192 in which the fix is undone (N1.cocci). Since v5.14 a group has one nocb_timer and one
# deferred level, its leader's, so that level and timer disagree from step 3 on already: the direct
# wake-up by the group's other CPU deletes the timer that the first CPU has armed. CPU2 and CPU3
# are the group, CPU2 is its leader; the thread's CPU1 is CPU2 here, its CPU2 is CPU3. Both stay in
# the kernel, where they poll and offer their CPU to others: so grace periods end though no tick
# comes. Quantities of a group stand under any of its CPUs.
story "the missed nocb_timer requeue of 2021, case 1, on 6.1: a direct wake-up"
target linux
kernel 6.1-nohz_full-without-N1 6bc36ce95036
config end_tick 0
config cpus 4
config gp_stride 2
config nohz_full 1
config sched_qs 1
op cpu2 off call_rcu how=0 as a
op cpu2 on spin jiffies=4 how=1 as rest1
op cpu2 on spin jiffies=4 how=1 as rest2
op cpu2 on call_rcu how=0 as c
op cpu2 on spin jiffies=4 how=1 as rest3
op cpu2 on spin jiffies=4 how=1 as rest4
op cpu2 off call_rcu how=0 as d
op cpu3 on call_rcu how=0 as b
op cpu3 on spin jiffies=4 how=1 as also1
op cpu3 on spin jiffies=4 how=1 as also2
op cpu3 on spin jiffies=4 how=1 as also3
op cpu3 on spin jiffies=4 how=1 as also4
verdict stranded_callback

step 1 "All callback lists of the group are empty, and rcuog2 sleeps on nocb_gp_wq."
  holds rcuog2 asleep, gp_sleep2=1, gp=0
  holds len2=0, len3=0, level2=0, timer2=0

step 2 "CPU2 calls call_rcu(a) with interrupts disabled. Its list was empty, so the wake-up of"
       "rcuog2 is deferred: nocb_timer is armed, nocb_defer_wakeup is RCU_NOCB_WAKE."
  run cpu2 until a done
  holds next2=1, timer2=1, level2=2
  holds rcuog2 asleep, gp_sleep2=1

step 3 "CPU3 calls call_rcu(b) with interrupts enabled, which wakes rcuog2 directly. In"
       "__wake_nocb_gp() it deletes the group's nocb_timer, and leaves nocb_defer_wakeup as it is:"
       "from here on level and timer disagree."
  run cpu3 until b done
  holds next3=1, gp_sleep2=0
  holds timer2=0, level2=2
  fails without the bug

step 4 "rcuog2 looks at all lists of the group: it gives a and b the number of a grace period and"
       "requests that."
  run all but cpu2, cpu3 until wait2=1, wait3=1
  holds level2=2, timer2=0

step 5 "rcuog2 waits for the end of that grace period."
  run all but cpu2, cpu3 until rcuog2 asleep
  holds wait2=1, wait3=1

step 6 "The grace period ends. CPU2 and CPU3 have passed quiescent states in the kernel; no tick"
       "has come, which would have carried out the deferred wake-up."
  run cpu2 until rest1 begun
  run cpu3 until also1 begun
  run all but cpu2/timer, cpu3/timer until rest1 done, also1 done
  holds gp=1
  run cpu2 until rest2 begun
  run cpu3 until also2 begun
  run all but cpu2/timer, cpu3/timer until gp=0
  holds wait2=1, wait3=1, level2=2, timer2=0

step 7 "rcu_sched has woken rcuog2, which wakes rcuos2 and rcuos3. All of them go back to sleep."
  run all but cpu2/timer, cpu3/timer until invoked=2
  run all but cpu2/timer, cpu3/timer until rcuog2 asleep, rcuos2 asleep, rcuos3 asleep

step 8 "Callbacks a and b have been invoked."
  holds invoked=2, len2=0, len3=0

step 9 "Nobody has touched the deferred wake-up: nocb_defer_wakeup is still RCU_NOCB_WAKE, and no"
       "timer is armed for it."
  holds level2=2, timer2=0

step 10 "CPU2 calls call_rcu(c) with interrupts enabled. The list was empty again, and"
        "wake_nocb_gp() is called directly. It finds no timer to delete, and leaves the level."
  run all but cpu2/timer, cpu3/timer until rest2 done, also2 done
  run cpu2 until c done
  holds timer2=0, level2=2
  fails without the bug

step 11 "rcuog2 wakes up and gives c the number of a grace period."
  run all but cpu2, cpu3 until wait2=1

step 12 "The grace period ends, c is invoked, everybody sleeps."
  run cpu2 until rest3 begun
  run cpu3 until also3 begun
  run all but cpu2/timer, cpu3/timer until rest3 done, also3 done
  run cpu2 until rest4 begun
  run cpu3 until also4 begun
  run all but cpu2/timer, cpu3/timer until invoked=3
  run all but cpu2/timer, cpu3/timer until rcuog2 asleep, rcuos2 asleep, gp=0
  run all but cpu2/timer, cpu3/timer until rest4 done, also4 done
  holds len2=0, level2=2, timer2=0

step 13 "CPU2 calls call_rcu(d) with interrupts disabled. wake_nocb_gp_defer() arms nocb_timer"
        "only where nocb_defer_wakeup is below RCU_NOCB_WAKE, so it does not arm it."
  run cpu2 until d done
  holds next2=1, timer2=0, level2=2
  fails without the bug

step 14 "d waits for rcuog2, and nobody will wake rcuog2."
  holds rcuog2 asleep, gp_sleep2=1, timer2=0, invoked=3
