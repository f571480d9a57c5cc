// SPDX-License-Identifier: GPL-2.0-or-later
//
// The oracles that watch each call of a probe, shown to object and to keep quiet.
#include "core/subsystems/tracepoint/probes.h"

#include <gtest/gtest.h>

#include <functional>

#include "core/kernel/kernel_test.h"

namespace rcufuzz::tracepoint {
namespace {

using kernel::test::fault;
using kernel::test::run_kernel;
using kernel::test::Sequential;
using kernel::test::task;

enum Probe : unsigned { probe_a, probe_b, probe_c, probe_d, probe_e };

const std::function<std::string()> no_cause = [] { return std::string(); };

// What the oracles say of a task that does this to the probes of tracepoint 0.
std::string said_of(const std::function<void(Probes&)>& body) {
    Sequential strategy;
    return fault(run_kernel(1, strategy, [&] {
        Probes& probes = sim::world().arena().make<Probes>();
        task(0, [&probes, &body] { body(probes); });
    }));
}

Registration& register_probe(Probes& probes, unsigned probe, unsigned tp = 0) {
    Registration* const registration = probes.begin_register(tp, probe);
    probes.registered(*registration, true);
    return *registration;
}

void event(Probes& probes, std::initializer_list<Probe> called) {
    EventWatch watch = probes.begin_event(0);
    for (const Probe probe : called)
        probes.called(watch, probe_specs[probe].func, probe_specs[probe].data, no_cause,
                      Site::current());
    probes.end_event(watch, Site::current());
}

TEST(ProbeOracle, EachIsCalledOnceInOrder) {
    EXPECT_EQ(said_of([](Probes& probes) {
                  event(probes, {});
                  register_probe(probes, probe_c);
                  register_probe(probes, probe_a);
                  register_probe(probes, probe_e);
                  register_probe(probes, probe_b);
                  event(probes, {probe_b, probe_a, probe_e, probe_c});
              }),
              "");
}

TEST(ProbeOracle, P1EachGetsItsOwnData) {
    EXPECT_EQ(said_of([](Probes& probes) {
                  register_probe(probes, probe_a);
                  register_probe(probes, probe_b);
                  EventWatch watch = probes.begin_event(0);
                  probes.called(watch, probe_specs[probe_a].func, probe_specs[probe_b].data,
                                no_cause, Site::current());
              }),
              "wrong_data: fa(db) is called, which was never registered");
}

TEST(ProbeOracle, P1AtItsOwnTracepoint) {
    EXPECT_EQ(said_of([](Probes& probes) {
                  register_probe(probes, probe_a, 1);
                  event(probes, {probe_a});
              }),
              "wrong_data: fa(da) is called, which was never registered");
}

TEST(ProbeOracle, P1ARegistrationThatFailedIsNone) {
    EXPECT_EQ(said_of([](Probes& probes) {
                  probes.registered(*probes.begin_register(0, probe_a), false);
                  event(probes, {probe_a});
              }),
              "wrong_data: fa(da) is called, which was never registered");
}

TEST(ProbeOracle, P2UntilItsOwnerFreesIt) {
    const auto after_it_was_freed = [](bool registered_again) {
        return said_of([registered_again](Probes& probes) {
            Registration& first = register_probe(probes, probe_a);
            probes.begin_unregister(first);
            event(probes, {probe_a});
            probes.freed(first);
            if (registered_again) probes.begin_register(0, probe_a);
            event(probes, {probe_a});
        });
    };
    EXPECT_EQ(after_it_was_freed(false),
              "use_after_free: fa(da) is called after its owner has freed it");
    EXPECT_EQ(after_it_was_freed(true), "");
}

TEST(ProbeOracle, P3OnceByEveryEvent) {
    EXPECT_EQ(said_of([](Probes& probes) {
                  register_probe(probes, probe_a);
                  event(probes, {});
              }),
              "lost_call: fa(da) was registered throughout an event and not called by it");
    EXPECT_EQ(said_of([](Probes& probes) {
                  register_probe(probes, probe_a);
                  event(probes, {probe_a, probe_a});
              }),
              "callback_twice: fa(da) is called twice by one event");
}

TEST(ProbeOracle, P3ExceptAtItsEnds) {
    EXPECT_EQ(said_of([](Probes& probes) {
                  const EventWatch before = probes.begin_event(0);
                  Registration& a = register_probe(probes, probe_a);
                  probes.end_event(before, Site::current());
                  const EventWatch after = probes.begin_event(0);
                  probes.begin_unregister(a);
                  probes.end_event(after, Site::current());
              }),
              "");
}

TEST(ProbeOracle, P4ByPriority) {
    EXPECT_EQ(said_of([](Probes& probes) {
                  register_probe(probes, probe_a);
                  register_probe(probes, probe_b);
                  event(probes, {probe_a, probe_b});
              }),
              "order_violated: fb(db) is called after a probe of lower priority");
}

TEST(ProbeOracle, P4AmongEqualsByRegistration) {
    EXPECT_EQ(said_of([](Probes& probes) {
                  register_probe(probes, probe_a);
                  register_probe(probes, probe_e);
                  event(probes, {probe_e, probe_a});
              }),
              "order_violated: fa(da) is called after fb(da), which has its priority and was "
              "registered later");
}

// Which of two registrations of a probe an event has met cannot be told.
TEST(ProbeOracle, P4UnlessAnyOrderIsPossible) {
    EXPECT_EQ(said_of([](Probes& probes) {
                  Registration& first = register_probe(probes, probe_a);
                  register_probe(probes, probe_e);
                  probes.begin_unregister(first);
                  register_probe(probes, probe_a);
                  event(probes, {probe_e, probe_a});
                  event(probes, {probe_a, probe_e});
              }),
              "");
    EXPECT_EQ(said_of([](Probes& probes) {
                  Registration* const a = probes.begin_register(0, probe_a);
                  register_probe(probes, probe_e);
                  probes.registered(*a, true);
                  event(probes, {probe_e, probe_a});
              }),
              "");
}

}  // namespace
}  // namespace rcufuzz::tracepoint
