// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/linux/kernel.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <iterator>
#include <utility>

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/linux/notes.h"
#include "core/linux/traced.h"
#include "core/linux/work.h"
#include "core/memory/run_memory.h"
#include "core/memory/words.h"
#include "core/sim/fiber_switch.h"
#include "core/sim/guest_schedule.h"

namespace rcufuzz::linux_guest {

namespace {

using sim::Site;
using sim::World;
using sim::world;

// Of the kernel that runs now: one at a time.
struct Running {
    unsigned* cpu = nullptr;
    unsigned long* jiffies = nullptr;
    unsigned long jiffies_at_0 = 0;  // the kernel's jiffies when the machine's are 0
    std::uintptr_t begin = 0;
    std::size_t size = 0;
    std::span<sim::Irq> vectors;
    std::span<sim::Irq> nmis;
    std::string* log = nullptr;
    unsigned begun = 0;  // CPUs whose task has begun, as bits
    const guest_door* door = nullptr;
    const Sites* sites = nullptr;
    sim::SubjectListener* listener = nullptr;
};
Running now;

constexpr std::size_t max_log = 64 * 1024;

inline void tell_kernel(World& w, unsigned cpu) {
    *now.cpu = cpu;
    *now.jiffies = now.jiffies_at_0 + w.jiffies();
}

inline void tell_kernel(World& w) { tell_kernel(w, w.current().cpu); }

inline sim::ObjectId place(const volatile void* object) {
    const std::uintptr_t offset = reinterpret_cast<std::uintptr_t>(object) - now.begin;
    return offset < now.size ? sim::first_place + static_cast<sim::ObjectId>(offset) : 0;
}

// The kernel's C code may have no place of its own to tell.
inline Site site_of(const machine_site* site) { return site != nullptr ? Site(site) : Site(); }

void door_point(const volatile void* object, unsigned access, const machine_site* site) {
    World& w = world();
    w.point({place(object), static_cast<sim::AccessKind>(access)}, site_of(site));
    tell_kernel(w);
}

unsigned door_choose(unsigned what, unsigned count, const machine_site* site) {
    return world().choose(static_cast<std::uint16_t>(what), count, site_of(site));
}

void door_relax(const machine_site* site) {
    World& w = world();
    w.yield(site_of(site));
    tell_kernel(w);
}

void door_changed(unsigned cpu) { sim::GuestSchedule::changed(cpu); }

void door_expiry(unsigned cpu, unsigned long jiffy) {
    world().set_expiry(cpu, jiffy == MACHINE_NEVER ? sim::no_expiry : jiffy - now.jiffies_at_0);
}

void door_raise(unsigned cpu, unsigned vector) {
    CHECK(cpu < world().cpus() && vector < MACHINE_VECTORS);
    world().raise_irq(cpu, now.vectors[cpu * MACHINE_VECTORS + vector]);
}

void door_raise_nmi(unsigned cpu) {
    CHECK(cpu < world().cpus());
    world().raise_nmi(cpu, now.nmis[cpu]);
}

void door_task_is(unsigned number) { sim::GuestSchedule::become_task(number); }

Verdict verdict_of(const char* word) {
    const std::optional<Verdict> verdict = verdict_from_word(word);
    CHECK(verdict.has_value() && "no such verdict");
    return *verdict;
}

void door_fail(const char* verdict, const char* text, const machine_site* site) {
    World& w = world();
    w.fail(verdict_of(verdict), text, site != nullptr ? Site(site) : w.current().site);
}

void door_suspect(const char* verdict, const char* text, const machine_site* site) {
    world().findings().suspect(verdict_of(verdict), text, site_of(site));
}

sim::Level level_now() {
    constexpr sim::Level levels[] = {sim::Level::task, sim::Level::softirq, sim::Level::hardirq,
                                     sim::Level::nmi};
    return levels[now.door->level()];
}

sim::SubjectEvent event_now(World& w, std::string_view text) {
    const unsigned cpu = *now.cpu;
    return {text, now.door->task_name(now.door->task_of(cpu)), cpu, level_now(), w.current().key};
}

// Where each event is a point, the task may go on elsewhere, but nobody else has written here: who
// is traced meanwhile has its text on its own stack.
void tell_listener(World& w, std::string_view text) {
    if (now.listener->wants_points()) {
        now.listener->comes(event_now(w, text));
        do {
            w.point({0, sim::AccessKind::none}, w.current().site);
            tell_kernel(w);
        } while (now.listener->waits(event_now(w, text)));
    }
    now.listener->is_traced(event_now(w, text));
}

// As x86 traces it (asm/trace/irq_vectors.h). It comes where somebody has decided that it does.
void tell_interrupt(World& w, unsigned vector) {
    const std::string_view text = interrupt_text(vector);
    if (text.empty()) return;
    const sim::SubjectEvent event = event_now(w, text);
    now.listener->comes(event);
    now.listener->is_traced(event);
}

void tell_traced(World& w, const char* event, const long* args) {
    static std::string printed;
    printed.clear();
    if (std::string_view(event) == "machine_asks") {
        const Asked asked = asked_about(args);
        return now.listener->asks_about(asked.task, asked.cpu);
    }
    if (!print_traced(printed, event, args)) return;
    // A string of its own would be lost with a run that ends here.
    std::array<char, 200> text;
    CHECK(printed.size() <= text.size());
    std::memcpy(text.data(), printed.data(), printed.size());
    tell_listener(w, {text.data(), printed.size()});
}

void door_told(const char* event, const long* args) {
    World& w = world();
    if (!w.in_context()) return;
    if (now.listener != nullptr) tell_traced(w, event, args);
    if (const std::optional<Note> note = note_of(event, args))
        w.event(sim::EventKind::note, note->number, note->a, note->b, w.current().site);
}

void door_judged(const char* verdict, const char* text, const machine_site* site) {
    world().findings().note(verdict_of(verdict), text, site_of(site));
}

void door_print(const char* text) {
    if (now.log->size() < max_log) *now.log += text;
}

const machine_site* door_site_at(unsigned long code) { return now.sites->plain_access(code); }

// --- weak memory --------------------------------------------------------------------------------

memory::Word word_at(const volatile void* address, unsigned long newest) {
    const std::uintptr_t offset = reinterpret_cast<std::uintptr_t>(address) - now.begin;
    return {static_cast<std::uint32_t>(offset / sizeof(long)), newest, place(address)};
}

bool is_pointer(std::uint64_t value) { return value - now.begin < now.size; }

unsigned long door_load(const unsigned long* word, unsigned long newest, unsigned order,
                        const machine_site* site) {
    const memory::Word at = word_at(word, newest);
    if (order == MACHINE_NEWEST)
        memory::see_newest_word(at);
    else if (order == MACHINE_FAILED)
        memory::update_word_in_vain(at);
    else
        return memory::load_word(at, static_cast<memory::Order>(order), is_pointer, site_of(site));
    return newest;
}

void door_store(const unsigned long* word, unsigned long newest, unsigned long value,
                unsigned order) {
    memory::store_word(word_at(word, newest), value, static_cast<memory::Order>(order));
}

void door_update(const unsigned long* word, unsigned long newest, unsigned long value,
                 unsigned order) {
    memory::update_word(word_at(word, newest), value, static_cast<memory::Order>(order));
}

void door_fence(unsigned kind) {
    switch (kind) {
        case MACHINE_MB:
            return memory::barrier_within_step();
        case MACHINE_RMB:
            return memory::weak_rmb();
        case MACHINE_WMB:
            return memory::weak_wmb();
        case MACHINE_MB_BEFORE_ATOMIC:
            return memory::weak_before_atomic();
        case MACHINE_MB_AFTER_ATOMIC:
            return memory::after_atomic_within_step();
        default:
            return memory::barrier_after_spinlock();
    }
}

void door_lock(const volatile void* lock, int taken) {
    const memory::Word word = word_at(lock, 0);
    if (taken != 0)
        memory::word_locked(word);
    else
        memory::word_unlocked(word);
}

machine_door machine{
    door_point,   door_choose, door_relax,   door_changed, door_expiry, door_raise, door_raise_nmi,
    door_task_is, door_fail,   door_suspect, door_judged,  door_told,   0,          door_print,
    door_site_at, door_load,   door_store,   door_update,  door_fence,  door_lock,
};

void enter(const Kernel& kernel, unsigned cpu) {
    tell_kernel(world());
    kernel.door().enter(cpu);
    sim::GuestSchedule::halt(Site::current());
}

// The task of each CPU on the machine's own stack; in the boot, and from the booted state on, in
// which it idles.
// An interrupt needs a stack that it can interrupt: none comes before the task has begun.
void begin_cpu() {
    World& w = world();
    now.begun |= 1u << w.current().cpu;
    sim::GuestSchedule::changed(w.current().cpu);
}

void boot_cpu(void* arg) {
    const auto& kernel = *static_cast<const Kernel*>(arg);
    begin_cpu();
    for (;;) enter(kernel, world().current().cpu);
}

void run_cpu(void* arg) {
    const auto& kernel = *static_cast<const Kernel*>(arg);
    const unsigned cpu = world().current().cpu;
    begin_cpu();
    tell_kernel(world());
    sim::GuestSchedule::become_task(kernel.door().task_of(cpu));
    sim::GuestSchedule::halt(Site::current());
    for (;;) enter(kernel, cpu);
}

// Answers 0 to everything.
class Ordinary final : public sim::Strategy {
   public:
    std::uint32_t choose(const sim::Choice&) override { return 0; }
    std::uint32_t points_until_choice(sim::ContextKey, std::uint32_t) override {
        return sim::never_ask;
    }
};

// The kernel's functions are called to look at it, and nothing comes in between.
template <typename F>
void looking(F f) {
    const machine_door usual = machine;
    machine.point = [](const volatile void*, unsigned, const machine_site*) {};
    machine.relax = [](const machine_site*) {};
    machine.changed = [](unsigned) {};
    machine.load = [](const unsigned long*, unsigned long newest, unsigned, const machine_site*) {
        return newest;
    };
    f();
    machine = usual;
}

// Some six thousand are usual.
constexpr std::uint64_t max_boot_points = 300'000;
constexpr sim::Jiffies first_jiffy = 100;  // of every run

}  // namespace

Kernel::Kernel(const std::string& path) : image_(path), door_(&image_.open(machine)) {
    if (door_->abi != GUEST_ABI || std::string_view(door_->work->names) != work_names)
        throw UserError(path + ": was built for another rcufuzz");
    remember(unbooted_);
}

void Kernel::name_sites(const std::string& points, const std::string& plain_accesses) {
    sites_.name(points, {door_->sites, door_->site_count});
    sites_.read_plain_accesses(plain_accesses);
}

void Kernel::begin(unsigned cpus) {
    now.cpu = door_->cpu;
    now.jiffies = door_->jiffies;
    now.begin = reinterpret_cast<std::uintptr_t>(door_->whole.begin);
    now.size = door_->whole.size;
    now.log = &log_;
    now.begun = 0;
    now.door = door_;
    now.sites = &sites_;
    now.nmis = world().arena().make_array<sim::Irq>(cpus);
    now.vectors = world().arena().make_array<sim::Irq>(cpus * MACHINE_VECTORS);
    for (unsigned vector = 0; vector < MACHINE_VECTORS; ++vector) {
        const char* const name = interrupt_name(vector);
        const sim::ObjectId object = name != nullptr ? world().names().add(name) : 0;
        for (unsigned cpu = 0; cpu < cpus; ++cpu) {
            sim::Irq& irq = now.vectors[cpu * MACHINE_VECTORS + vector];
            irq.vector = vector;
            irq.name = object;
        }
    }
}

bool Kernel::takes_interrupt(unsigned cpu) {
    return ((now.begun >> cpu) & 1u) != 0 && door_->takes_interrupt(cpu) != 0;
}

void Kernel::interrupt(unsigned cpu, unsigned vector) {
    tell_kernel(world());
    if (machine.tells != 0 && now.listener != nullptr) tell_interrupt(world(), vector);
    door_->interrupt(cpu, vector);
}

// The kernel asks for the CPU that acts, which this one is about to do.
bool Kernel::in_softirq(unsigned cpu) const {
    const unsigned acts = std::exchange(*now.cpu, cpu);
    const bool answer = door_->level() == 1;
    *now.cpu = acts;
    return answer;
}

void Kernel::nmi(unsigned cpu) {
    tell_kernel(world());
    door_->nmi(cpu);
}

std::span<const std::byte> Kernel::memory(unsigned piece) const {
    const guest_range range = door_->range(piece);
    return {static_cast<const std::byte*>(range.begin), range.size};
}

// Into the buffers that are there: new ones would cost a page fault for each page.
void Kernel::remember(std::vector<Piece>& pieces) const {
    unsigned count = 0;
    for (;; ++count) {
        const guest_range range = door_->range(count);
        if (range.size == 0) break;
        auto* const begin = static_cast<std::byte*>(range.begin);
        if (count == pieces.size()) pieces.emplace_back();
        pieces[count].begin = begin;
        pieces[count].bytes.assign(begin, begin + range.size);
    }
    pieces.resize(count);
}

// Functions of ours that a run has left for good on the kernel's stacks are gone with it.
void Kernel::put_back(const std::vector<Piece>& pieces) {
#if defined(RCUFUZZ_ASAN)
    __asan_unpoison_memory_region(reinterpret_cast<const void*>(now.begin), now.size);
#endif
    for (const Piece& piece : pieces)
        std::memcpy(piece.begin, piece.bytes.data(), piece.bytes.size());
}

// Where its first task waits for ever, CPUs may go on with their ticks.
void Kernel::judge_boot() const {
    World& w = world();
    const Verdict verdict = w.findings().result().verdict;
    const bool may_wait = verdict == Verdict::clean || verdict == Verdict::livelock;
    if (!may_wait || door_->has_booted() != 0) return;
    w.each_context([&](const sim::Context& context) {
        if (!sim::is_task_key(context.key)) return;
        const unsigned number = context.key - sim::first_task_key;
        if (task_name(number) != "init" || !task_sleeps(number)) return;
        w.findings().take_back();
        w.findings().note(Verdict::deadlock, "the boot never ends", context.site);
    });
}

bool Kernel::boot(unsigned cpus, const std::string& parameters, sim::TraceLevel level) {
    const auto known = std::find_if(booted_.begin(), booted_.end(), [&](const Booted& booted) {
        return booted.cpus == cpus && booted.parameters == parameters;
    });
    if (known != booted_.end()) {
        booted_.splice(booted_.begin(), booted_, known);
        now_ = &booted_.front();
        return true;
    }
    now_ = nullptr;
    log_.clear();
    put_back(unbooted_);
    static Ordinary ordinary;  // also told of the end, by whoever finishes a boot that failed
    World& w = world();
    w.begin(cpus, ordinary, level, {.points = max_boot_points}, this);
    machine.tells = level != sim::TraceLevel::off;
    now.jiffies_at_0 = *door_->jiffies - w.jiffies();
    *now.cpu = 0;
    door_->prepare(cpus, parameters.c_str());
    for (unsigned cpu = 0; cpu < cpus; ++cpu) w.spawn(cpu, boot_cpu, this);
    w.run_to_quiescence();
    if (unknown_parameter() != nullptr) return false;
    judge_boot();
    if (w.findings().result().verdict != Verdict::clean) return false;
    if (booted_.size() == max_booted)
        booted_.splice(booted_.begin(), booted_, std::prev(booted_.end()));
    else
        booted_.emplace_front();
    Booted& booted = booted_.front();
    booted.cpus = cpus;
    booted.parameters = parameters;
    booted.jiffies = now.jiffies_at_0 + w.jiffies();
    booted.expiries.clear();
    for (unsigned cpu = 0; cpu < cpus; ++cpu) {
        const sim::Jiffies expiry = w.cpu(cpu).next_expiry;
        booted.expiries.push_back(expiry == sim::no_expiry ? expiry
                                                           : expiry - w.jiffies() + first_jiffy);
    }
    w.finish();
    remember(booted.pieces);
    now_ = &booted;
    return true;
}

std::string Kernel::state() {
    log_.clear();
    looking([&] { door_->work->show(); });
    return log_;
}

std::optional<long> Kernel::observe(const std::string& name, int cpu) const {
    long value = -1;
    looking([&] { value = door_->work->observe(name.c_str(), cpu); });
    return value < 0 ? std::nullopt : std::optional(value);
}

void listen(sim::SubjectListener* listener) { now.listener = listener; }

void Kernel::tell_operation(std::string_view what, unsigned index) {
    if (now.listener == nullptr) return;
    // A run that ends here gives up its stack: no string may stand on it.
    std::array<char, 40> text{};
    char* end = text.data();
    for (const std::string_view word : {std::string_view("rcufuzz: "), what, std::string_view(" ")})
        end = std::copy(word.begin(), word.end(), end);
    end = std::to_chars(end, text.data() + text.size(), index).ptr;
    tell_listener(world(), {text.data(), static_cast<std::size_t>(end - text.data())});
}

void Kernel::start_run(bool weak_memory) {
    CHECK(now_ != nullptr);
    World& w = world();
    machine.tells = w.trace().level() != sim::TraceLevel::off || now.listener != nullptr;
    put_back(now_->pieces);
    *door_->weak = weak_memory ? 1 : 0;
    now.jiffies_at_0 = now_->jiffies - w.jiffies();
    tell_kernel(w, 0);
    for (unsigned cpu = 0; cpu < now_->cpus; ++cpu) {
        w.spawn(cpu, run_cpu, this);
        w.set_expiry(cpu, now_->expiries[cpu]);
    }
}

}  // namespace rcufuzz::linux_guest
