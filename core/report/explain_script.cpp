// SPDX-License-Identifier: GPL-2.0-or-later
//
// A run as data for whoever wants the same order elsewhere, as on a booted kernel: the workload,
// and in the order of the run where each operation begins and ends, what was decided and where,
// and who goes on then.
#include <algorithm>
#include <array>
#include <optional>

#include <nlohmann/json.hpp>

#include "core/report/explain_formats.h"
#include "core/run/names.h"
#include "core/run/site.h"
#include "core/scenario/platform.h"
#include "core/strategy/from_plan.h"

namespace rcufuzz::report {

namespace {

using ScriptJson = nlohmann::ordered_json;

constexpr std::array<std::string_view, 4> op_context_words{"on", "off", "softirq", "hardirq"};
constexpr std::array<std::string_view, 5> act_words{"run", "irq", "softirq", "resched", "nmi"};
// Where what stands for functions of a kernel is, under their names.
constexpr std::string_view runtime = "linux/runtime/";

// The plan's own decisions; who is asked what, and when, and who comes where.
class Questions final : public sim::Strategy {
   public:
    explicit Questions(const run::Plan& plan) : from_plan_(plan.decisions) {
        const auto note = [](void* self, const sim::Context& who) {
            auto& own = *static_cast<Questions*>(self);
            own.accesses_.push_back({who.key, who.site, own.world_->points()});
        };
        sim::world().watchers().set_access_sink(note, this);
        static_cast<void>(run::run(plan, *this));
        sim::world().watchers().set_access_sink(nullptr, nullptr);
    }

    void begin(const sim::World& world) override {
        world_ = &world;
        from_plan_.begin(world);
    }
    std::uint32_t choose(const sim::Choice& choice) override {
        if (choice.kind == sim::ChoiceKind::data)
            asked_.push_back({choice.key, choice.what, world_->points()});
        return from_plan_.choose(choice);
    }
    std::uint32_t points_until_choice(sim::ContextKey key, std::uint32_t ordinal) override {
        return from_plan_.points_until_choice(key, ordinal);
    }

    // How often this context has been asked the same after the point `first`, up to `last`.
    std::size_t count(sim::ContextKey key, unsigned what, std::uint64_t first,
                      std::uint64_t last) const {
        return static_cast<std::size_t>(
            std::count_if(asked_.begin(), asked_.end(), [&](const Asked& asked) {
                return asked.key == key && asked.what == what && asked.step >= first &&
                       asked.step <= last;
            }));
    }

    // The how manieth time the context of `event` is at its line, since the point `first`. Several
    // accesses of one line, and a loop of one line, are one time. An access is noted as it is made,
    // so that the one before which this was decided is not noted yet.
    std::size_t passes(const sim::Event& event, std::uint64_t first) const {
        std::size_t count = 0;
        bool was_there = false;
        for (const Access& access : accesses_) {
            if (access.key != event.key || access.step < first || access.step > event.step)
                continue;
            const bool is_there = same_line(access.site, event.site);
            count += is_there && !was_there;
            was_there = is_there;
        }
        return was_there ? count : count + 1;
    }

    // Where the context of `event` has been last before it came to its line, since the point
    // `first`, and the how manieth time; null: nowhere that `counts`.
    template <typename Counts>
    std::optional<std::pair<sim::Site, std::size_t>> before(const sim::Event& event,
                                                            std::uint64_t first,
                                                            const Counts& counts) const {
        std::optional<sim::Event> last;
        for (const Access& access : accesses_) {
            if (access.key != event.key || access.step < first || access.step > event.step ||
                same_line(access.site, event.site) || !counts(access.site))
                continue;
            last = event;
            last->site = access.site;
            last->step = static_cast<std::uint32_t>(access.step);
        }
        if (!last) return std::nullopt;
        return std::pair{last->site, passes(*last, first)};
    }

   private:
    struct Asked {
        sim::ContextKey key;
        unsigned what;
        std::uint64_t step;
    };
    struct Access {
        sim::ContextKey key;
        sim::Site site;
        std::uint64_t step;
    };
    static bool same_line(const sim::Site& a, const sim::Site& b) {
        return a.line() == b.line() && std::string_view(a.file_name()) == b.file_name();
    }

    strategy::FromPlan from_plan_;
    const sim::World* world_ = nullptr;
    std::vector<Asked> asked_;
    std::vector<Access> accesses_;
};

class Script {
   public:
    explicit Script(const Replay& replay)
        : replay_(replay), plan_(replay.plan), questions_(replay.plan) {}

    ScriptJson json() const {
        const scenario::Platform* const platform = plan_.target->platform;
        scenario::SubjectWords words;
        if (platform != nullptr) words = platform->words_of(plan_.subject, plan_.config);
        return {{"script", 1},
                {"target", plan_.target->name},
                {"subject", plan_.subject},
                {"version", words.version},
                {"variant", words.variant},
                {"parameters", words.parameters},
                {"verdict", word(replay_.outcome.verdict)},
                {"site", replay_.outcome.site},
                {"detail", replay_.outcome.detail},
                {"config", config()},
                {"ops", ops()},
                {"events", events()}};
    }

   private:
    ScriptJson config() const {
        ScriptJson json = ScriptJson::object();
        const auto& specs = plan_.target->configs;
        for (std::size_t i = 0; i < specs.size(); ++i)
            json[std::string(specs[i].name)] = plan_.config[i];
        return json;
    }

    ScriptJson ops() const {
        ScriptJson json = ScriptJson::array();
        for (const scenario::Op& op : plan_.ops)
            json.push_back({{"op", plan_.target->ops[op.kind].name},
                            {"cpu", op.cpu},
                            {"context", op_context_words[static_cast<std::size_t>(op.context)]},
                            {"a", op.args[0]},
                            {"b", op.args[1]}});
        return json;
    }

    ScriptJson events() const {
        ScriptJson json = ScriptJson::array();
        for (std::size_t i = 0; i < replay_.trace.events.size(); ++i) {
            const sim::Event& event = replay_.trace.events[i];
            if (event.key == run::main_key) continue;
            switch (event.kind) {
                case sim::EventKind::op_begin:
                    json.push_back(begun(event, "begin", event.a));
                    break;
                case sim::EventKind::op_end:
                    json.push_back(begun(event, "end", event.a));
                    break;
                case sim::EventKind::resume:
                    json.push_back(begun(event, "resume", -1));
                    break;
                case sim::EventKind::answer:
                    json.push_back(decided(i));
                    break;
                default:
                    break;
            }
        }
        return json;
    }

    ScriptJson begun(const sim::Event& event, std::string_view what, std::int64_t op) const {
        ScriptJson json{{"what", what},
                        {"who", replay_.trace.contexts[event.key]},
                        {"cpu", event.cpu},
                        {"jiffy", event.jiffies}};
        if (op >= 0) json["op"] = op;
        return json;
    }

    ScriptJson decided(std::size_t i) const {
        const sim::Event& event = replay_.trace.events[i];
        ScriptJson json = begun(event, "decide", -1);
        json["at"] = place(i);
        if (owned(event.site)) {
            const std::uint64_t begin = begun_at(i).value_or(last_step(i));
            json["pass"] = questions_.passes(event, begin);
            const auto counts = [this](const sim::Site& site) { return owned(site); };
            if (const auto before = questions_.before(event, begin, counts)) {
                json["after"] = place(before->first);
                json["after"]["pass"] = before->second;
            }
        }
        if (run::site_file(event.site.file_name()).starts_with(runtime))
            json["instead"] = run::bare_function_name(event.site.function_name());
        if (event.b != 0) {
            const scenario::Platform* const platform = plan_.target->platform;
            json["answer"] = event.a;
            json["nth"] =
                questions_.count(event.key, event.object, begun_at(i).value_or(0), event.step);
            json["question"] = platform == nullptr ? "" : platform->question_word(event.object);
            json["words"] = run::answer_words(plan_, event.object);
            return json;
        }
        const auto number = static_cast<unsigned>(event.a);
        json["act"] = number == sim::actor_time
                          ? "time"
                          : act_words[static_cast<std::size_t>(sim::actor_act(number))];
        if (number != sim::actor_time) json["on"] = sim::actor_cpu(number);
        return json;
    }

    // The point at which the operation of its context began; none: it is in none.
    std::optional<std::uint64_t> begun_at(std::size_t event) const {
        const std::vector<sim::Event>& events = replay_.trace.events;
        for (std::size_t i = event; i > 0; --i) {
            if (events[i - 1].key != events[event].key) continue;
            if (events[i - 1].kind == sim::EventKind::op_end) break;
            if (events[i - 1].kind == sim::EventKind::op_begin) return events[i - 1].step;
        }
        return std::nullopt;
    }

    // The point of the last thing before that `event` that has its place in the order.
    std::uint64_t last_step(std::size_t event) const {
        const std::vector<sim::Event>& events = replay_.trace.events;
        for (std::size_t i = event; i > 0; --i) {
            const sim::EventKind kind = events[i - 1].kind;
            if (kind == sim::EventKind::op_begin || kind == sim::EventKind::op_end ||
                (kind == sim::EventKind::answer && events[i - 1].b == 0 &&
                 events[i - 1].a != sim::actor_time))
                return events[i - 1].step;
        }
        return 0;
    }

    bool owned(const sim::Site& site) const {
        const std::string text = run::site_text(site);
        return !text.empty() && plan_.target->owns(text);
    }

    // Where the subject itself was then: its context's last place that is the subject's own and
    // not before the operation. Null: it was not in the subject.
    ScriptJson place(std::size_t event) const {
        const std::vector<sim::Event>& events = replay_.trace.events;
        for (std::size_t i = event + 1; i > 0; --i) {
            const sim::Event& at = events[i - 1];
            if (at.key != events[event].key) continue;
            if (at.kind == sim::EventKind::op_begin) break;
            if (owned(at.site)) return place(at.site);
        }
        return nullptr;
    }

    static ScriptJson place(const sim::Site& site) {
        return {{"file", run::site_file(site.file_name())},
                {"line", site.line()},
                {"function", run::bare_function_name(site.function_name())}};
    }

    const Replay& replay_;
    const run::Plan& plan_;
    Questions questions_;
};

}  // namespace

std::string explain_script(const Replay& replay) {
    return Script(replay).json().dump(1, ' ', false, ScriptJson::error_handler_t::replace) + "\n";
}

}  // namespace rcufuzz::report
