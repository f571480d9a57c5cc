// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/conform/trace.h"

#include <charconv>
#include <optional>

#include "core/base/check.h"
#include "core/base/text.h"
#include "core/conform/meaning.h"
#include "core/conform/ticks.h"
#include "core/run/codec.h"
#include "core/run/frame.h"
#include "core/run/names.h"

namespace rcufuzz::conform {

namespace {

struct Line {
    std::string_view task, text;
    unsigned cpu = 0;
    char level = '.';
    double seconds = 0;
};

std::optional<double> seconds_of(std::string_view text) {
    double value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

// "  rcu_preempt-15   [001] d..1.   12.345678: rcu_grace_period: rcu_preempt 5 start". A task's
// name may have blanks and dashes in it.
std::optional<Line> read_line(std::string_view line) {
    const std::size_t open = line.find(" [");
    const std::size_t close = line.find("] ", open);
    if (open == line.npos || close == line.npos) return std::nullopt;
    const std::string_view who = trim(line.substr(0, open));
    const std::size_t dash = who.rfind('-');
    if (dash == who.npos || dash == 0) return std::nullopt;
    Line read;
    read.task = trim(who.substr(0, dash));
    const auto [end, error] =
        std::from_chars(line.data() + open + 2, line.data() + close, read.cpu);
    if (error != std::errc() || end != line.data() + close) return std::nullopt;
    std::string_view rest = trim(line.substr(close + 2));
    const std::size_t flags_end = rest.find(' ');
    if (flags_end == rest.npos || flags_end < 4) return std::nullopt;
    read.level = rest[2];
    rest = trim(rest.substr(flags_end));
    const std::size_t colon = rest.find(": ");
    if (colon == rest.npos) return std::nullopt;
    const auto seconds = seconds_of(rest.substr(0, colon));
    if (!seconds) return std::nullopt;
    read.seconds = *seconds;
    read.text = rest.substr(colon + 2);
    return read;
}

// More is no window of a workload that a plan holds.
constexpr std::size_t max_events = 20'000;

class Reader {
   public:
    Reader(const std::string& name, const std::string& kernel) : name_(name), kernel_(kernel) {}

    std::vector<Window> read(std::string_view text) {
        while (!text.empty()) {
            const std::size_t end = std::min(text.find('\n'), text.size());
            ++number_;
            take(text.substr(0, end));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        if (windows_.empty()) wrong("has no window: no line \"rcufuzz: window\" to \"over\"");
        return std::move(windows_);
    }

   private:
    enum class In { nothing, head, body };

    [[noreturn]] void wrong(const std::string& what) const {
        throw UserError(name_ + ":" + std::to_string(number_) + ": " + what);
    }

    void take(std::string_view line) {
        if (trim(line).empty() || line.starts_with('#')) return;
        if (line.find("EVENTS]") != line.npos && line.starts_with("CPU:")) {
            window_.lost = true;
            return;
        }
        const auto read = read_line(line);
        if (!read) wrong("is no line of a trace: " + quoted(line));
        const std::size_t at = read->text.find(mark);
        if (at != read->text.npos && take_mark(read->text.substr(at + mark.size()), read->seconds))
            return;
        note_end(read->text);
        if (in_ == In::body) add(*read);
    }

    // Of "rcu_grace_period: rcu_preempt -1183 end": the two low bits go on to the next number.
    void note_end(std::string_view text) {
        if (!text.starts_with("rcu_grace_period: ") || !text.ends_with(" end")) return;
        const std::vector<std::string_view> fields = words(text);
        const auto number = fields.size() == 4 ? parse_int(fields[2]) : std::nullopt;
        if (number) last_end_ = (*number | 3) + 1;
    }

    // False: it is an event like the kernel's own.
    bool take_mark(std::string_view text, double seconds) {
        if (text == "window" || text.starts_with("window ")) {
            const bool says = text.starts_with("window gp_seq=");
            const auto base = says ? parse_int(text.substr(text.find('=') + 1)) : last_end_;
            if (!base)
                wrong("expected window gp_seq=NUMBER, or before it the end of a grace period");
            window_ = {};
            window_.line = number_;
            head_.clear();
            said_kernel_.clear();
            meaning_ = Meaning(*base);
            in_ = In::head;
            return true;
        }
        if (in_ == In::nothing) return true;
        if (text == "over") {
            close();
            return true;
        }
        if (in_ == In::body) return false;
        if (text == "go")
            begin_body(seconds);
        else if (text.starts_with("clock "))
            ticks_a_second_ = 1000 * static_cast<double>(parse_int(text.substr(6)).value_or(0));
        else if (text.starts_with("kernel "))
            said_kernel_ = text.substr(7);
        else if (text.starts_with("config ") || text.starts_with("op "))
            head_.append(text).append("\n");
        else
            wrong("a window has no mark " + quoted(text));
        return true;
    }

    void begin_body(double seconds) {
        in_ = In::body;
        window_.seconds = in_seconds(seconds);
    }

    void add(const Line& line) {
        const auto what = meaning_.of(line.text);
        if (!what) {
            ++window_.others;
            return;
        }
        meaning_.traced(line.text);
        if (window_.events.size() == max_events) wrong("a window of too many events");
        const bool optional = is_interrupt(*what);
        if (optional) ++window_.interrupts;
        window_.events.push_back({optional ? interrupts_of(line.cpu)
                                           : who_of(line.task, line.cpu, line.level),
                                  *what, in_seconds(line.seconds), 0, number_, line.cpu,
                                  optional});
    }

    double in_seconds(double time) const {
        return ticks_a_second_ > 0 ? time / ticks_a_second_ : time;
    }

    void close() {
        if (in_ != In::body) wrong("a window is over that has not begun");
        in_ = In::nothing;
        const std::string kernel = kernel_.empty() ? said_kernel_ : subject();
        const std::string text = "rcufuzz-plan 1\ntarget linux\n" +
                                 (kernel.empty() ? "" : "kernel " + kernel + "\n") + head_;
        window_.plan = run::from_text(text, name_ + ":" + std::to_string(window_.line));
        count_jiffies(window_);
        windows_.push_back(std::move(window_));
    }

    const std::string& subject() {
        if (subject_.empty())
            subject_ = run::make_frame(run::target_from_word("linux"), {.kernel = kernel_})
                           .plan.subject;
        return subject_;
    }

    const std::string& name_;
    const std::string& kernel_;
    std::string subject_;
    std::size_t number_ = 0;
    In in_ = In::nothing;
    std::optional<std::int64_t> last_end_;  // rcu_state.gp_seq after it
    double ticks_a_second_ = 0;
    std::string head_, said_kernel_;
    Meaning meaning_{0};
    Window window_;
    std::vector<Window> windows_;
};

}  // namespace

std::vector<Window> read_trace(std::string_view text, const std::string& name,
                               const std::string& kernel) {
    return Reader(name, kernel).read(text);
}

}  // namespace rcufuzz::conform
