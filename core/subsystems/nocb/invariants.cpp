// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/subsystems/nocb/invariants.h"

#include <string>

#include "core/subsystems/nocb/notes.h"

namespace rcufuzz::nocb {

std::string cpu_text(const RcuData& rdp) { return "cpu" + std::to_string(rdp.cpu); }

void object_if(const std::string& objection, const Site& site,
               std::initializer_list<kernel::ObjectId> broken) {
    if (!objection.empty() && scenario::white_box_oracles && !kernel::run_is_over()) [[unlikely]]
        kernel::invariant_broken({objection, "", broken}, site);
}

namespace {

long walk(const RcuHead* from, const RcuHead* const* end) {
    long count = 0;
    for (const RcuHead* const* link = &from; *link != nullptr && count <= 1000; ++count) {
        link = &(*link)->next;
        if (link == end) return count + 1;
    }
    return count;
}

bool timer_will_run(const kernel::TimerList& timer) {
    return timer.pending || timer.handler_due_or_running();
}

bool rcuog_sleeps_on_gp_wq(const RcuData& leader) {
    const kernel::Task* const rcuog = leader.nocb_gp_kthread.get();
    return rcuog != nullptr && kernel::sleeps_on(*rcuog, leader.nocb_gp_wq.object());
}

// rcuog sleeps for an indefinite time, and no timer will wake it.
bool nobody_carries(const RcuData& leader) {
    if (!rcuog_sleeps_on_gp_wq(leader) || !leader.nocb_gp_sleep.get()) return false;
    if (timer_will_run(leader.nocb_bypass_timer)) return false;
    for (const RcuData* member = &leader; member != nullptr; member = member->nocb_next_cb_rdp)
        if (member->nocb_defer_wakeup.get() > RCU_NOCB_WAKE_NOT &&
            timer_will_run(member->nocb_timer))
            return false;
    return true;
}

// What hunts and fuzzers count as one coarse state of a CPU and its group.
std::uint64_t coarse_state(const RcuData& rdp) {
    const RcuData& leader = *rdp.nocb_gp_rdp;
    const kernel::Task* const rcuog = leader.nocb_gp_kthread.get();
    if (rcuog == nullptr) return 0;
    const auto few = [](long n) { return static_cast<std::uint64_t>(n < 3 ? n : 3); };
    std::uint64_t state = static_cast<std::uint64_t>(rdp.nocb_defer_wakeup.get() + 1);
    state = state * 4 + static_cast<std::uint64_t>(rdp.nocb_timer.phase);
    state = state * 2 + (leader.nocb_bypass_timer.pending ? 1 : 0);
    state = state * 2 + (leader.nocb_gp_sleep.get() ? 1 : 0);
    state = state * 2 + (rdp.nocb_cb_sleep.get() ? 1 : 0);
    state = state * 4 + kernel::coarse_task_state(*rcuog);
    state = state * 2 + (kernel::sleeps_on(*rcuog, leader.nocb_gp_wq.object()) ? 1 : 0);
    state = state * 4 + few(rdp.nocb_bypass.len.get());
    for (const long segment : rdp.cblist.seglen) state = state * 4 + few(segment);
    return state * 4 + kernel::rcu_seq_state(rdp.mynode->gp_seq.get());
}

// What the carrier of an offloaded CPU's callbacks lacks, and who changed that last.
std::string carrier_of_offloaded(const RcuData& rdp) {
    const RcuData& leader = *rdp.nocb_gp_rdp;
    if (rdp.nocb_cb_kthread == nullptr) return "no_rcuo";
    if (leader.nocb_gp_kthread.get() == nullptr) return "no_rcuog";
    const bool completely = rcu_segcblist_completely_offloaded(rdp.cblist);
    std::string text = completely ? "offloaded" : "toggling";
    if (!rcuog_sleeps_on_gp_wq(leader))
        return text + (rcu_segcblist_ready_cbs(rdp.cblist) ? "_rcuo_sleeps"
                                                           : "_rcuog_awaits_grace_period");
    text += "_rcuog_sleeps";
    if (rdp.nocb_defer_wakeup.get() == RCU_NOCB_WAKE_OFF) return text + "_level_off";
    if (rdp.nocb_defer_wakeup.get() > RCU_NOCB_WAKE_NOT) return text + "_level_set";
    return text;
}

kernel::Objection no_carrier(const RcuData& rdp, std::string objection) {
    kernel::Objection why{std::move(objection), carrier_of_offloaded(rdp)};
    if (rdp.nocb_cb_kthread == nullptr || rdp.nocb_gp_rdp->nocb_gp_kthread.get() == nullptr)
        why.broken = {rdp.cblist.flags.object()};  // who has had it offloaded all the same
    else if (why.cause.ends_with("_level_off"))
        why.broken = {rdp.nocb_defer_wakeup.object()};
    return why;
}

}  // namespace

// I1: where the lock is free, a level above NOT has a timer behind it, and the reverse.
std::string check_I1_level_has_timer(const RcuData& rdp) {
    const bool level = rdp.nocb_defer_wakeup.get() > RCU_NOCB_WAKE_NOT;
    if (level && !timer_will_run(rdp.nocb_timer))
        return "I1: nocb_defer_wakeup of " + cpu_text(rdp) + " is set, but nocb_timer is not armed";
    // A toggler has shut the level down and is about to delete the timer.
    if (rdp.nocb_defer_wakeup.get() == RCU_NOCB_WAKE_OFF &&
        (rdp.cblist.flags.get() & SEGCBLIST_OFFLOADED) == 0)
        return {};
    if (!level && rdp.nocb_timer.pending)
        return "I1: nocb_timer of " + cpu_text(rdp) + " is armed, but nocb_defer_wakeup is not set";
    return {};
}

// I3: callbacks that wait have a carrier. Asked only when nobody is about to wake rcuog; of a CPU
// that is not completely offloaded, its toggler or the CPU itself takes care.
std::string check_I3_carrier(const RcuData& rdp) {
    if (!rcu_segcblist_completely_offloaded(rdp.cblist)) return {};
    if (!rcu_segcblist_pend_cbs(rdp.cblist) && rdp.nocb_bypass.head == nullptr) return {};
    if (!nobody_carries(*rdp.nocb_gp_rdp)) return {};
    return "I3: callbacks of " + cpu_text(rdp) +
           " wait while rcuog sleeps, and nothing will wake it";
}

// I4: callbacks that may be invoked have an rcuo that is not told to sleep, or a carrier.
std::string check_I4_ready_callbacks(const RcuData& rdp) {
    if (!rcu_segcblist_completely_offloaded(rdp.cblist) || !rcu_segcblist_ready_cbs(rdp.cblist))
        return {};
    const kernel::Task* const rcuo = rdp.nocb_cb_kthread;
    if (rcuo == nullptr || !kernel::sleeps_on(*rcuo, rdp.nocb_cb_wq.object())) return {};
    if (!rdp.nocb_cb_sleep.get() || !nobody_carries(*rdp.nocb_gp_rdp)) return {};
    return "I4: callbacks of " + cpu_text(rdp) + " may be invoked, but rcuo and rcuog sleep";
}

// I5: the segments are in order and the list ends where the last one does.
std::string check_I5_list_shape(const RcuSegcblist& list) {
    RcuHead* const* link = &list.head;
    unsigned segment = 0;
    for (unsigned steps = 0; steps <= 1000; ++steps) {
        while (segment < RCU_CBLIST_NSEGS && list.tails[segment] == link) ++segment;
        if (*link == nullptr) break;
        link = &(*link)->next;
    }
    if (segment != RCU_CBLIST_NSEGS || *list.tails[RCU_NEXT_TAIL] != nullptr)
        return "I5: a segmented list's tails are not in the order of its links";
    const bool wait_empty = rcu_segcblist_segempty(list, RCU_WAIT_TAIL);
    const bool next_ready_empty = rcu_segcblist_segempty(list, RCU_NEXT_READY_TAIL);
    if (wait_empty && !next_ready_empty) return "I5: WAIT is empty, but NEXT_READY is not";
    if (!wait_empty && !next_ready_empty &&
        kernel::ulong_cmp_lt(list.gp_seq[RCU_NEXT_READY_TAIL], list.gp_seq[RCU_WAIT_TAIL]))
        return "I5: NEXT_READY waits for an earlier grace period than WAIT";
    return {};
}

// I6: len counts what is queued, in the bypass, being invoked, and about to be linked.
std::string check_I6_len(const RcuData& rdp) {
    const long len = rdp.cblist.len.get();
    if (len < 0) return "I6: len of " + cpu_text(rdp) + " is negative";
    if (rdp.nocb_bypass_lock.is_locked()) return {};  // counted before it is linked
    const long listed = walk(rdp.cblist.head, nullptr) + walk(rdp.nocb_bypass.head, nullptr);
    if (len != listed + rdp.in_batch)
        return "I6: len of " + cpu_text(rdp) + " is " + std::to_string(len) + ", but " +
               std::to_string(listed + rdp.in_batch) + " callbacks are there";
    return {};
}

// I7: each segment's length, and the bypass list's, is what a walk counts.
std::string check_I7_segment_lengths(const RcuData& rdp) {
    const RcuSegcblist& list = rdp.cblist;
    RcuHead* const* from = &list.head;
    for (unsigned i = 0; i < RCU_CBLIST_NSEGS; ++i) {
        const long count = from == list.tails[i] ? 0 : walk(*from, list.tails[i]);
        if (count != list.seglen[i])
            return "I7: segment " + std::to_string(i) + " of " + cpu_text(rdp) +
                   " has the wrong length";
        from = list.tails[i];
    }
    if (!rdp.nocb_bypass_lock.is_locked() &&
        rdp.nocb_bypass.len.get() != walk(rdp.nocb_bypass.head, nullptr))
        return "I7: the bypass list of " + cpu_text(rdp) + " has the wrong length";
    return {};
}

// I16: rcuog sleeps for an indefinite time only while nocb_gp_sleep says so.
std::string check_I16_sleep_flag(const RcuData& leader) {
    if (!rcuog_sleeps_on_gp_wq(leader) || leader.nocb_gp_sleep.get()) return {};
    return "I16: rcuog of " + cpu_text(leader) + "'s group sleeps though its wake-up was requested";
}

void check_released(RcuData& rdp, const Site& site) {
    if (kernel::run_is_over()) return;
    if (kernel::wants_states()) kernel::note_state(coarse_state(rdp));
    if (!scenario::white_box_oracles) return;
    if (const std::string broken = check_I5_list_shape(rdp.cblist); !broken.empty())
        kernel::fail(Verdict::list_corrupted, broken, site);
    object_if(check_I1_level_has_timer(rdp), site,
              {rdp.nocb_timer.object, rdp.nocb_defer_wakeup.object()});
    if (std::string broken = check_I6_len(rdp); !broken.empty())
        kernel::invariant_broken({std::move(broken), "I6_len", {rdp.cblist.len.object()}}, site);
    object_if(check_I7_segment_lengths(rdp), site);
    object_if(check_I10_numbers(rdp), site);
    object_if(check_I14_promptness(rdp), site);
    object_if(check_I18_not_offloaded(rdp), site);
}

// Callbacks strand, whatever comes: the same words as at the end. Whether they have come to be
// ready meanwhile is luck.
void judge_carrier(const RcuData& rdp, std::string objection, const Site& site) {
    if (objection.empty()) return;
    kernel::suspect(Verdict::stranded_callback, no_carrier(rdp, std::move(objection)), site);
}

OwesWakeup::OwesWakeup(const Site& site) : site_(site) { ++nocb().owing_wakeups; }

OwesWakeup::~OwesWakeup() {
    if (--nocb().owing_wakeups != 0) return;
    if (!scenario::white_box_oracles || kernel::run_is_over()) return;
    for (const RcuData& rdp : nocb().rdps()) {
        judge_carrier(rdp, check_I3_carrier(rdp), site_);
        judge_carrier(rdp, check_I4_ready_callbacks(rdp), site_);
        if (rdp.nocb_gp_rdp == &rdp) object_if(check_I16_sleep_flag(rdp), site_);
    }
}

void ghost_batch_begin(RcuData& rdp, long count) { rdp.in_batch += count; }

void ghost_batch_done(RcuData& rdp, long count) { rdp.in_batch -= count; }

namespace {

bool is_queued(const RcuData& rdp, const Callback& callback) {
    for (const RcuHead* list : {rdp.cblist.head, rdp.nocb_bypass.head})
        for (const RcuHead* head = list; head != nullptr; head = head->next)
            if (head == &callback) return true;
    return false;
}

kernel::Objection why_stranded(State& state, const Callback& callback, std::string objection) {
    if (kernel::rcu_seq_state(state.rcu_state.gp_seq.get()) != 0)
        return {std::move(objection), "grace_period_never_ends"};
    if (!check_I13_requests(state).empty())
        return {std::move(objection), "grace_period_asked_for_and_not_begun"};
    for (const RcuData& rdp : state.rdps()) {
        if (!is_queued(rdp, callback)) continue;
        if (rcu_rdp_is_offloaded(rdp)) return no_carrier(rdp, std::move(objection));
        const bool online = kernel::cpu_online(rdp.cpu);
        return {std::move(objection), online ? "not_offloaded" : "not_offloaded_offline"};
    }
    return objection;
}

}  // namespace

void check_end(State& state) {
    for (unsigned i = 0; i < state.callbacks.count(); ++i) {
        const Callback& callback = state.callbacks[i];
        if (!callback.linked || callback.invoked != 0) continue;
        const std::string name =
            "callback " + callback_name(callback.number) + " of cpu" + std::to_string(callback.cpu);
        bool queued = false;
        for (const RcuData& rdp : state.rdps()) queued = queued || is_queued(rdp, callback);
        if (!queued) {
            kernel::object_at_end(Verdict::callback_lost, name + " is on no list and did not run",
                                  Site::current());
            return;
        }
        note(Note::stranded, callback.number, static_cast<int>(callback.cpu));
        kernel::object_at_end(
            Verdict::stranded_callback,
            why_stranded(state, callback,
                         name + " is still queued, and nobody is left who would look at it"),
            Site::current());
        return;
    }
    if (!scenario::white_box_oracles) return;
    for (const RcuData& rdp : state.rdps())  // I2
        if (rdp.cblist.len.get() != 0 || rdp.cblist.head != nullptr ||
            rdp.nocb_bypass.head != nullptr)
            kernel::invariant_broken("I2: at the end " + cpu_text(rdp) + " still counts callbacks",
                                     Site::current());
    object_if(check_I13_requests(state), Site::current());
    for (const RcuData& rdp : state.rdps()) object_if(check_I21_kthreads(rdp), Site::current());
}

}  // namespace rcufuzz::nocb
