// SPDX-License-Identifier: GPL-2.0-or-later
//
// Random programs, and how they are written down as litmus tests.
#include "core/base/check.h"
#include "core/base/prng.h"
#include "core/litmus/axioms_test.h"

namespace rcufuzz::litmus::test {

namespace {

bool loads(Do what) {
    return what == Do::load || what == Do::load_acquire || what == Do::load_address ||
           (what >= Do::xchg && what <= Do::xchg_release);
}

std::string call(const Sketch& sketch, const Step& s, int registers) {
    const std::string x = "x" + std::to_string(s.location);
    const std::string value = std::to_string(s.value);
    const std::string last = "r" + std::to_string(registers - 1);
    const std::string lock = "l" + std::to_string(s.location % sketch.locks);
    switch (s.what) {
        case Do::load:
            return "READ_ONCE(*" + x + ")";
        case Do::load_acquire:
            return "smp_load_acquire(" + x + ")";
        case Do::store:
            return "WRITE_ONCE(*" + x + ", " + value + ")";
        case Do::store_release:
            return "smp_store_release(" + x + ", " + value + ")";
        case Do::store_data:
            return "WRITE_ONCE(*" + x + ", " + value + " + (" + last + " & 0))";
        case Do::load_address:
            return "READ_ONCE(*(" + x + " + (" + last + " & 0)))";
        case Do::xchg:
            return "xchg(" + x + ", " + value + ")";
        case Do::xchg_relaxed:
            return "xchg_relaxed(" + x + ", " + value + ")";
        case Do::xchg_acquire:
            return "xchg_acquire(" + x + ", " + value + ")";
        case Do::xchg_release:
            return "xchg_release(" + x + ", " + value + ")";
        case Do::atomic_add:
            return "atomic_add(" + value + ", " + x + ")";
        case Do::mb:
            return "smp_mb()";
        case Do::rmb:
            return "smp_rmb()";
        case Do::wmb:
            return "smp_wmb()";
        case Do::before_atomic:
            return "smp_mb__before_atomic()";
        case Do::after_atomic:
            return "smp_mb__after_atomic()";
        case Do::after_spinlock:
            return "smp_mb__after_spinlock()";
        case Do::after_unlock_lock:
            return "smp_mb__after_unlock_lock()";
        case Do::lock:
            return "spin_lock(" + lock + ")";
        case Do::unlock:
            return "spin_unlock(" + lock + ")";
        case Do::rcu_lock:
            return "rcu_read_lock()";
        case Do::rcu_unlock:
            return "rcu_read_unlock()";
        case Do::sync_rcu:
            return "synchronize_rcu()";
    }
    return "";
}

class Generator {
   public:
    explicit Generator(std::uint64_t seed) : prng_(seed) {}

    Sketch make() {
        Sketch sketch;
        sketch.locations = prng_.one_in(4) ? 3 : 2;
        // Some programs are about locks, some about readers, most about neither.
        const std::uint32_t kind = prng_.below(5);
        locks_ = kind == 0;
        readers_ = kind == 1;
        locations_ = sketch.locations;
        const unsigned threads = 2 + prng_.below(2);
        budget_ = threads == 2 ? 3 : 2;
        for (unsigned t = 0; t < threads; ++t) sketch.threads.push_back(thread(t));
        return sketch;
    }

   private:
    static constexpr Do accesses[] = {Do::load,         Do::load,          Do::load,
                                      Do::store,        Do::store,         Do::store,
                                      Do::load_acquire, Do::store_release, Do::store_data,
                                      Do::load_address, Do::xchg_relaxed,  Do::atomic_add};
    static constexpr Do others[] = {Do::xchg, Do::xchg_acquire,  Do::xchg_release, Do::mb, Do::rmb,
                                    Do::wmb,  Do::before_atomic, Do::after_atomic};

    Step memory_step(bool loaded) {
        Do what = prng_.one_in(4) ? others[prng_.below(std::size(others))]
                                  : accesses[prng_.below(std::size(accesses))];
        if (!loaded && what == Do::store_data) what = Do::store;
        if (!loaded && what == Do::load_address) what = Do::load;
        // Mostly another location than the last one: that is where order shows.
        location_ += prng_.one_in(4) ? 0 : 1 + static_cast<int>(prng_.below(2));
        location_ %= locations_;
        return {what, location_, next_value_++};
    }

    void section(std::vector<Step>& steps, Do begin, Do end, bool& loaded) {
        steps.push_back({begin, 0, 0});
        if (begin == Do::lock && prng_.one_in(3))
            steps.push_back({prng_.one_in(2) ? Do::after_spinlock : Do::after_unlock_lock, 0, 0});
        const unsigned inside = 1 + prng_.below(2);
        for (unsigned i = 0; i < inside; ++i) {
            steps.push_back(memory_step(loaded));
            loaded |= loads(steps.back().what);
        }
        steps.push_back({end, 0, 0});
    }

    std::vector<Step> thread(unsigned number) {
        std::vector<Step> steps;
        bool loaded = false;
        unsigned left = 2 + prng_.below(budget_);
        while (left != 0) {
            --left;
            if (locks_ && prng_.one_in(2)) {
                section(steps, Do::lock, Do::unlock, loaded);
                if (left != 0) --left;
            } else if (readers_ && number != 0 && prng_.one_in(2)) {
                section(steps, Do::rcu_lock, Do::rcu_unlock, loaded);
                if (left != 0) --left;
            } else if (readers_ && prng_.one_in(3)) {
                steps.push_back({Do::sync_rcu, 0, 0});
            } else {
                steps.push_back(memory_step(loaded));
                loaded |= loads(steps.back().what);
            }
        }
        return steps;
    }

    Prng prng_;
    bool locks_ = false;
    bool readers_ = false;
    int locations_ = 2;
    int location_ = 0;
    unsigned budget_ = 4;
    int next_value_ = 1;
};

}  // namespace

std::string to_litmus(const Sketch& sketch) {
    std::string params;
    for (int x = 0; x < sketch.locations; ++x) params += "int *x" + std::to_string(x) + ", ";
    for (int l = 0; l < sketch.locks; ++l)
        params += (l == 0 ? "spinlock_t *l" : ", spinlock_t *l") + std::to_string(l);
    std::string text = "C random\n\n{}\n";
    std::string shown;
    for (std::size_t t = 0; t < sketch.threads.size(); ++t) {
        text += "\nP" + std::to_string(t) + "(" + params + ")\n{\n";
        int registers = 0;
        for (const Step& s : sketch.threads[t]) {
            const std::string statement = call(sketch, s, registers);
            text += "\t";
            if (loads(s.what)) {
                shown += std::to_string(t) + ":r" + std::to_string(registers) + "; ";
                text += "int r" + std::to_string(registers++) + " = ";
            }
            text += statement + ";\n";
        }
        text += "}\n";
    }
    for (int x = 0; x < sketch.locations; ++x) shown += "x" + std::to_string(x) + "; ";
    return text + "\nlocations [" + shown + "]\nexists (x0=0)\n";
}

Sketch random_sketch(std::uint64_t seed) { return Generator(seed).make(); }

}  // namespace rcufuzz::litmus::test
