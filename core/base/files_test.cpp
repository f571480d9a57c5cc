// SPDX-License-Identifier: GPL-2.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "core/base/check.h"
#include "core/base/text.h"

namespace rcufuzz {
namespace {

using testing::HasSubstr;

class Files : public testing::Test {
   protected:
    Files() : folder_(testing::TempDir() + "/rcufuzz_base_test") {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
    }
    ~Files() override { std::filesystem::remove_all(folder_); }

    std::string path(const char* name) const { return folder_ + "/" + name; }

    static std::string text_of(const std::string& file) {
        const std::vector<std::uint8_t> bytes = read_file(file);
        return {bytes.begin(), bytes.end()};
    }

    // The one line that the user gets to see; empty: nothing was wrong.
    template <typename Fn>
    static std::string complaint(const Fn& fn) {
        try {
            fn();
        } catch (const UserError& error) {
            return error.what();
        }
        return "";
    }

   private:
    std::string folder_;
};

TEST_F(Files, ReadsBackWhatItWrote) {
    const std::string content("all\0bytes\n\xff", 11);
    write_file(path("a"), content, false);
    EXPECT_EQ(text_of(path("a")), content);
    write_file(path("empty"), "", false);
    EXPECT_EQ(text_of(path("empty")), "");
}

TEST_F(Files, ReadsFilesLargerThanItsBuffer) {
    std::string content(100'000, 'x');
    content[54321] = 'y';
    write_file(path("large"), content, false);
    EXPECT_EQ(text_of(path("large")), content);
}

TEST_F(Files, ReplacesAFileOnlyWhenAsked) {
    write_file(path("a"), "old and long", false);
    const std::string said = complaint([&] { write_file(path("a"), "new", false); });
    EXPECT_THAT(said, HasSubstr(path("a")));
    EXPECT_THAT(said, HasSubstr("exists already"));
    EXPECT_EQ(text_of(path("a")), "old and long");
    write_file(path("a"), "new", true);
    EXPECT_EQ(text_of(path("a")), "new");
}

TEST_F(Files, ErrorsNameTheFile) {
    const auto read = [](const std::string& file) { return [file] { read_file(file); }; };
    EXPECT_EQ(complaint(read(path("none"))), path("none") + ": No such file or directory");
    EXPECT_EQ(complaint(read(path(""))), path("") + ": is a directory");
    EXPECT_THAT(complaint([&] { write_file(path("none/a"), "", false); }),
                HasSubstr(path("none/a")));
    EXPECT_THAT(complaint([&] { write_file(path(""), "", true); }), HasSubstr(path("")));
}

}  // namespace
}  // namespace rcufuzz
