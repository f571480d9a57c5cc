# SPDX-License-Identifier: GPL-2.0-or-later
#
# D01 in its shortest form: one CPU and three callbacks. No other CPU needs to wake rcuog0; it is
# enough that it is awake for any reason while the first callback is posted.
story "D01 in its shortest form: a direct wake-up leaves nocb_defer_wakeup set"
target nocb
bug D01
config cpus 1
config nobypass_lim 16
op cpu0 off call_rcu as a
op cpu0 on call_rcu as b
op cpu0 off call_rcu as c
verdict stranded_callback

step 1 "rcuog0 is awake and has not looked at CPU0 yet; here it has just been started."
  holds rcuog0 awake, level0=0, timer0=0

step 2 "CPU0 calls call_rcu(a) with interrupts disabled. The wake-up is deferred: nocb_timer is"
       "armed, nocb_defer_wakeup becomes RCU_NOCB_WAKE."
  run cpu0 until a done
  holds timer0=1, level0=1, next0=1

step 3 "rcuog0 finds a by itself. The grace period ends before nocb_timer fires, and a is invoked."
  settle but cpu0/timer
  holds invoked0=1, len0=0, gp=0
  holds rcuog0 asleep, gp_sleep0=1

step 4 "Nobody has touched the deferred wake-up."
  holds timer0=1, level0=1

step 5 "CPU0 calls call_rcu(b) with interrupts enabled. wake_nocb_gp() deletes nocb_timer and leaves"
       "nocb_defer_wakeup as it is: from here on level and timer disagree."
  run cpu0 until b done
  holds timer0=0, level0=1
  fails without the bug

step 6 "b is invoked, everybody sleeps."
  settle
  holds invoked0=2, len0=0, rcuog0 asleep, gp_sleep0=1

step 7 "CPU0 calls call_rcu(c) with interrupts disabled. nocb_defer_wakeup is not RCU_NOCB_WAKE_NOT,"
       "so nocb_timer is not armed."
  run cpu0 until c done
  holds timer0=0, level0=1
  fails without the bug

step 8 "c waits for rcuog0, and nobody will wake rcuog0."
  settle
  holds stranded=1, len0=1, rcuog0 asleep, gp_sleep0=1, timer0=0
