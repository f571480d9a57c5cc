// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/conform/print.h"

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/conform/listening.h"
#include "core/conform/meaning.h"
#include "core/run/codec.h"
#include "core/sim/world.h"
#include "core/strategy/from_plan.h"

namespace rcufuzz::conform {

namespace {

class Printer final : public sim::SubjectListener {
   public:
    bool wants_points() const override { return false; }
    void comes(const sim::SubjectEvent&) override {}
    bool waits(const sim::SubjectEvent&) override { return false; }
    void asks_about(std::string_view, unsigned) override {}
    void is_traced(const sim::SubjectEvent& event) override {
        std::string who(event.task);
        who += "-" + std::to_string(event.key);
        add(who, event.cpu, static_cast<char>(event.level), event.text);
    }
    void mark(const std::string& what) {
        add("rcufuzz-0", 0, '.', std::string(conform::mark) + what);
    }

    std::string trace;

   private:
    void add(const std::string& who, unsigned cpu, char level, std::string_view what) {
        const sim::Jiffies now = sim::world().jiffies();
        const std::string part = std::to_string(now % 100);
        trace += who.size() < 24 ? std::string(24 - who.size(), ' ') : "";
        trace += who + " [00" + std::to_string(cpu) + "] ..";
        trace += level;
        trace += ".. " + std::to_string(now / 100) + "." + (part.size() < 2 ? "0" : "") + part;
        trace.append("0000: ").append(what).append("\n");
    }
};

struct Boot {
    Printer& printer;
    const run::Plan& plan;
};

void write_head(void* arg, scenario::Instance& instance) {
    auto& [printer, plan] = *static_cast<Boot*>(arg);
    printer.mark("window gp_seq=" + std::to_string(grace_period_now(instance)));
    const std::string text = run::to_text(plan);
    for (const std::string_view line : lines(text))
        for (const std::string_view word : {"kernel ", "config ", "op "})
            if (line.starts_with(word)) printer.mark(std::string(line));
    printer.mark("go");
}

}  // namespace

Printed print_events(const run::Plan& plan) {
    Printer printer;
    Boot boot{printer, plan};
    const Listening listening(plan, printer);
    strategy::FromPlan from_plan(plan.decisions);
    Printed printed;
    printed.outcome = run::run(plan, from_plan, {.on_boot = write_head, .on_boot_arg = &boot});
    printer.mark("over");
    printed.trace = std::move(printer.trace);
    return printed;
}

}  // namespace rcufuzz::conform
