// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/hunt_view.h"

#include <filesystem>
#include <numeric>

#include "core/run/names.h"

namespace rcufuzz::cli {

namespace {

std::uint64_t sum(const run::Covered::ByContext& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

void view_operations(HuntView& view) {
    const run::Covered& covered = view.record.covered;
    const auto ops = run::target_from_word(view.record.subject.target).ops;
    for (std::size_t kind = 0; kind < ops.size(); ++kind) {
        OperationView op{std::string(ops[kind].name), sum(covered.began[kind]),
                         sum(covered.done[kind]), {}, covered.together[kind].count()};
        for (std::size_t i = 0; i < scenario::op_context_words.size(); ++i) {
            if (((ops[kind].contexts >> i) & 1u) == 0) continue;
            ++view.contexts_in_all;
            if (covered.done[kind][i] != 0)
                ++view.contexts;
            else
                op.missing.emplace_back(scenario::op_context_words[i]);
        }
        view.operations.push_back(std::move(op));
        for (std::size_t other = 0; other <= kind; ++other) {
            ++view.pairs_in_all;
            if (covered.together[kind].test(other))
                ++view.pairs;
            else
                view.pairs_missing.push_back(std::string(ops[other].name) + " + " +
                                             std::string(ops[kind].name));
        }
    }
}

void view_lines(HuntView& view) {
    for (const auto& [name, lines] : view.record.lines) {
        FileView file{name, lines.size(), 0, line_ranges(lines, false, true)};
        for (const auto& [line, reached] : lines) file.reached += reached ? 1 : 0;
        view.files.push_back(std::move(file));
    }
}

// scripts/daily puts them there.
std::string reports_of(const std::string& folder, const KeptFind& find) {
    std::string endings;
    for (const std::string ending : {"txt", "html"}) {
        std::error_code error;
        const std::filesystem::path plan(folder + "/finds/" + find.file);
        if (std::filesystem::exists(std::filesystem::path(plan).replace_extension(ending), error))
            endings += (endings.empty() ? "" : " ") + ending;
    }
    return endings;
}

}  // namespace

std::vector<std::string> HuntView::never_ran() const {
    std::vector<std::string> names;
    for (const OperationView& op : operations)
        if (op.began == 0) names.push_back(op.name);
    return names;
}

std::vector<std::string> HuntView::never_did() const {
    std::vector<std::string> names;
    for (const OperationView& op : operations)
        if (op.began != 0 && op.done == 0) names.push_back(op.name);
    return names;
}

HuntView view_hunt(const std::string& folder) {
    HuntView view;
    view.folder = folder;
    view.record = read_record(folder);
    for (const KeptFind& find : view.record.finds) view.told.push_back(reports_of(folder, find));
    view_operations(view);
    view_lines(view);
    return view;
}

}  // namespace rcufuzz::cli
