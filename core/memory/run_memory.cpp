// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/memory/run_memory.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "core/base/check.h"
#include "core/memory/model.h"
#include "core/memory/words.h"
#include "core/sim/run_state.h"

namespace rcufuzz::memory {

namespace {

// A loop that waits for a store of somebody else would go round for ever without seeing it.
constexpr std::uint8_t max_stale_loads = 3;

// When a pointer to an object was loaded, on one CPU.
struct Pointer {
    const std::byte* begin = nullptr;
    std::size_t size = 0;
    Time time = 0;
};

struct AgentState {
    std::uint32_t task_switches = 0;
    Time last_load = 0;  // of the load before
    Time floor = 0;      // everything depends on what was loaded by then
    std::array<Pointer, 16> pointers{};
    std::size_t next_pointer = 0;
};

struct Now {
    // Of the access that is being made.
    const Site* site = nullptr;
    std::uint16_t question = 0;  // 0: not asked
    bool race_told = false;
};

// Where the model keeps a word of a kernel's memory.
struct Kept {
    std::uint32_t number_and_1 = 0;  // 0: nothing is here
    Location* location = nullptr;
};

struct RunMemory {
    Model model;
    std::array<AgentState, max_agents> agents{};
    Now now;
    // By open addressing, filled to a half.
    std::array<Kept, 2 * Model::max_locations> words{};
    std::size_t word_count = 0;
};

RunMemory run;
bool weak = false;
std::vector<std::size_t> missed_held_back;  // by read event; of runs with a full trace

std::span<const std::byte> piece_of_state(unsigned piece) {
    if (piece < Model::pieces) return run.model.piece(piece);
    if (piece == Model::pieces)
        return std::as_bytes(std::span(run.agents).first(sim::world().cpus()));
    if (piece == Model::pieces + 1) return std::as_bytes(std::span(&run.now, 1));
    if (piece == Model::pieces + 2) return std::as_bytes(std::span(&run.word_count, 1));
    if (piece == Model::pieces + 3 && run.word_count > 0)
        return std::as_bytes(std::span(run.words));
    return {};
}

std::uint32_t ask(void* /*arg*/, std::uint32_t count) {
    if (run.now.question == 0) return 0;
    return sim::world().choose(run.now.question, count, *run.now.site);
}

void will_ask(std::uint16_t question, const Site& site) {
    run.now.question = question;
    run.now.site = &site;
}

// Boot, and the oracles at the end of a run, are not part of the execution.
bool outside() { return !sim::world().in_context(); }

Depends depends(const AgentState& agent, unsigned number, const void* cell) {
    const auto* const at = static_cast<const std::byte*>(cell);
    Time time = agent.floor;
    for (const Pointer& p : agent.pointers)
        if (at >= p.begin && at < p.begin + p.size) time = std::max(time, p.time);
    return {.address = time, .data = run.model.agent(number).latest_load};
}

std::string name_of(const Location& x) {
    const sim::ObjectName& name = sim::world().names().of(static_cast<sim::ObjectId>(x.name));
    return name.text + (name.index < 0 ? "" : "[" + std::to_string(name.index) + "]");
}

// "func: a load does not come after another CPU's store": which of many like objects it was, and
// who came to it, is luck.
std::string cause_of_race(const Location& x, const Model::Race& race) {
    const std::string name = sim::world().names().of(static_cast<sim::ObjectId>(x.name)).text;
    return name.substr(name.rfind('.') + 1) + ": " + race.what +
           (race.seen ? " that it has seen" : "");
}

void judge_race(const Location& x, const Site& site) {
    if (run.model.race().location == nullptr || run.now.race_told) [[likely]]
        return;
    run.now.race_told = true;
    const Model::Race& race = run.model.race();
    sim::world().findings().suspect(
        Verdict::data_race,
        sim::Objection::whole_cause(name_of(x) + ": " + race.what, cause_of_race(x, race)), site);
}

void judge_value(const Location& x, const Loaded& loaded, const Site& site) {
    if (!x.uninitialised || !loaded.initial) [[likely]]
        return;
    sim::world().event(sim::EventKind::read, static_cast<sim::ObjectId>(x.name), loaded.value,
                       loaded.age, site);
    sim::world().fail(Verdict::uninitialised_read,
                      name_of(x) + " is read before what was stored there is seen", site);
}

}  // namespace

void begin_memory(bool on, bool races) {
    weak = weak_memory = on;
    if (!on) return;
    sim::World& w = sim::world();
    run.agents = {};
    run.model.begin(w.arena(), w.cpus(), ask, nullptr);
    run.model.track_races(races);
    run.now.race_told = false;
    if (run.word_count > 0) run.words.fill({});
    run.word_count = 0;
    sim::run_state.add(piece_of_state);
    missed_held_back.clear();
}

Model* weak_model() { return weak ? &run.model : nullptr; }

unsigned current_agent() {
    const sim::World& w = sim::world();
    const unsigned number = sim::world().current().cpu;
    AgentState& agent = run.agents[number];
    if (const std::uint32_t switches = w.cpu(number).task_switches;
        switches != agent.task_switches) {
        agent.task_switches = switches;
        run.model.smp_mb(number);
    }
    return number;
}

Location& make_location(sim::ObjectId name, Value initial, bool uninitialised) {
    Location& x = run.model.make_location(initial);
    x.name = name;
    x.uninitialised = uninitialised;
    return x;
}

Seen load(Location& x, const void* cell, Order order, bool plain, const Site& site) {
    if (outside()) return {x.newest().value, 0};
    const unsigned number = current_agent();
    AgentState& agent = run.agents[number];
    std::uint8_t& stale = x.stale_loads[number];
    will_ask(stale < max_stale_loads ? which_store.number : 0, site);
    const Loaded loaded = run.model.load(number, x, order, depends(agent, number, cell), plain);
    stale = loaded.age == 0 ? 0 : static_cast<std::uint8_t>(stale + 1);
    agent.last_load = loaded.time;
    judge_race(x, site);
    judge_value(x, loaded, site);
    const sim::Trace& trace = sim::world().trace();
    if (loaded.held_back && trace.level() == sim::TraceLevel::full)
        missed_held_back.push_back(trace.events().size());  // the event that follows
    return {loaded.value, loaded.age};
}

bool missed_what_was_held_back(std::size_t event) {
    return std::ranges::binary_search(missed_held_back, event);
}

Value store(Location& x, const void* cell, Value value, Order order, bool plain, const Site& site) {
    if (outside()) {
        Model::set_newest(x, value);
        return value;
    }
    const unsigned number = current_agent();
    will_ask(which_place.number, site);
    run.model.store(number, x, value, order, depends(run.agents[number], number, cell), plain);
    judge_race(x, site);
    return x.newest().value;
}

void settle(Location& x, Value value, bool plain) {
    if (outside()) {
        Model::set_newest(x, value);
        return;
    }
    const unsigned number = current_agent();
    run.now.question = 0;
    run.model.store(number, x, value, Order::relaxed, {}, plain);
}

Updated update(Location& x, const void* cell, bool (*update)(void*, Value, Value&), void* arg,
               Order order, bool returns, const Site& site) {
    if (outside()) {
        Updated done{x.newest().value, false, x.newest().value};
        done.stored = update(arg, done.old, done.newest);
        Model::set_newest(x, done.newest);
        return done;
    }
    const unsigned number = current_agent();
    AgentState& agent = run.agents[number];
    will_ask(which_store.number, site);
    const Loaded loaded =
        run.model.rmw(number, x, update, arg, order, returns, depends(agent, number, cell));
    agent.last_load = loaded.time;
    judge_race(x, site);
    judge_value(x, loaded, site);
    return {loaded.value, loaded.stored, x.newest().value};
}

void note_pointer(const void* begin, std::size_t size) {
    if (outside()) return;
    AgentState& agent = run.agents[sim::world().current().cpu];
    const auto* const at = static_cast<const std::byte*>(begin);
    for (Pointer& p : agent.pointers) {
        if (p.begin != at || p.size != size) continue;
        p.time = std::max(p.time, agent.last_load);  // either copy may be the one that is used
        return;
    }
    Pointer& oldest = agent.pointers[agent.next_pointer];
    agent.next_pointer = (agent.next_pointer + 1) % agent.pointers.size();
    agent.floor = std::max(agent.floor, oldest.time);  // forgotten: holds for all from now on
    oldest = {at, size, agent.last_load};
}

void depend_on_loads() {
    if (!weak || outside()) return;
    const unsigned number = current_agent();
    run.agents[number].floor = run.model.agent(number).latest_load;
}

// --- barriers -----------------------------------------------------------------------------------

void weak_barrier(const Site& site) {
    sim::world().point({}, site);
    barrier_within_step();
}

void weak_rmb() {
    if (!outside()) run.model.smp_rmb(current_agent());
}

void weak_wmb() {
    if (!outside()) run.model.smp_wmb(current_agent());
}

void weak_before_atomic() {
    if (!outside()) run.model.smp_mb__before_atomic(current_agent());
}

void weak_after_atomic(const Site& site) {
    sim::world().point({}, site);
    after_atomic_within_step();
}

void after_atomic_within_step() {
    if (weak && !outside()) run.model.smp_mb__after_atomic(current_agent());
}

void barrier_within_step() {
    if (weak && !outside()) run.model.smp_mb(current_agent());
}

void barrier_of_resting_cpu(unsigned cpu) {
    if (weak && !outside()) run.model.observe_at_rest(current_agent(), cpu);
}

// --- locks and grace periods --------------------------------------------------------------------

void LockOrder::init() { lock_ = weak ? &run.model.make_location(0) : nullptr; }

void LockOrder::taken() {
    if (lock_ != nullptr && !outside()) run.model.spin_lock(current_agent(), *lock_);
}

void LockOrder::released() {
    if (lock_ != nullptr && !outside()) run.model.spin_unlock(current_agent(), *lock_);
}

void Milestone::init() {
    reached_ = false;
    mark_ = weak ? &run.model.make_location(0) : nullptr;
}

void Milestone::reach() {
    reached_ = true;
    if (mark_ == nullptr || outside()) return;
    run.now.question = 0;
    run.model.store(current_agent(), *mark_, 1, Order::release);
}

bool Milestone::seen_here() const {
    if (mark_ == nullptr || outside()) return reached_;
    return reached_ && run.model.agent(current_agent()).known.has(mark_->newest().id);
}

bool Milestone::certain_here() const {
    if (mark_ == nullptr || outside()) return reached_;
    return reached_ && run.model.must_see_newest(current_agent(), *mark_);
}

void GpOrder::init() { domain_ = weak ? &run.model.make_domain() : nullptr; }

GpOrder::Token GpOrder::begin_section() {
    if (domain_ == nullptr || outside()) return -1;
    const Token token = run.model.srcu_read_lock(current_agent(), *domain_);
    CHECK(token >= 0);
    return token;
}

void GpOrder::end_section(Token token) {
    if (domain_ == nullptr || outside() || token < 0) return;
    run.model.srcu_read_unlock(current_agent(), *domain_, token);
}

void GpOrder::begin() {
    if (domain_ != nullptr && !outside()) run.model.gp_begin(current_agent(), *domain_);
}

void GpOrder::end() {
    if (domain_ != nullptr && !outside()) run.model.gp_end(current_agent());
}

// --- words of a kernel's memory -----------------------------------------------------------------

namespace {

constexpr std::size_t arena_enough = std::size_t{12} << 20;
constexpr std::uint16_t stores_enough = 60'000;  // of one agent, whose stores have 16 bits

bool has_room(unsigned agent) {
    return sim::world().arena().used() < arena_enough &&
           run.model.agent(agent).stores < stores_enough;
}

Kept& slot_of(std::uint32_t number) {
    constexpr std::uint32_t spread = 2'654'435'761u;  // Knuth's multiplicative hash
    std::size_t at = (number * spread) % run.words.size();
    while (run.words[at].number_and_1 != 0 && run.words[at].number_and_1 != number + 1)
        at = (at + 1) % run.words.size();
    return run.words[at];
}

Location* location_of(const Word& word, bool is_lock) {
    Kept& kept = slot_of(word.number);
    if (kept.location != nullptr) return kept.location;
    if (2 * run.word_count >= run.words.size()) return nullptr;
    ++run.word_count;
    kept.number_and_1 = word.number + 1;
    const Value initial = is_lock ? 0 : static_cast<Value>(word.newest);
    kept.location = &make_location(word.place, initial, false);
    return kept.location;
}

// The word's location, after what was stored there without being told of. Null: no room.
Location* current_location(const Word& word) {
    Location* const x = location_of(word, false);
    if (x != nullptr && static_cast<std::uint64_t>(x->newest().value) != word.newest)
        run.model.settle(*x, static_cast<Value>(word.newest));
    return x;
}

}  // namespace

std::uint64_t load_word(const Word& word, Order order, bool (*is_pointer)(std::uint64_t),
                        const Site& site) {
    if (outside()) return word.newest;
    const unsigned number = current_agent();
    Location* const x = current_location(word);
    if (x == nullptr || !has_room(number)) return word.newest;
    AgentState& agent = run.agents[number];
    std::uint8_t& stale = x->stale_loads[number];
    will_ask(stale < max_stale_loads ? which_store.number : 0, site);
    const Loaded loaded = run.model.load(number, *x, order, {.address = agent.floor});
    stale = loaded.age == 0 ? 0 : static_cast<std::uint8_t>(stale + 1);
    const auto value = static_cast<std::uint64_t>(loaded.value);
    const bool pointer = is_pointer(value);
    if (pointer) agent.floor = run.model.agent(number).latest_load;
    if (loaded.age != 0) {
        const sim::Trace& trace = sim::world().trace();
        if (loaded.held_back && trace.level() == sim::TraceLevel::full)
            missed_held_back.push_back(trace.events().size());  // the event that follows
        sim::world().event(sim::EventKind::read, word.place, pointer ? 1 : loaded.value, loaded.age,
                           site);
    }
    return value;
}

void see_newest_word(const Word& word) {
    if (outside()) return;
    const unsigned number = current_agent();
    Location* const x = current_location(word);
    if (x == nullptr || !has_room(number)) return;
    run.now.question = 0;
    run.model.load(number, *x, Order::acquire);
}

void update_word_in_vain(const Word& word) {
    if (outside()) return;
    const unsigned number = current_agent();
    Location* const x = current_location(word);
    if (x == nullptr || !has_room(number)) return;
    run.now.question = 0;
    const auto gives_up = [](void*, Value, Value&) { return false; };
    run.model.rmw(number, *x, gives_up, nullptr, Order::relaxed, true);
}

void store_word(const Word& word, std::uint64_t value, Order order) {
    if (outside()) return;
    const unsigned number = current_agent();
    Location* const x = current_location(word);
    if (x == nullptr) return;
    if (!has_room(number)) return run.model.settle(*x, static_cast<Value>(value));
    run.now.question = 0;
    run.model.store(number, *x, static_cast<Value>(value), order,
                    {.address = run.agents[number].floor,
                     .data = run.model.agent(number).latest_load});
}

void update_word(const Word& word, std::uint64_t value, Order order) {
    if (outside()) return;
    const unsigned number = current_agent();
    Location* const x = current_location(word);
    if (x == nullptr) return;
    if (!has_room(number)) return run.model.settle(*x, static_cast<Value>(value));
    run.now.question = 0;
    const auto take = [](void* arg, Value, Value& out) {
        out = static_cast<Value>(*static_cast<std::uint64_t*>(arg));
        return true;
    };
    run.model.rmw(number, *x, take, &value, order, true, {.address = run.agents[number].floor});
}

void word_locked(const Word& lock) {
    if (outside()) return;
    const unsigned number = current_agent();
    Location* const x = location_of(lock, true);
    if (x != nullptr && has_room(number) && Model::is_free(*x)) run.model.spin_lock(number, *x);
}

void word_unlocked(const Word& lock) {
    if (outside()) return;
    const unsigned number = current_agent();
    Location* const x = location_of(lock, true);
    if (x == nullptr || Model::is_free(*x)) return;
    if (!has_room(number)) return run.model.settle(*x, 0);
    run.model.spin_unlock(number, *x);
}

void barrier_after_spinlock() {
    if (!outside()) run.model.smp_mb__after_spinlock(current_agent());
}

}  // namespace rcufuzz::memory
