// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/linux/sites.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "core/base/check.h"
#include "core/base/files.h"

namespace rcufuzz::linux_guest {
namespace {

std::string file_of(const std::string& text) {
    const std::string path = testing::TempDir() + "sites";
    write_file(path, text, true);
    return path;
}

TEST(Sites, NameEachPoint) {
    std::array<machine_site, 2> named{};
    Sites sites;
    sites.name(file_of("a.c 7 f\nb.h 9 g\n"), named);
    EXPECT_STREQ(named[0].file, "a.c");
    EXPECT_EQ(named[1].line, 9u);
    EXPECT_STREQ(named[1].function, "g");
    EXPECT_THROW(sites.name(file_of("a.c 7 f\n"), named), UserError) << "one too few";
    EXPECT_THROW(sites.name(file_of("a.c 7 f\na.c 8 f\na.c 9 f\n"), named), UserError);
    EXPECT_THROW(sites.name(file_of("a.c 7\na.c 8 f\n"), named), UserError);
}

TEST(Sites, KnowPlainAccessesByTheirAddress) {
    Sites sites;
    sites.read_plain_accesses(file_of("0x20000010 a.c 7 f\n0x20000020 a.c 8 f\n"));
    EXPECT_EQ(sites.plain_access(0x20000010)->line, 7u);
    EXPECT_EQ(sites.plain_access(0x20000020)->line, 8u);
    for (const std::uintptr_t other : {0x2000000fu, 0x20000011u, 0x20000021u})
        EXPECT_STREQ(sites.plain_access(other)->file, "?");
}

TEST(Sites, RefuseWhatSaysNoAddress) {
    for (const char* const text :
         {"a.c 7 f\n", "x a.c 7 f\n", "0x10 a.c 7\n", "0x20 a.c 7 f\n0x10 a.c 8 f\n", "\n"})
        EXPECT_THROW(Sites().read_plain_accesses(file_of(text)), UserError) << text;
}

}  // namespace
}  // namespace rcufuzz::linux_guest
