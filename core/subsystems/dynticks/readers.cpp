// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/subsystems/dynticks/readers.h"

#include "core/subsystems/dynticks/dynticks.h"
#include "core/subsystems/dynticks/notes.h"

namespace rcufuzz::dynticks {

void Readers::init(unsigned cpus) {
    cpus_ = cpus;
    objects.head.init("list", -1, &make_object(1));
    objects.lock.init("list_lock", -1, 1);
    func_stack.head.init("func_stack", -1, &make_object(2));
    func_stack.lock.init("klp_lock", -1, 2);
}

Object& Readers::make_object(int data) {
    Object& object = kernel::allocate<Object>();
    object.data.init("object", ++objects_made_, data);
    for (unsigned cpu = 0; cpu < cpus_; ++cpu) object.used[cpu].init();
    return object;
}

// --- readers ------------------------------------------------------------------------------------

// W1. The kernel's own test, with PROVE_RCU: "RCU used illegally from idle CPU!"
void Readers::rcu_read_lock(const Site& site) {
    const RcuDynticks& rdtp = this_cpu();
    const bool watched = watches(rdtp);
    note(Note::read_lock, watched ? 1 : 0, 0, site);
    if (!watched && scenario::white_box_oracles)
        kernel::suspect(
            Verdict::rcu_not_watching,
            {"W1: a reader begins on cpu" + std::to_string(rdtp.cpu) +
                 ", which RCU does not watch",
             "W1_" + in_context()},
            site);
    Sections& sections = sections_[rdtp.cpu];
    CHECK(sections.count < sections.open.size());
    sections.open[sections.count++] = ++begun_;
}

void Readers::rcu_read_unlock(const Site& site) {
    Sections& sections = sections_[this_cpu().cpu];
    CHECK(sections.count != 0);
    --sections.count;
    note(Note::read_unlock, 0, 0, site);
}

bool Readers::any_open_of_first(unsigned cpu, std::uint32_t count) const {
    const Sections& sections = sections_[cpu];
    return sections.count != 0 && sections.open[0] <= count;
}

void Readers::use(Object& object, const Site& site) {
    load_plain(object.data, site);
    if (object.freed)
        kernel::fail(Verdict::use_after_free,
                     {"a reader on cpu" + std::to_string(this_cpu().cpu) +
                          " uses what has been freed after a grace period",
                      "freed_after_a_grace_period"},
                     site);
    object.used[this_cpu().cpu].reach();
}

void Readers::look_at(const ProtectedList& list, const Site& site) {
    Object* const object = memory::rcu_dereference(list.head, site);
    note(&list == &objects ? Note::dereference : Note::klp_func, 0, 0, site);
    use(*object, site);
    use(*object, site);
}

void Readers::read(const Site& site) {
    rcu_read_lock(site);
    look_at(objects, site);
    rcu_read_unlock(site);
}

// --- updaters -----------------------------------------------------------------------------------

Object& Readers::replace(ProtectedList& list, const Site& site) {
    Object& fresh = make_object(objects_made_);
    kernel::raw_spin_lock(list.lock, site);
    Object& old = *READ_ONCE(list.head, site);
    memory::rcu_assign_pointer(list.head, &fresh, site);
    kernel::raw_spin_unlock(list.lock, site);
    return old;
}

void Readers::free(Object& object, const Site& site) {
    for (unsigned cpu = 0; cpu < cpus_; ++cpu)
        if (object.used[cpu].is_reached() && !object.used[cpu].certain_here())
            kernel::fail(Verdict::use_after_free,
                         kernel::Objection::whole_cause(
                             "an object is freed, and nothing orders this after a reader's "
                             "accesses on cpu" +
                                 std::to_string(cpu),
                             std::string("freed and not after a reader") +
                                 (object.used[cpu].seen_here() ? " that was seen" : "")),
                         site);
    store_plain(object.data, -1, site);
    object.freed = true;
}

}  // namespace rcufuzz::dynticks
