# SPDX-License-Identifier: GPL-2.0-or-later
#
# The race that e6cd1e07a185 mends (v2.6.39): "refs" set before the element is on the list, so that
# it is deleted before it is added. The commit says that its author could not provoke it. Three CPUs
# suffice, with one interrupt more than there are calls, and a mask that loses a CPU meanwhile.
story "smp_call_function_many() of 2.6.38: an element is deleted before it is added"
target smp_call
bug S03
config cpus 3
op cpu0 on call_mm stay=1 how=0 as first
op cpu0 on call_mm stay=1 how=0 as second
verdict list_corrupted

step 1 "CPU0 calls CPU1 and CPU2, and does not wait. Its element is on the list, refs is 2."
  run cpu0 until first done
  holds refs0=2, mask0=6, linked0=1, locked0=1

step 2 "CPU1 is interrupted, as it happens, twice. In the first interrupt it finds the element, runs"
       "the function, clears its bit and counts refs down."
  run cpu1/irq until returned
  holds refs0=1, mask0=4, linked0=1

step 3 "In the second interrupt CPU1 comes to the element, and stands there with the pointer in its"
       "hand."
  run cpu1/irq until reading cfd.cpumask[0]

step 4 "CPU0 makes the next call. Two CPUs are in the mask of the mm, so it takes the way over the"
       "list, and waits for its element."
  run cpu0 until spinning

step 5 "CPU2 runs the function, in which it leaves the mm. It counts refs down to 0, takes the"
       "element off the list and unlocks it."
  run cpu2/irq until returned
  holds refs0=0, mask0=0, linked0=0, locked0=0

step 6 "CPU0 locks the element again. Of the mask of the mm only CPU1 is left. It sets refs to 1"
       "before it takes the lock of the list."
  run cpu0 until refs0=1
  holds mask0=2, linked0=0, locked0=1
  fails without the bug

step 7 "CPU1 goes on. Its bit is set and refs is not 0: it runs the function, counts refs down to 0,"
       "and deletes an element that is not on the list."
  run cpu1/irq until refs0=0
  holds linked0=0
