# SPDX-License-Identifier: GPL-2.0-or-later
#
# The doubt that ended the mail thread of 2021 about the missed nocb_timer requeue: of step 10 of
# case 2 it said "the callback queued in 8 is in RCU_NEXT_TAIL at this point. Perhaps one more grace
# period is necessary". Here are its steps up to 11 in the thread's own order, without any bug. One
# more grace period is necessary, and not sufficient: rcuo0 sleeps, only rcuog0 could wake it, and
# so the list is not empty in step 11 and nothing is deferred. See nocb-2021-case2.story.
story "the missed nocb_timer requeue of 2021, case 2: the doubt about step 10"
target nocb
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
verdict clean

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

step 7 "rcuo0 goes on. It sees the end of the grace period, advances b and c, and invokes them. It"
       "is preempted again where it enables bottom halves."
  run rcuo0 until invoked0=3, len0=2, in nocb_cb_wait
  holds wait0=0, next0=0, bypass0=2

step 8 "CPU0, in a new jiffy and below its rate limit, calls call_rcu(f), which flushes the bypass"
       "list itself. Callbacks d, e and f are in RCU_NEXT_TAIL now. Since nothing pended before"
       "them, rcuog0 is told to wake up."
  run cpu0 until f done
  holds bypass0=0, next0=3, gp_sleep0=0

step 9 "The other group drives a few grace periods. rcuog0 still does not run, and"
       "nocb_bypass_timer still does not fire."
  run cpu2 until g done
  settle but rcuog0, rcuo0, rcuog0/timer
  holds invoked2=1, gp=0
  holds bypass_timer0=1, next0=3, rcuog0 awake

step 10 "rcuo0 goes on. Nothing is ready: d, e and f are still in RCU_NEXT_TAIL. rcuo0 gives them"
        "the number of a grace period itself, requests that, and goes to sleep."
  run rcuo0 until asleep
  holds invoked0=3, next0=0, wait0=3

step 10a "That grace period ends. rcuo0 is not woken by it."
  settle but rcuog0, rcuog0/timer
  holds gp=0, rcuo0 asleep, rcuog0 awake, invoked0=3, wait0=3

step 11 "CPU0 calls call_rcu(h) with interrupts disabled. Callbacks pend before it, so no wake-up"
        "is deferred: nocb_timer of CPU0 is not armed."
  run cpu0 until h done
  holds timer0=0, level0=0

step 12 "rcuog0 gets a CPU at last, and all callbacks are invoked."
  settle
  holds stranded=0, invoked0=7, len0=0
