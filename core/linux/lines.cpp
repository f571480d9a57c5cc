// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/linux/lines.h"

#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/linux/image.h"

namespace rcufuzz::linux_guest {

namespace {

constexpr std::uint8_t breakpoint = 0xcc;  // int3

Lines* watching = nullptr;

// The instruction under the breakpoint comes next, as if nothing had been there.
void on_breakpoint(int signal, siginfo_t*, void* context) {
    auto* const registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
    const auto address = static_cast<std::uintptr_t>(registers[REG_RIP]) - 1;
    if (watching != nullptr && watching->meet(address)) {
        registers[REG_RIP] = static_cast<greg_t>(address);
        return;
    }
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

// The kernel's stacks are small: the handler has its own, or that of core/sim/oops.h.
void handle_breakpoints() {
    static std::byte signal_stack[64 * 1024];
    stack_t stack{};
    CHECK(sigaltstack(nullptr, &stack) == 0);
    if ((stack.ss_flags & SS_DISABLE) != 0) {
        stack = {.ss_sp = signal_stack, .ss_flags = 0, .ss_size = sizeof signal_stack};
        CHECK(sigaltstack(&stack, nullptr) == 0);
    }
    struct sigaction action{};
    action.sa_sigaction = on_breakpoint;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigfillset(&action.sa_mask);
    CHECK(sigaction(SIGTRAP, &action, nullptr) == 0);
}

std::vector<Lines::Row> read_rows(const std::string& path) {
    std::vector<Lines::Row> rows;
    const std::vector<std::uint8_t> bytes = read_file(path, max_image_bytes);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (const std::string_view line : lines(text)) {
        const std::vector<std::string_view> fields = words(line);
        const auto number_of = [&](unsigned i) {
            return fields.size() == 3 ? parse_int(fields[i]) : std::nullopt;
        };
        const std::optional<std::int64_t> code = number_of(0), number = number_of(2);
        const auto address = static_cast<std::uintptr_t>(code.value_or(0));
        if (!code || !number || (!rows.empty() && address < rows.back().address))
            throw UserError(path + ": does not say where lines of source are");
        rows.push_back({address, std::string(fields[1]), static_cast<unsigned>(*number)});
    }
    if (rows.empty()) throw UserError(path + ": does not say where lines of source are");
    return rows;
}

}  // namespace

Lines::Lines(const std::string& path) : rows_(read_rows(path)) {
    begin_ = rows_.front().address;
    size_ = rows_.back().address + 1 - begin_;
    void* const shared =
        mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) throw UserError("no memory for the lines of a kernel");
    met_ = static_cast<std::uint8_t*>(shared);
}

Lines::~Lines() {
    if (watching == this) watching = nullptr;
    munmap(met_, size_);
}

std::vector<Place> places(std::string_view text) {
    std::vector<Place> result;
    for (const std::string_view line : lines(text)) {
        const std::vector<std::string_view> fields = words(line);
        const auto number = fields.size() == 2 ? parse_int(fields[1]) : std::nullopt;
        if (!number) throw UserError(quoted(line) + " is not FILE LINE");
        result.push_back({std::string(fields[0]), static_cast<unsigned>(*number)});
    }
    std::ranges::sort(result);
    return result;
}

std::vector<Place> points_of_functions_at(std::span<const machine_site> points,
                                          std::span<const Place> lines) {
    constexpr unsigned near = 40;
    const auto distance = [](unsigned a, unsigned b) { return a < b ? b - a : a - b; };
    std::set<std::pair<std::string_view, std::string_view>> functions;  // with their files
    for (const Place& line : lines) {
        const machine_site* nearest = nullptr;
        for (const machine_site& point : points)
            if (point.file == line.file && distance(point.line, line.line) <= near &&
                (nearest == nullptr ||
                 distance(point.line, line.line) < distance(nearest->line, line.line)))
                nearest = &point;
        if (nearest != nullptr) functions.insert({nearest->file, nearest->function});
    }
    std::set<Place> result;
    for (const machine_site& point : points)
        if (functions.contains({point.file, point.function}))
            result.insert({point.file, point.line});
    return {result.begin(), result.end()};
}

void Lines::look_near(std::string_view near) {
    const std::vector<Place> wanted = places(near);
    for (const Row& row : rows_)
        if (std::ranges::binary_search(wanted, Place{row.file, row.line}))
            near_.push_back(row.address);
}

void Lines::watch() {
    handle_breakpoints();
    watching = this;
    code_.assign(size_, breakpoint);
    for (const Row& row : rows_)
        if (!is_met(row.address)) put_breakpoint(row.address);
    came_near_ = true;
    came_near();
}

void Lines::forget() {
    for (const Row& row : rows_) {
        if (!is_met(row.address)) continue;
        met_[row.address - begin_] = 0;
        put_breakpoint(row.address);
    }
}

void Lines::put_breakpoint(std::uintptr_t address) {
    auto* const code = reinterpret_cast<std::uint8_t*>(address);
    if (*code != breakpoint) code_[address - begin_] = std::exchange(*code, breakpoint);
}

bool Lines::came_near() {
    if (came_near_)
        for (const std::uintptr_t address : near_) put_breakpoint(address);
    return std::exchange(came_near_, false);
}

bool Lines::meet(std::uintptr_t address) {
    const std::size_t offset = address - begin_;
    if (offset >= size_ || code_.size() != size_ || code_[offset] == breakpoint) return false;
    *reinterpret_cast<std::uint8_t*>(address) = code_[offset];
    met_[offset] = 1;
    came_near_ = came_near_ || std::find(near_.begin(), near_.end(), address) != near_.end();
    return true;
}

std::string Lines::text() const {
    std::map<std::pair<std::string_view, unsigned>, bool> reached;
    for (const Row& row : rows_) reached[{row.file, row.line}] |= is_met(row.address);
    std::string text;
    for (const auto& [line, met] : reached)
        text +=
            std::string(line.first) + " " + std::to_string(line.second) + (met ? " 1\n" : " 0\n");
    return text;
}

std::string line_at(const std::string& path, std::uintptr_t address) {
    const std::vector<Lines::Row> rows = read_rows(path);
    auto row = std::upper_bound(
        rows.begin(), rows.end(), address,
        [](std::uintptr_t wanted, const Lines::Row& one) { return wanted < one.address; });
    if (row == rows.begin()) return {};
    const auto last = --row;
    while (row != rows.begin() && !row->file.ends_with(".c") && (row - 1)->address == last->address)
        --row;
    if (!row->file.ends_with(".c")) row = last;
    return row->file + ":" + std::to_string(row->line);
}

}  // namespace rcufuzz::linux_guest
