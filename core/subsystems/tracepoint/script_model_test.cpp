// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/subsystems/tracepoint/script_model_test.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

namespace rcufuzz::tracepoint {

namespace {

using Array = std::vector<unsigned>;  // probes, in the order in which they are called
using Time = std::size_t;             // how many steps the writer has made

constexpr Time never_yet = std::numeric_limits<Time>::max();

// A grace period: who was inside at `since` holds the writer up at `at`.
struct Wait {
    Time since;
    Time at;
};

// What the readers see of the writer. The steps are those of update.cpp, told once more.
class Writer {
   public:
    Writer(Generation generation, const ProbeSpecs& probes)
        : generation_(generation), probes_(probes) {}

    void add(unsigned probe) {
        const Array old = now_.array;
        Array fresh = old;
        const auto lower = [&](unsigned other) { return prio(other) < prio(probe); };
        fresh.insert(std::ranges::find_if(fresh, lower), probe);
        begun_[probe] = time();
        if (generation_ < gen_231264d6927f)
            add_old(fresh);
        else
            add_new(fresh, old);
        done_[probe] = time();
    }

    void remove(unsigned probe) {
        const Array old = now_.array;
        Array fresh = old;
        std::erase(fresh, probe);
        removed_[probe] = time();
        if (generation_ < gen_231264d6927f)
            remove_old(fresh, old);
        else
            remove_new(fresh, old);
    }

    ScriptVerdict judge() const {
        ScriptVerdict verdict;
        Time branch = never_yet;  // the last time at which the key was on: the most that it allows
        for (Time load = 0; load < states_.size(); ++load) {
            if (states_[load].key) branch = load;
            if (branch != never_yet) judge_reader(branch, load, verdict);
        }
        return verdict;
    }

   private:
    struct State {
        Array array;
        int code = func_iterator;
        bool key = false;
    };

    int func(unsigned probe) const { return probes_[probe].func; }
    int data(unsigned probe) const { return probes_[probe].data; }
    int prio(unsigned probe) const { return probes_[probe].prio; }

    Time time() const { return states_.size() - 1; }
    void step() { states_.push_back(now_); }

    void assign(const Array& array) {
        now_.array = array;
        step();
    }
    void update_call(const Array& array) {
        now_.code = array.size() == 1 ? func(array.front()) : func_iterator;
        step();
    }
    void set_key(bool on) {
        now_.key = on;
        step();
    }
    void synchronize(Time since) {
        waits_.push_back({since, time()});
        step();
    }
    void cond_synchronize(std::optional<Time>& cookie) {
        if (cookie) synchronize(*cookie);
        cookie.reset();
    }

    void add_old(const Array& fresh) {
        if (generation_ < gen_352384d5c84e) assign(fresh);
        update_call(fresh);
        if (generation_ >= gen_352384d5c84e) assign(fresh);
        set_key(true);
    }

    void add_new(const Array& fresh, const Array& old) {
        if (fresh.size() == 1) {
            cond_synchronize(one_to_none_);
            update_call(fresh);
            assign(fresh);
            set_key(true);
            return;
        }
        if (fresh.size() == 2) update_call(fresh);
        assign(fresh);
        note_first(fresh, old);
    }

    void remove_old(const Array& fresh, const Array& old) {
        if (fresh.empty()) {
            set_key(false);
            assign(fresh);
            return;
        }
        if (generation_ < gen_547305a64632) update_call(fresh);
        assign(fresh);
        if (generation_ < gen_547305a64632) return;
        const bool by_data = generation_ >= gen_f7ec41212563;
        const bool changed = by_data ? data(fresh.front()) != data(old.front())
                                     : func(fresh.front()) != func(old.front());
        if (fresh.size() == 1 && changed) synchronize(time());
        update_call(fresh);
    }

    void remove_new(const Array& fresh, const Array& old) {
        const bool cookies = generation_ >= gen_7b40066c97ec;
        if (fresh.empty()) {
            set_key(false);
            update_call(fresh);
            assign(fresh);
            if (cookies)
                one_to_none_ = time();
            else
                synchronize(time());
            return;
        }
        assign(fresh);
        note_first(fresh, old);
        if (fresh.size() != 1) return;
        if (cookies)
            cond_synchronize(first_changed_);
        else
            synchronize(time());
        update_call(fresh);
    }

    void note_first(const Array& fresh, const Array& old) {
        if (generation_ >= gen_7b40066c97ec && data(fresh.front()) != data(old.front()))
            first_changed_ = time();
    }

    // How far the writer gets while a reader that entered at `load` is inside.
    Time held_up_at(Time load) const {
        Time limit = time();
        for (const Wait& wait : waits_)
            if (load <= wait.since) limit = std::min(limit, wait.at);
        return limit;
    }

    void judge_reader(Time branch, Time load, ScriptVerdict& verdict) const {
        const Array& array = states_[load].array;
        if (array.empty()) return judge_calls(branch, load, {}, verdict);
        const Time limit = held_up_at(load);
        for (Time fetch = load; fetch <= limit; ++fetch) {
            const int code = states_[fetch].code;
            if (code != func_iterator) {
                judge_calls(branch, fetch, {{code, data(array.front())}}, verdict);
                continue;
            }
            for (Time reload = fetch; reload <= limit; ++reload) {
                std::vector<Call> calls;
                for (const unsigned probe : states_[reload].array)
                    calls.push_back({func(probe), data(probe)});
                judge_calls(branch, reload, calls, verdict);
            }
        }
    }

    struct Call {
        int func;
        int data;
    };

    void judge_calls(Time branch, Time end, const std::vector<Call>& calls,
                     ScriptVerdict& verdict) const {
        for (const Call& call : calls) {
            bool known = false;
            for (unsigned probe = 0; probe < probe_count; ++probe)
                known = known || (is(call, probe) && begun_[probe] < end);
            if (!known) verdict.wrong_data = true;
        }
        for (unsigned probe = 0; probe < probe_count; ++probe) {
            const bool throughout = done_[probe] <= branch && removed_[probe] >= end;
            const auto same = [&](const Call& call) { return is(call, probe); };
            if (throughout && std::ranges::none_of(calls, same)) verdict.lost_call = true;
        }
    }

    bool is(const Call& call, unsigned probe) const {
        return call.func == func(probe) && call.data == data(probe);
    }

    static constexpr std::array<Time, probe_count> not_yet() {
        std::array<Time, probe_count> times{};
        times.fill(never_yet);
        return times;
    }

    Generation generation_;
    const ProbeSpecs& probes_;
    State now_;
    std::vector<State> states_{now_};
    std::vector<Wait> waits_;
    std::optional<Time> one_to_none_;  // cookies
    std::optional<Time> first_changed_;
    std::array<Time, probe_count> begun_ = not_yet();
    std::array<Time, probe_count> done_ = not_yet();
    std::array<Time, probe_count> removed_ = not_yet();
};

// `live`: registered now, in the order of registration; `used`: bits of all that ever were.
void extend(std::vector<Script>& scripts, Script& script, const Array& live, unsigned used,
            unsigned longest) {
    if (!script.empty()) scripts.push_back(script);
    if (script.size() == longest) return;
    const auto go_on = [&](bool registers, unsigned probe, const Array& live_then) {
        script.push_back({registers, probe});
        extend(scripts, script, live_then, used | 1u << probe, longest);
        script.pop_back();
    };
    for (unsigned probe = 0; probe < probe_count; ++probe) {
        if (((used >> probe) & 1u) != 0) continue;
        Array more = live;
        more.push_back(probe);
        go_on(true, probe, more);
    }
    for (const unsigned probe : live) {
        Array fewer = live;
        std::erase(fewer, probe);
        go_on(false, probe, fewer);
    }
}

}  // namespace

std::vector<Script> all_scripts(unsigned longest) {
    std::vector<Script> scripts;
    Script script;
    extend(scripts, script, {}, 0, longest);
    return scripts;
}

std::string name_of(const Script& script) {
    std::string name;
    for (const ScriptStep& step : script)
        name += (step.registers ? "+" : "-") + std::string(probe_specs[step.probe].name);
    return name;
}

ScriptVerdict judge(const Script& script, Generation generation, const ProbeSpecs& probes) {
    Writer writer(generation, probes);
    for (const ScriptStep& step : script)
        step.registers ? writer.add(step.probe) : writer.remove(step.probe);
    return writer.judge();
}

}  // namespace rcufuzz::tracepoint
