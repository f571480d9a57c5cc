# SPDX-License-Identifier: GPL-2.0-or-later
#
# The first case of the mail thread of 2021 about the missed nocb_timer requeue, in its corrected
# form. CPUs 0 to 2 are one group with leader CPU 0: rcuog0 serves them all. After step 14 nothing
# but the CPU's own tick, idle entry or user entry could help, and CPU1 stays in the kernel.
story "the missed nocb_timer requeue of 2021, case 1: a direct wake-up"
target nocb
bug D01
config nobypass_lim 16
op cpu1 off call_rcu as a
op cpu2 on call_rcu as b
op cpu1 on call_rcu as c
op cpu1 off call_rcu as d
verdict stranded_callback

step 1 "All callback lists of the group are empty, and rcuog0 sleeps on nocb_gp_wq."
  settle
  holds rcuog0 asleep, gp_sleep0=1, gp=0
  holds len0=0, len1=0, len2=0, level1=0, timer1=0

step 2 "CPU1 calls call_rcu(a) with interrupts disabled. Its list was empty, so the wake-up of"
       "rcuog0 is deferred: nocb_timer of CPU1 is armed, nocb_defer_wakeup is RCU_NOCB_WAKE."
  run cpu1 until a done
  holds next1=1, timer1=1, level1=1
  holds rcuog0 asleep, gp_sleep0=1

step 3 "CPU2 calls call_rcu(b) with interrupts enabled, which wakes rcuog0 directly."
  run cpu2 until b done
  holds next2=1, timer2=0, level2=0
  holds rcuog0 awake, gp_sleep0=0

step 4 "rcuog0 looks at all lists of the group: it gives a and b the number of a grace period and"
       "requests that. It does not look at the deferred wake-up of CPU1."
  run rcuog0 until wait1=1, wait2=1
  holds level1=1, timer1=1

step 5 "rcuog0 waits for the end of that grace period."
  run rcuog0 until asleep
  holds gp_sleep0=1, wait1=1, wait2=1

step 6 "The grace period ends before nocb_timer of CPU1 fires."
  run rcu_gp until gp=1
  run rcu_gp until gp=0
  holds wait1=1, wait2=1
  holds timer1=1, level1=1

step 7 "rcu_gp has woken rcuog0, which wakes rcuo1 and rcuo2. All of them go back to sleep."
  settle but cpu1/timer
  holds rcuog0 asleep, rcuo1 asleep, rcuo2 asleep, gp_sleep0=1

step 8 "Callbacks a and b have been invoked."
  holds invoked1=1, invoked2=1, len1=0, len2=0

step 9 "Nobody has touched the deferred wake-up: nocb_defer_wakeup of CPU1 is still"
       "RCU_NOCB_WAKE, its nocb_timer is still pending."
  holds level1=1, timer1=1

step 10 "CPU1 calls call_rcu(c) with interrupts enabled. The list was empty again, and this time"
        "wake_nocb_gp() is called directly. It deletes nocb_timer of CPU1, but leaves"
        "nocb_defer_wakeup as it is: from here on level and timer disagree."
  run cpu1 until c done
  holds timer1=0, level1=1
  fails without the bug

step 11 "rcuog0 wakes up and gives c the number of a grace period."
  run rcuog0 until wait1=1

step 12 "The grace period ends, c is invoked, everybody sleeps."
  settle
  holds invoked1=2, len1=0
  holds rcuog0 asleep, rcuo1 asleep, gp_sleep0=1, gp=0

step 13 "CPU1 calls call_rcu(d) with interrupts disabled. wake_nocb_gp_defer() arms nocb_timer"
        "only where nocb_defer_wakeup is RCU_NOCB_WAKE_NOT, so it does not arm it."
  run cpu1 until d done
  holds timer1=0, level1=1
  fails without the bug

step 14 "d waits for rcuog0, and nobody will wake rcuog0."
  settle
  holds stranded=1, invoked1=2, len1=1
  holds rcuog0 asleep, gp_sleep0=1, timer1=0
