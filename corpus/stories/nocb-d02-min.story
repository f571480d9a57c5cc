# SPDX-License-Identifier: GPL-2.0-or-later
#
# D02 in its shortest form: no timer is late, and nobody is preempted for long. The bypass timer is
# due in the very jiffy in which CPU0 defers a wake-up.
story "D02 in its shortest form: the bypass timer leaves nocb_defer_wakeup set"
target nocb
bug D02
config cpus 1
config nobypass_lim 1
config strict_gp 1
op cpu0 on call_rcu as a
op cpu0 on call_rcu as b
op cpu0 off call_rcu as c
op cpu0 off call_rcu as d
verdict stranded_callback

step 1 "CPU0 has posted a callback, a, in this jiffy, and it has been invoked: the grace period was"
       "short. The next callback of this jiffy, b, goes to the bypass list."
  settle
  run cpu0 until a done
  settle
  run cpu0 until b done
  holds invoked0=1, bypass0=1, next0=0, wait0=0

step 2 "rcuog0 looks at CPU0: b is young, so it stays where it is. Nothing is there to wait for."
       "rcuog0 arms nocb_bypass_timer for two jiffies from now and sleeps on nocb_gp_wq."
  run rcuog0 until asleep
  holds bypass0=1, bypass_timer0=1, gp=0, gp_sleep0=1

step 3 "Two jiffies later, before nocb_bypass_timer fires, CPU0 calls call_rcu(c) with interrupts"
       "disabled. It flushes the bypass list. The regular list was empty, so the wake-up is"
       "deferred: nocb_timer is armed, nocb_defer_wakeup becomes RCU_NOCB_WAKE."
  advance 2
  run cpu0 until c done
  holds bypass0=0, next0=2, timer0=1, level0=1, bypass_timer0=1

step 4 "nocb_bypass_timer fires on the CPU of rcuog0. Its wake_nocb_gp() deletes nocb_timer of CPU0"
       "and leaves nocb_defer_wakeup as it is: level and timer disagree."
  run rcuog0/timer until returned
  holds timer0=0, level0=1, gp_sleep0=0
  fails without the bug

step 5 "rcuog0 takes care of b and c. They are invoked, everybody sleeps."
  settle
  holds invoked0=3, len0=0, rcuog0 asleep, gp_sleep0=1, bypass_timer0=0

step 6 "A jiffy later CPU0 calls call_rcu(d) with interrupts disabled. nocb_defer_wakeup is not"
       "RCU_NOCB_WAKE_NOT, so nocb_timer is not armed."
  advance 1
  run cpu0 until d done
  holds timer0=0, level0=1
  fails without the bug

step 7 "d waits for rcuog0, and nobody will wake rcuog0."
  settle
  holds stranded=1, len0=1, rcuog0 asleep, gp_sleep0=1, timer0=0
