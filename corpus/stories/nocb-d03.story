# SPDX-License-Identifier: GPL-2.0-or-later
#
# D03: rcuog0 cancels the deferred wake-up of its leader while it holds the nocb_lock of another
# CPU. CPUs 0 and 1 are one group with leader CPU 0. The kernel had this until v5.14, with and
# without the fix of 2021.
story "D03: the leader's deferred wake-up is cancelled under the wrong lock"
target nocb
bug D03
config cpus 2
op cpu1 on call_rcu as a
op cpu1 on call_rcu as b
op cpu1 on call_rcu as c
op cpu0 off call_rcu as d
op cpu1 on call_rcu as e
op cpu0 off call_rcu as f
verdict stranded_callback

step 0 "CPU1 posts callbacks until one of them, c, goes to the bypass list. rcuog0 is woken."
  settle
  run cpu1 until c done
  holds next1=2, bypass1=1, rcuog0 awake

step 1 "rcuog0 looks at CPU0, whose lists are empty, and goes on to CPU1."
  run rcuog0 until reading cblist.flags[1]
  holds len0=0, level0=0, timer0=0

step 2 "CPU0 calls call_rcu(d) with interrupts disabled. Under its nocb_lock it arms nocb_timer; it"
       "has not set nocb_defer_wakeup yet."
  run cpu0 until timer0=1
  holds level0=0

step 3 "rcuog0 finds the bypass list of CPU1 not empty. Under the nocb_lock of CPU1 it resets"
       "nocb_defer_wakeup of its leader, CPU0, and deletes the nocb_timer of CPU0."
  run rcuog0 until timer0=0
  holds level0=0
  fails without the bug

step 4 "CPU0 goes on: nocb_defer_wakeup becomes RCU_NOCB_WAKE. Level and timer disagree."
  run cpu0 until d done
  holds timer0=0, level0=1
  fails without the bug

step 5 "rcuog0 arms nocb_bypass_timer and waits for the grace period of a and b."
  run rcuog0 until asleep
  holds bypass_timer0=1, wait1=2

step 6 "The grace period ends before nocb_bypass_timer fires. Meanwhile CPU1 calls call_rcu(e) and"
       "flushes its bypass list itself, so that rcuog0 finds none when it looks again, and does"
       "not reset nocb_defer_wakeup of CPU0."
  run rcu_gp until gp=1
  run rcu_gp until gp=0
  run rcu_gp until asleep
  run cpu1 until e done
  run rcuog0 until asleep
  holds bypass1=0, bypass_timer0=0, wait0=1

step 7 "All callbacks are invoked, everybody sleeps."
  settle
  holds stranded=0, len0=0, len1=0, rcuog0 asleep, gp_sleep0=1
  holds timer0=0, level0=1
  fails without the bug

step 8 "CPU0 calls call_rcu(f) with interrupts disabled. nocb_defer_wakeup is not"
       "RCU_NOCB_WAKE_NOT, so nocb_timer is not armed. Nobody will wake rcuog0 for f."
  run cpu0 until f done
  holds timer0=0, level0=1
  settle
  holds stranded=1, len0=1, rcuog0 asleep, gp_sleep0=1, timer0=0
