// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/subsystems/tracepoint/probes.h"

#include "core/kernel/subject.h"

namespace rcufuzz::tracepoint {

namespace {

const ProbeSpec& spec_of(const Registration& registration) {
    return probe_specs[registration.probe];
}

bool is_live(const Registration& registration) {
    return registration.registered != never && registration.unregister_called == never;
}

const ProbeSpec* find_spec(int func, int data) {
    for (const ProbeSpec& spec : probe_specs)
        if (spec.func == func && spec.data == data) return &spec;
    return nullptr;
}

// One that has failed was never in an array.
bool was_in_array(const Registration& registration, unsigned tp, const ProbeSpec& spec) {
    const bool failed = registration.registered == never && registration.freed != never;
    return registration.tp == tp && &spec_of(registration) == &spec && !failed;
}

}  // namespace

std::string pair_name(int func, int data) {
    if (func == func_iterator) return "the iterator";
    if (func == func_stub) return "tp_stub_func";
    return std::string("f") + static_cast<char>('a' + func - 1) + "(d" +
           static_cast<char>('a' + data - 1) + ")";
}

Registration* Probes::begin_register(unsigned tp, unsigned probe) {
    if (count_ == capacity) return nullptr;
    Registration& registration = made_[count_++];
    registration = {};
    registration.tp = tp;
    registration.probe = probe;
    registration.registered_here.init();
    registration.register_called = now();
    return &registration;
}

// One that failed can't be called: it ends where it began.
void Probes::registered(Registration& registration, bool done) {
    if (done) {
        registration.registered = now();
        registration.registered_here.reach();
    } else {
        registration.unregister_called = registration.freed = registration.register_called;
    }
}

Registration* Probes::nth_live(unsigned tp, unsigned nth) {
    const unsigned live = live_count(tp);
    if (live == 0) return nullptr;
    nth %= live;
    for (unsigned i = 0; i < count_; ++i)
        if (made_[i].tp == tp && is_live(made_[i]) && nth-- == 0) return &made_[i];
    return nullptr;
}

bool Probes::is_taken(unsigned tp, unsigned probe) const {
    for (unsigned i = 0; i < count_; ++i)
        if (made_[i].tp == tp && made_[i].probe == probe && made_[i].unregister_called == never)
            return true;
    return false;
}

void Probes::begin_unregister(Registration& registration) {
    registration.unregister_called = now();
}

void Probes::freed(Registration& registration) { registration.freed = now(); }

unsigned Probes::live_count(unsigned tp) const {
    unsigned live = 0;
    for (unsigned i = 0; i < count_; ++i)
        if (made_[i].tp == tp && made_[i].registered != never &&
            made_[i].unregister_called == never)
            ++live;
    return live;
}

EventWatch Probes::begin_event(unsigned tp) {
    EventWatch watch;
    watch.tp = tp;
    for (unsigned i = 0; i < count_; ++i)
        if (made_[i].registered != never && made_[i].registered_here.certain_here())
            watch.registered |= std::uint64_t{1} << i;
    return watch;
}

void Probes::called(EventWatch& watch, int func, int data,
                    const std::function<std::string()>& cause, const Site& site) {
    const ProbeSpec* const spec = find_spec(func, data);
    bool known = false;
    bool alive = false;
    for (unsigned i = 0; i < count_ && spec != nullptr; ++i) {
        if (!was_in_array(made_[i], watch.tp, *spec)) continue;
        known = true;
        alive = alive || made_[i].freed == never;
    }
    if (!known)
        kernel::fail(Verdict::wrong_data,
                     {pair_name(func, data) + " is called, which was never registered", cause()},
                     site);
    if (!alive)
        kernel::fail(
            Verdict::use_after_free,
            {pair_name(func, data) + " is called after its owner has freed it", "of_its_owner"},
            site);
    for (unsigned i = 0; i < watch.calls; ++i) judge_order(watch.tp, *watch.made[i], *spec, site);
    if (watch.calls < watch.made.size()) watch.made[watch.calls++] = spec;
}

// P4 of two calls of one event, which come from one array.
void Probes::judge_order(unsigned tp, const ProbeSpec& before, const ProbeSpec& called,
                         const Site& site) const {
    const std::string name = pair_name(called.func, called.data);
    if (before.prio < called.prio)
        kernel::fail(
            Verdict::order_violated,
            {name + " is called after a probe of lower priority", "after_lower_priority"}, site);
    if (before.prio == called.prio && &before != &called && comes_later(tp, before, called))
        kernel::fail(Verdict::order_violated,
                     {name + " is called after " + pair_name(before.func, before.data) +
                          ", which has its priority and was registered later",
                      "after_one_registered_later"},
                     site);
}

// Whether each registration of one probe began after all of the other had returned.
bool Probes::comes_later(unsigned tp, const ProbeSpec& one, const ProbeSpec& other) const {
    for (unsigned i = 0; i < count_; ++i)
        for (unsigned j = 0; j < count_ && was_in_array(made_[i], tp, one); ++j)
            if (was_in_array(made_[j], tp, other) &&
                made_[j].registered >= made_[i].register_called)
                return false;
    return true;
}

void Probes::end_event(const EventWatch& watch, const Site& site) {
    for (unsigned i = 0; i < count_; ++i) {
        const Registration& registration = made_[i];
        const bool throughout = registration.tp == watch.tp &&
                                ((watch.registered >> i) & 1u) != 0 &&
                                registration.unregister_called == never;
        if (!throughout) continue;
        unsigned calls = 0;
        for (unsigned c = 0; c < watch.calls; ++c)
            if (watch.made[c] == &spec_of(registration)) ++calls;
        const std::string name = pair_name(spec_of(registration).func, spec_of(registration).data);
        if (calls == 0)
            kernel::fail(Verdict::lost_call,
                         {name + " was registered throughout an event and not called by it",
                          "registered_throughout"},
                         site);
        if (calls > 1)
            kernel::fail(Verdict::callback_twice,
                         {name + " is called twice by one event", "by_one_event"}, site);
    }
}

}  // namespace rcufuzz::tracepoint
