// SPDX-License-Identifier: GPL-2.0-or-later
//
// Judges how spinlocks are used, as the kernel's lockdep does: by classes of locks, within one run.
//   - two classes taken in both orders could deadlock, even if this run did not;
//   - a lock of a class is taken while another of the same class is held, not marked as nested;
//   - a lock is taken in an interrupt and elsewhere held with that interrupt enabled.
#pragma once

namespace rcufuzz::oracle {

// Forgets the last run and listens to the locks of the next.
void begin_lock_order();

}  // namespace rcufuzz::oracle
