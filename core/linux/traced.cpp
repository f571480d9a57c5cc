// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/linux/traced.h"

#include <array>
#include <charconv>

#include "core/base/check.h"
#include "core/linux/door.h"
#include "core/linux/guest_stack.h"
#include "core/sim/guest.h"

namespace rcufuzz::linux_guest {

namespace {

struct Traced {
    std::string_view name, form;
};

constexpr std::array table{
#define TRACED(name, form) Traced{#name, form},
#include "core/linux/traced.def"
#undef TRACED
};

// By enum vector of core/linux/runtime/runtime.h.
struct Interrupt {
    const char* name;
    std::string_view text;
};
constexpr std::array<Interrupt, MACHINE_DEVICE_VECTOR + 1> interrupts{{
    {"rescheduling", "reschedule_entry: vector=253"},
    {"function call", "call_function_entry: vector=252"},
    {"function call", "call_function_single_entry: vector=251"},
    {"irq_work", "irq_work_entry: vector=246"},
    {"start-up", ""},
    {"end of MWAIT", ""},
    {nullptr, ""},
    {nullptr, ""},
    {"workload's", ""},
}};

RCUFUZZ_READS_GUEST_STACK long argument(const long* args, std::size_t number) {
    return args[number];
}

template <typename Number>
void add_number(std::string& to, Number number, int base) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, base);
    to.append(digits.data(), end.ptr);
}

void add(std::string& to, char form, long value) {
    switch (form) {
        case 's':
            to += reinterpret_cast<const char*>(value);
            break;
        case 'd':
            add_number(to, value, 10);
            break;
        case 'x':
        case 'p':
            add_number(to, static_cast<unsigned long>(value), 16);
            break;
        default:
            CHECK(form >= 'A' && form <= 'Z');
            to += value != 0 ? form : '.';
    }
}

}  // namespace

bool print_traced(std::string& to, std::string_view event, const long* args) {
    for (const Traced& traced : table) {
        if (traced.name != event) continue;
        to.append(event).append(": ");
        std::size_t next = 0;
        for (std::size_t i = 0; i < traced.form.size(); ++i) {
            const char c = traced.form[i];
            if (c != '%') {
                to += c;
                continue;
            }
            const char form = traced.form[++i];
            if (form == '!')
                add(to, 'd', argument(args, static_cast<std::size_t>(traced.form[++i] - '0')));
            else
                add(to, form, argument(args, next++));
        }
        return true;
    }
    return false;
}

Asked asked_about(const long* args) {
    return {reinterpret_cast<const char*>(argument(args, 0)),
            static_cast<unsigned>(argument(args, 1))};
}

std::string_view interrupt_text(unsigned vector) {
    if (vector == sim::timer_vector) return "local_timer_entry: vector=236";
    return vector < interrupts.size() ? interrupts[vector].text : "";
}

const char* interrupt_name(unsigned vector) {
    return vector < interrupts.size() ? interrupts[vector].name : nullptr;
}

}  // namespace rcufuzz::linux_guest
