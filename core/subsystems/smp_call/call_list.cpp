// SPDX-License-Identifier: GPL-2.0-or-later
//
// include/linux/rculist.h, 2.6.39: the list of calls, changed under call_function.lock, walked
// without. The kernel stores the next pointers plainly where walkers may look at the same time;
// they are marked here. Only the lock's holder looks at prev.
#include "core/subsystems/smp_call/smp_call.h"

namespace rcufuzz::smp_call {

// At the head. A walker that finds the element finds its way on: pairs with rcu_dereference().
void list_add_rcu(CfdData& cfd) {
    CfdData& head = state().head;
    if (is_linked(cfd))
        kernel::fail(Verdict::list_corrupted, "an element that is on the list is added to it");
    CfdData* const next = head.next.get();
    WRITE_ONCE(cfd.next, next);
    cfd.prev.set(&head);
    if (!bug(S19_list_unordered) && !bug(S02_published_half_built) && !bug(S20_unlock_lost))
        memory::smp_wmb();
    WRITE_ONCE(head.next, &cfd);
    next->prev.set(&cfd);
}

// The element keeps its next pointer, for walkers that stand there.
void list_del_rcu(CfdData& cfd) {
    if (!is_linked(cfd))
        kernel::fail(Verdict::list_corrupted, "an element that is not on the list is deleted");
    CfdData* const prev = cfd.prev.get();
    CfdData* const next = cfd.next.get();
    next->prev.set(prev);
    WRITE_ONCE(prev->next, next);
    cfd.prev.set(nullptr);
}

}  // namespace rcufuzz::smp_call
