// SPDX-License-Identifier: GPL-2.0-or-later
//
// A run as data for whoever wants the same order elsewhere, as on a booted kernel: the workload,
// and in the order of the run where each operation begins and ends, what was decided and where,
// and who goes on then.
#include <array>

#include <nlohmann/json.hpp>

#include "core/report/explain_formats.h"
#include "core/run/names.h"
#include "core/run/site.h"
#include "core/scenario/platform.h"

namespace rcufuzz::report {

namespace {

using ScriptJson = nlohmann::ordered_json;

constexpr std::array<std::string_view, 4> op_context_words{"on", "off", "softirq", "hardirq"};
constexpr std::array<std::string_view, 5> act_words{"run", "irq", "softirq", "resched", "nmi"};

class Script {
   public:
    explicit Script(const Find& find) : find_(find), plan_(find.plan) {}

    ScriptJson json() const {
        const scenario::Platform* const platform = plan_.target->platform;
        scenario::SubjectWords words;
        if (platform != nullptr) words = platform->words_of(plan_.subject, plan_.config);
        return {{"script", 1},
                {"target", plan_.target->name},
                {"subject", plan_.subject},
                {"version", words.version},
                {"configuration", words.configuration},
                {"verdict", word(find_.outcome.verdict)},
                {"detail", find_.outcome.detail},
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
        for (std::size_t i = 0; i < find_.trace.events.size(); ++i) {
            const sim::Event& event = find_.trace.events[i];
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
                  {"who", find_.trace.contexts[event.key]},
                  {"cpu", event.cpu},
                  {"jiffy", event.jiffies}};
        if (op >= 0) json["op"] = op;
        return json;
    }

    ScriptJson decided(std::size_t i) const {
        const sim::Event& event = find_.trace.events[i];
        ScriptJson json = begun(event, "decide", -1);
        json["at"] = place(i);
        if (event.b != 0) {
            const scenario::Platform* const platform = plan_.target->platform;
            json["answer"] = event.a;
            json["question"] = platform == nullptr ? "" : platform->answer_words(event.object);
            return json;
        }
        const auto number = static_cast<unsigned>(event.a);
        json["act"] = number == sim::actor_time
                          ? "time"
                          : act_words[static_cast<std::size_t>(sim::actor_act(number))];
        if (number != sim::actor_time) json["on"] = sim::actor_cpu(number);
        return json;
    }

    // Where the subject itself was then: its context's last place that is the subject's own and
    // not before the operation. Null: it was not in the subject.
    ScriptJson place(std::size_t event) const {
        const std::vector<sim::Event>& events = find_.trace.events;
        for (std::size_t i = event + 1; i > 0; --i) {
            const sim::Event& at = events[i - 1];
            if (at.key != events[event].key) continue;
            if (at.kind == sim::EventKind::op_begin) break;
            const std::string text = run::site_text(at.site);
            if (text.empty() || !plan_.target->owns(text)) continue;
            return {{"file", run::site_file(at.site.file_name())},
                    {"line", at.site.line()},
                    {"function", run::bare_function_name(at.site.function_name())}};
        }
        return nullptr;
    }

    const Find& find_;
    const run::Plan& plan_;
};

}  // namespace

std::string explain_script(const Find& find) {
    return Script(find).json().dump(1, ' ', false, ScriptJson::error_handler_t::replace) + "\n";
}

}  // namespace rcufuzz::report
