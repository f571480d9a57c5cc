# SPDX-License-Identifier: GPL-2.0-or-later
#
# The second case of the mail thread of 2021 about the missed nocb_timer requeue. CPUs 0 and 1 are
# one group with leader CPU 0, CPUs 2 and 3 another: rcuog0 does not run from step 6 to step 12
# while rcuog2 goes on driving grace periods.
#
# The thread has steps 7 and 8 in the other order and doubts its step 10; the doubt is right: in
# that order the callbacks of the flush are still in RCU_NEXT_TAIL in step 10 and rcuo0 goes to
# sleep with them (nocb-2021-case2-doubt.story), so they need one more grace period, and rcuo0 must
# give them its number while it still has others to invoke, which the order below lets it do.
story "the missed nocb_timer requeue of 2021, case 2: the bypass timer"
target nocb
bug D02
config cpus 4
config stride 2
op cpu0 on call_rcu as a
op cpu0 on call_rcu as b
op cpu0 on call_rcu as c
op cpu0 on call_rcu as d
op cpu0 on call_rcu as e
op cpu0 on call_rcu as f
op cpu2 on call_rcu as g
op cpu0 off call_rcu as h
op cpu0 off call_rcu as i
verdict stranded_callback

step 0 "rcuo0 has invoked callback a, and the list of CPU0 is empty. rcuo0 is preempted where it"
       "enables bottom halves again."
  settle
  run cpu0 until a done
  settle but rcuo0
  run rcuo0 until invoked0=1, len0=0, in nocb_cb_wait
  holds rcuog0 asleep, gp_sleep0=1, gp=0

step 1 "CPU0 calls call_rcu(b) with interrupts enabled, which wakes rcuog0, and goes on posting"
       "until callbacks go to the bypass list."
  run cpu0 until d done
  holds next0=2, bypass0=1, rcuog0 awake

step 2 "CPU0 queues a last callback, e, on the bypass list. It still holds nocb_bypass_lock."
  run cpu0 until bypass0=2

step 3 "Two jiffies later rcuog0 numbers the callbacks of the regular list. It wants to flush the"
       "bypass list, which has become old, but fails to take nocb_bypass_lock."
  run rcuog0 until in nocb_gp_wait
  advance 2
  run rcuog0 until wait0=2
  holds bypass0=2

step 4 "rcuog0 arms nocb_bypass_timer for two jiffies from now and waits for the grace period."
  run rcuog0 until asleep
  holds bypass_timer0=1
  run cpu0 until e done

step 5 "The grace period ends before nocb_bypass_timer fires."
  run rcu_gp until gp=1
  run rcu_gp until gp=0
  holds bypass_timer0=1

step 6 "rcu_gp makes rcuog0 runnable, but it does not get a CPU."
  run rcu_gp until asleep
  holds rcuog0 awake

step 7 "CPU0, in a new jiffy and below its rate limit, calls call_rcu(f), which flushes the bypass"
       "list itself. Callbacks d, e and f are in RCU_NEXT_TAIL now; b and c still pend before"
       "them, so that nobody needs to be woken."
  run cpu0 until f done
  holds bypass0=0, wait0=2, next0=3, gp_sleep0=1

step 8 "rcuo0 goes on. It sees the end of the grace period, advances b and c, gives d, e and f the"
       "number of a next grace period and requests that. It invokes b and c and is preempted"
       "again where it enables bottom halves."
  run rcuo0 until invoked0=3, len0=3, in nocb_cb_wait
  holds wait0=3, next0=0

step 9 "The other group drives a few grace periods. rcuog0 still does not run, and"
       "nocb_bypass_timer still does not fire."
  run cpu2 until g done
  settle but rcuog0, rcuo0, rcuog0/timer
  holds invoked2=1, gp=0
  holds bypass_timer0=1, wait0=3, rcuog0 awake

step 10 "rcuo0 goes on, advances and invokes everything, and sleeps."
  run rcuo0 until asleep
  holds invoked0=6, len0=0

step 11 "CPU0 calls call_rcu(h) with interrupts disabled. The list was empty, so nocb_timer of CPU0"
        "is armed and its nocb_defer_wakeup becomes RCU_NOCB_WAKE."
  run cpu0 until h done
  holds timer0=1, level0=1, rcuog0 awake

step 12 "nocb_bypass_timer fires at last. rcuog0 is awake already, but nocb_timer of CPU0 is"
        "deleted and its nocb_defer_wakeup stays as it is: level and timer disagree."
  run rcuog0/timer until returned
  holds timer0=0, level0=1, rcuog0 awake
  fails without the bug

step 13 "rcuog0 runs and gives h the number of a grace period. No bypass list of the group has an"
        "entry, or it would reset nocb_defer_wakeup of its leader."
  run rcuog0 until wait0=1
  holds bypass0=0, bypass1=0

step 14 "The grace period ends, h is invoked, everybody sleeps."
  settle
  holds invoked0=7, len0=0, gp=0
  holds rcuog0 asleep, rcuo0 asleep, gp_sleep0=1, bypass_timer0=0

step 15 "CPU0 calls call_rcu(i) with interrupts disabled. Its nocb_defer_wakeup is not"
        "RCU_NOCB_WAKE_NOT, so nocb_timer is not armed."
  run cpu0 until i done
  holds timer0=0, level0=1
  fails without the bug

step 16 "i waits for rcuog0, and nobody will wake rcuog0."
  settle
  holds stranded=1, invoked0=7, len0=1
  holds rcuog0 asleep, gp_sleep0=1, timer0=0
