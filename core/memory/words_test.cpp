// SPDX-License-Identifier: GPL-2.0-or-later
//
// The classic shapes on words of a kernel's memory, each in all of its runs: what may be seen, and
// what orders it.
#include "core/memory/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <set>
#include <vector>

#include "core/memory/model.h"
#include "core/memory/run_memory.h"
#include "core/sim/test_machine.h"

namespace rcufuzz::memory {
namespace {

using sim::Site;
using sim::test::EveryRun;
using sim::test::run;
using sim::test::spawn;
using testing::Contains;
using testing::Not;

// What a kernel has: words, and each access does what its asm/ headers do.
class KernelWords {
   public:
    std::array<std::uint64_t, 8> words{};

    std::uint64_t load(std::uint32_t at, Order order = Order::relaxed) {
        sim::test::point();
        return load_word(word(at), order, [](std::uint64_t value) { return value >= pointers; },
                         Site::current());
    }
    void store(std::uint32_t at, std::uint64_t value, Order order = Order::relaxed) {
        sim::test::point();
        store_word(word(at), value, order);
        words[at] = value;
    }
    std::uint64_t add(std::uint32_t at, std::uint64_t value, Order order = Order::relaxed) {
        sim::test::point();
        update_word(word(at), words[at] + value, order);
        return words[at] += value;
    }
    void store_plainly(std::uint32_t at, std::uint64_t value) {
        sim::test::point();
        words[at] = value;
    }
    void lock(std::uint32_t at) {
        sim::test::point();
        while (words[at] != 0) sim::world().yield(Site::current());
        words[at] = 1;
        word_locked(word(at));
    }
    void unlock(std::uint32_t at) {
        sim::test::point();
        word_unlocked(word(at));
        words[at] = 0;
    }

    static constexpr std::uint64_t pointers = 1000;  // and up

   private:
    Word word(std::uint32_t at) const { return {at, words[at]}; }
};

enum : std::uint32_t { X, Y, LOCK, POINTER };

using Pairs = std::set<std::pair<std::uint64_t, std::uint64_t>>;
using Half = std::function<void(KernelWords&, std::uint64_t&)>;

// What the two sides have noted, in all runs.
Pairs all_runs(const Half& first, const Half& second) {
    EveryRun strategy(100);
    Pairs seen;
    do {
        KernelWords kernel;
        std::uint64_t r0 = 0;
        std::uint64_t r1 = 0;
        run(2, strategy, [&] {
            begin_memory(true, false);
            spawn(0, [&] { first(kernel, r0); });
            spawn(1, [&] { second(kernel, r1); });
        });
        seen.insert({r0, r1});
    } while (strategy.next());
    begin_memory(false);
    return seen;
}

// --- store buffering ----------------------------------------------------------------------------

Half store_and_look(std::uint32_t mine, std::uint32_t other, const std::function<void()>& between) {
    return [=](KernelWords& kernel, std::uint64_t& r) {
        kernel.store(mine, 1);
        between();
        r = kernel.load(other);
    };
}

TEST(Words, AStoreMayBeSeenLate) {
    const auto nothing = [] {};
    EXPECT_THAT(all_runs(store_and_look(X, Y, nothing), store_and_look(Y, X, nothing)),
                Contains(std::pair(0, 0)));
    EXPECT_THAT(all_runs(store_and_look(X, Y, barrier_within_step),
                          store_and_look(Y, X, nothing)),
                Contains(std::pair(0, 0)));
}

TEST(Words, FullBarriersOrderAStoreAndALoad) {
    EXPECT_THAT(all_runs(store_and_look(X, Y, barrier_within_step),
                          store_and_look(Y, X, barrier_within_step)),
                Not(Contains(std::pair(0, 0))));
}

// A full barrier is what stands around an atomic operation that returns a value.
TEST(Words, BarriersAroundAnAtomicOperationAreFull) {
    const auto atomic = [](std::uint32_t mine, std::uint32_t other, bool before, bool after) {
        return [=](KernelWords& kernel, std::uint64_t& r) {
            kernel.store(mine, 1);
            if (before) weak_before_atomic();
            kernel.add(POINTER, 1);
            if (after) after_atomic_within_step();
            r = kernel.load(other);
        };
    };
    for (const bool after : {false, true})
        EXPECT_THAT(all_runs(atomic(X, Y, !after, after), atomic(Y, X, true, true)),
                    Not(Contains(std::pair(0, 0))));
    EXPECT_THAT(all_runs(atomic(X, Y, false, false), atomic(Y, X, true, true)),
                Contains(std::pair(0, 0)));
}

// --- message passing ----------------------------------------------------------------------------

struct Passing {
    std::function<void()> wmb = [] {};
    std::function<void()> rmb = [] {};
    Order store = Order::relaxed;
    Order load = Order::relaxed;
};

// 10: the flag was seen, and the data was not.
bool passes_late(const Passing& how) {
    const Pairs seen = all_runs(
        [&](KernelWords& kernel, std::uint64_t&) {
            kernel.store(X, 1);
            how.wmb();
            kernel.store(Y, 1, how.store);
        },
        [&](KernelWords& kernel, std::uint64_t& r) {
            const std::uint64_t flag = kernel.load(Y, how.load);
            how.rmb();
            r = flag * 10 + kernel.load(X);
        });
    return seen.contains({0, 10});
}

TEST(Words, AMessageNeedsBothSides) {
    EXPECT_TRUE(passes_late({}));
    EXPECT_TRUE(passes_late({.wmb = weak_wmb}));
    EXPECT_TRUE(passes_late({.rmb = weak_rmb}));
    EXPECT_FALSE(passes_late({.wmb = weak_wmb, .rmb = weak_rmb}));
    EXPECT_TRUE(passes_late({.store = Order::release}));
    EXPECT_TRUE(passes_late({.load = Order::acquire}));
    EXPECT_FALSE(passes_late({.store = Order::release, .load = Order::acquire}));
}

TEST(Words, WhatIsFoundThroughAPointerComesAfterIt) {
    const auto publish = [](Order order) {
        return [order](KernelWords& kernel, std::uint64_t&) {
            kernel.store(X, 1);
            kernel.store(POINTER, KernelWords::pointers, order);
        };
    };
    const auto follow = [](KernelWords& kernel, std::uint64_t& r) {
        const bool there = kernel.load(POINTER) != 0;
        r = there ? 10 + kernel.load(X) : 0;
    };
    EXPECT_THAT(all_runs(publish(Order::release), follow), Not(Contains(std::pair(0, 10))));
    EXPECT_THAT(all_runs(publish(Order::relaxed), follow), Contains(std::pair(0, 10)));
}

// --- what everybody sees ------------------------------------------------------------------------

TEST(Words, WhoHasSeenAStoreSeesNoOlderOne) {
    const Pairs seen = all_runs(
        [](KernelWords& kernel, std::uint64_t&) { kernel.store(X, 1); },
        [](KernelWords& kernel, std::uint64_t& r) {
            const std::uint64_t first = kernel.load(X);
            r = first * 10 + kernel.load(X);
        });
    EXPECT_THAT(seen, Not(Contains(std::pair(0, 10))));
    EXPECT_THAT(seen, Contains(std::pair(0, 1)));
}

TEST(Words, AReadModifyWriteReadsTheNewest) {
    const Pairs seen = all_runs([](KernelWords& kernel, std::uint64_t&) { kernel.store(X, 1); },
                                [](KernelWords& kernel, std::uint64_t& r) {
                                    sim::test::point();
                                    update_word_in_vain({X, kernel.words[X]});
                                    r = kernel.words[X] * 10 + kernel.load(X);
                                });
    EXPECT_THAT(seen, Contains(std::pair(0, 11)));
    EXPECT_THAT(seen, Not(Contains(std::pair(0, 10))));
    const auto add = [](KernelWords& kernel, std::uint64_t& r) { r = kernel.add(X, 1); };
    EXPECT_THAT(all_runs(add, add), Not(Contains(std::pair(1, 1))));
}

// The second side has passed the place of the plain store, or it has not.
TEST(Words, APlainStoreIsSeenByEverybody) {
    const Pairs seen = all_runs(
        [](KernelWords& kernel, std::uint64_t&) {
            kernel.store(X, 1);
            kernel.store_plainly(X, 2);
            kernel.store(Y, 1);
        },
        [](KernelWords& kernel, std::uint64_t& r) {
            const std::uint64_t flag = kernel.load(Y);
            r = flag * 10 + kernel.load(X);
        });
    EXPECT_THAT(seen, Contains(std::pair(0, 12)));
    EXPECT_THAT(seen, Not(Contains(std::pair(0, 10))));
    EXPECT_THAT(seen, Not(Contains(std::pair(0, 11))));
}

TEST(Words, ALockOrdersWhatItGuards) {
    const auto guarded = [](bool locks) {
        return [locks](KernelWords& kernel, std::uint64_t& r) {
            if (locks) kernel.lock(LOCK);
            const std::uint64_t x = kernel.load(X);
            kernel.store(X, 1);
            r = 1 + x;
            if (locks) kernel.unlock(LOCK);
        };
    };
    EXPECT_THAT(all_runs(guarded(true), guarded(true)), Not(Contains(std::pair(1, 1))));
    EXPECT_THAT(all_runs(guarded(false), guarded(false)), Contains(std::pair(1, 1)));
}

TEST(Words, AfterASpinlockABarrierIsFull) {
    const auto side = [](std::uint32_t mine, std::uint32_t other, bool full) {
        return [=](KernelWords& kernel, std::uint64_t& r) {
            kernel.store(mine, 1);
            kernel.lock(POINTER + 1 + mine);
            if (full) barrier_after_spinlock();
            r = kernel.load(other);
            kernel.unlock(POINTER + 1 + mine);
        };
    };
    EXPECT_THAT(all_runs(side(X, Y, true), side(Y, X, true)), Not(Contains(std::pair(0, 0))));
    EXPECT_THAT(all_runs(side(X, Y, false), side(Y, X, true)), Contains(std::pair(0, 0)));
}

// Steps of the machine's own.
TEST(Words, WhoseStepSeesTheNewestComesAfterIt) {
    const Pairs seen = all_runs(
        [](KernelWords& kernel, std::uint64_t&) {
            kernel.store(X, 1);
            kernel.store(Y, 1, Order::release);
        },
        [](KernelWords& kernel, std::uint64_t& r) {
            sim::test::point();
            see_newest_word({Y, kernel.words[Y]});
            const std::uint64_t flag = kernel.words[Y];
            r = flag * 10 + kernel.load(X);
        });
    EXPECT_THAT(seen, Not(Contains(std::pair(0, 10))));
    EXPECT_THAT(seen, Contains(std::pair(0, 11)));
}

// --- bounds -------------------------------------------------------------------------------------

class Newest final : public sim::Strategy {
   public:
    std::uint32_t choose(const sim::Choice& choice) override {
        return choice.kind == sim::ChoiceKind::data ? choice.count - 1 : 0;
    }
};

// One CPU stores, to a word of its own each time; another looks, and sees an old value wherever
// there is any.
bool sees_old(std::uint32_t number) {
    store_word({number, 0}, 1, Order::relaxed);
    sim::world().current().cpu = 1;
    const auto never = [](std::uint64_t) { return false; };
    const bool old = load_word({number, 1}, Order::relaxed, never, Site::current()) == 0;
    sim::world().current().cpu = 0;
    return old;
}

void on_two_cpus(const sim::test::Body& body) {
    Newest strategy;
    run(2, strategy, [&] {
        begin_memory(true, false);
        spawn(0, body);
    });
    begin_memory(false);
}

// With its room used up a run goes on, and everybody sees what is newest.
TEST(Words, NoRunHasTooManyWords) {
    std::vector<bool> old;
    on_two_cpus([&] {
        for (std::uint32_t i = 0; i < 2 * Model::max_locations; ++i) old.push_back(sees_old(i));
    });
    EXPECT_TRUE(old[0]);
    EXPECT_TRUE(old[Model::max_locations / 2]);
    EXPECT_FALSE(old.back());
}

TEST(Words, NoRunHasTooManyStores) {
    bool old = true;
    on_two_cpus([&] {
        for (std::uint64_t i = 0; i < 60'500; ++i) store_word({0, i}, i + 1, Order::relaxed);
        old = sees_old(1);
    });
    EXPECT_FALSE(old);
}

// A loop that waits would not end.
TEST(Words, TheFourthLookSeesTheNewest) {
    std::vector<std::uint64_t> seen;
    on_two_cpus([&] {
        store_word({0, 0}, 1, Order::relaxed);
        sim::world().current().cpu = 1;
        const auto never = [](std::uint64_t) { return false; };
        for (unsigned i = 0; i < 4; ++i)
            seen.push_back(load_word({0, 1}, Order::relaxed, never, Site::current()));
        sim::world().current().cpu = 0;
    });
    EXPECT_EQ(seen, (std::vector<std::uint64_t>{0, 0, 0, 1}));
}

}  // namespace
}  // namespace rcufuzz::memory
