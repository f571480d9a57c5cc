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

bool is_pair(const Registration& registration, int func, int data) {
    return spec_of(registration).func == func && spec_of(registration).data == data;
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

void Probes::called(EventWatch& watch, int func, int data, const Site& site) {
    bool known = false;
    bool alive = false;
    for (unsigned i = 0; i < count_; ++i) {
        const Registration& registration = made_[i];
        if (registration.tp != watch.tp || !is_pair(registration, func, data)) continue;
        if (registration.registered == never && registration.freed != never) continue;  // failed
        known = true;
        alive = alive || registration.freed == never;
    }
    if (!known)
        kernel::fail(Verdict::wrong_data,
                     pair_name(func, data) + " is called, which was never registered", site);
    if (!alive)
        kernel::fail(Verdict::use_after_free,
                     pair_name(func, data) + " is called after its owner has freed it", site);
    if (watch.calls < watch.made.size()) watch.made[watch.calls++] = {func, data};
}

void Probes::end_event(const EventWatch& watch, const Site& site) {
    int last_prio = 1000;
    for (unsigned i = 0; i < watch.calls; ++i) {
        for (const ProbeSpec& spec : probe_specs) {
            if (spec.func != watch.made[i].func || spec.data != watch.made[i].data) continue;
            if (spec.prio > last_prio)
                kernel::fail(
                    Verdict::order_violated,
                    pair_name(spec.func, spec.data) + " is called after a probe of lower priority",
                    site);
            last_prio = spec.prio;
        }
    }
    for (unsigned i = 0; i < count_; ++i) {
        const Registration& registration = made_[i];
        const bool throughout = registration.tp == watch.tp &&
                                ((watch.registered >> i) & 1u) != 0 &&
                                registration.unregister_called == never;
        if (!throughout) continue;
        unsigned calls = 0;
        for (unsigned c = 0; c < watch.calls; ++c)
            if (is_pair(registration, watch.made[c].func, watch.made[c].data)) ++calls;
        const std::string name = pair_name(spec_of(registration).func, spec_of(registration).data);
        if (calls == 0)
            kernel::fail(Verdict::lost_call,
                         name + " was registered throughout an event and not called by it", site);
        if (calls > 1)
            kernel::fail(Verdict::callback_twice, name + " is called twice by one event", site);
    }
}

}  // namespace rcufuzz::tracepoint
