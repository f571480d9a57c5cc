// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/linux/sites.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/linux/image.h"

namespace rcufuzz::linux_guest {

namespace {

// Of each line its fields, to `row`; false: it is none of this kind.
template <typename Row>
void each_row(const std::string& path, const Row& row) {
    const std::vector<std::uint8_t> bytes = read_file(path, max_image_bytes);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (const std::string_view line : lines(text))
        if (!row(words(line))) throw UserError(path + ": is not of this kernel image");
}

}  // namespace

machine_site Sites::site(std::span<const std::string_view> fields) {
    return {.file = keep(fields[0]),
            .function = keep(fields[2]),
            .line = static_cast<unsigned>(parse_int(fields[1]).value_or(0)),
            .column = 0};
}

void Sites::name(const std::string& path, std::span<machine_site> points) {
    std::size_t i = 0;
    each_row(path, [&](const std::vector<std::string_view>& fields) {
        if (fields.size() != 3 || i == points.size()) return false;
        points[i++] = site(fields);
        return true;
    });
    if (i != points.size()) throw UserError(path + ": is not of this kernel image");
}

void Sites::read_plain_accesses(const std::string& path) {
    CHECK(addresses_.empty());
    each_row(path, [&](const std::vector<std::string_view>& fields) {
        const auto code = fields.size() == 4 ? parse_int(fields[0]) : std::nullopt;
        const auto address = static_cast<std::uintptr_t>(code.value_or(0));
        if (!code || (!addresses_.empty() && address <= addresses_.back())) return false;
        addresses_.push_back(address);
        plain_.push_back(site(std::span(fields).subspan(1)));
        return true;
    });
}

const machine_site* Sites::plain_access(std::uintptr_t address) const {
    static constexpr machine_site unnamed{"?", "?", 0, 0};
    const auto found = std::ranges::lower_bound(addresses_, address);
    if (found == addresses_.end() || *found != address) return &unnamed;
    return &plain_[static_cast<std::size_t>(found - addresses_.begin())];
}

}  // namespace rcufuzz::linux_guest
