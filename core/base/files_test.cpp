// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "core/base/check.h"

namespace rcufuzz {
namespace {

using testing::HasSubstr;

// Here and not with the texts: what() is written by the standard library, which MSan does not know.
TEST(UserErrors, AreOnePrintableLineOfBoundedLength) {
    EXPECT_STREQ(UserError(std::string("a\0\x1b\n", 4)).what(), "a\\x00\\x1b\\x0a");
    const std::string said = UserError("start " + std::string(5000, 'x') + " end").what();
    EXPECT_LT(said.size(), 700u);
    EXPECT_THAT(said, testing::AllOf(testing::StartsWith("start"), testing::EndsWith(" end")));
}

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

    // What stands in the folder, hidden files included.
    std::size_t count() const {
        std::size_t files = 0;
        for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_))
            ++files;
        return files;
    }

    const std::string& folder() const { return folder_; }

   private:
    std::string folder_;
};

// A file may not grow beyond so much, as on a full disk.
class FullDisk {
   public:
    explicit FullDisk(rlim_t bytes) {
        signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

   private:
    rlimit before_{};
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

TEST_F(Files, ReadsRegularFilesOnly) {
    const auto read = [](const std::string& file) { return [file] { read_file(file); }; };
    ASSERT_EQ(mkfifo(path("fifo").c_str(), 0600), 0);
    EXPECT_EQ(complaint(read(path("fifo"))), path("fifo") + ": is not a regular file");
    EXPECT_EQ(complaint(read("/dev/zero")), "/dev/zero: is not a regular file");
    std::filesystem::create_symlink("loop", path("loop"));
    EXPECT_THAT(complaint(read(path("loop"))), HasSubstr("Too many levels of symbolic links"));
    const std::string long_name(5000, 'x');
    EXPECT_THAT(complaint(read(long_name)), HasSubstr("File name too long"));
    EXPECT_LT(complaint(read(long_name)).size(), 700u);
    write_file(path("a"), "", false);
    EXPECT_NE(complaint(read(path("a") + std::string("\0b", 2))), "") << "another file than asked";
}

TEST_F(Files, ReadsNothingLargerThanAnyInput) {
    write_file(path("largest"), std::string(max_input_bytes, ' '), false);
    EXPECT_EQ(read_file(path("largest")).size(), max_input_bytes);
    ASSERT_EQ(truncate(path("largest").c_str(), max_input_bytes + 1), 0);
    EXPECT_EQ(complaint([&] { read_file(path("largest")); }),
              path("largest") + ": is larger than 4 MiB");
    EXPECT_EQ(read_start(path("largest"), 3), "   ");
}

TEST_F(Files, WritesAllOrNothing) {
    write_file(path("a"), "old", false);
    const FullDisk full(1000);
    const std::string large(100'000, 'x');
    EXPECT_EQ(complaint([&] { write_file(path("a"), large, true); }),
              path("a") + ": File too large");
    EXPECT_THAT(complaint([&] { write_file(path("b"), large, false); }), HasSubstr(path("b")));
    EXPECT_THAT(complaint([&] { write_apart(folder(), "c", large); }), HasSubstr(path("c")));
    EXPECT_EQ(text_of(path("a")), "old");
    EXPECT_EQ(count(), 1u) << "nothing half done is left";
}

TEST_F(Files, ReplacedFilesKeepTheirModeAndLinksTheirPlace) {
    write_file(path("a"), "old", false);
    ASSERT_EQ(chmod(path("a").c_str(), 0640), 0);
    std::filesystem::create_symlink("a", path("link"));
    write_file(path("link"), "new", true);
    EXPECT_TRUE(std::filesystem::is_symlink(path("link")));
    EXPECT_EQ(text_of(path("a")), "new");
    struct stat status {};
    ASSERT_EQ(stat(path("a").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777u, 0640u);
}

TEST_F(Files, DevicesAreWrittenToAndStayWhatTheyAre) {
    write_file("/dev/null", "x", true);
    EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
    EXPECT_EQ(complaint([] { write_file("/dev/full", "x", true); }),
              "/dev/full: No space left on device");
    EXPECT_THAT(complaint([] { write_file("/dev/null", "x", false); }),
                HasSubstr("exists already"));
}

TEST_F(Files, CheckWritableSaysWhatWritingWould) {
    write_file(path("a"), "old", false);
    EXPECT_EQ(complaint([&] { check_writable(path("a"), true); }), "");
    EXPECT_EQ(complaint([&] { check_writable(path("b"), false); }), "");
    EXPECT_THAT(complaint([&] { check_writable(path("a"), false); }), HasSubstr("exists already"));
    EXPECT_THAT(complaint([&] { check_writable(path("none/a"), true); }),
                HasSubstr("No such file"));
    EXPECT_THAT(complaint([&] { check_writable(folder(), true); }), HasSubstr("is a directory"));
    EXPECT_EQ(text_of(path("a")), "old");
    EXPECT_EQ(count(), 1u);
}

TEST_F(Files, AFileThatHoldsSomethingElseIsNotTakenForThisOne) {
    EXPECT_EQ(write_apart(folder(), "find.plan", "plan"), path("find.plan"));
    EXPECT_EQ(write_apart(folder(), "find.plan", "plan"), path("find.plan"));
    write_file(path("find.plan"), "", true);
    EXPECT_EQ(write_apart(folder(), "find.plan", "plan"), path("find-2.plan"));
    EXPECT_EQ(write_apart(folder(), "find.plan", "other"), path("find-3.plan"));
    EXPECT_EQ(write_apart(folder(), "find.plan", "plan"), path("find-2.plan"));
    EXPECT_EQ(text_of(path("find.plan")), "") << "what was there is left alone";
    std::filesystem::create_symlink("nowhere", path("link.plan"));
    EXPECT_EQ(write_apart(folder(), "link.plan", "plan"), path("link-2.plan"));
}

TEST_F(Files, MakesAFolderThatCanBeWrittenTo) {
    make_folder(path("x/y"));
    EXPECT_TRUE(std::filesystem::is_directory(path("x/y")));
    write_file(path("a"), "", false);
    EXPECT_NE(complaint([&] { make_folder(path("a")); }), "");
    EXPECT_NE(complaint([&] { make_folder(path("a/b")); }), "");
    EXPECT_NE(complaint([] { make_folder("/proc/no"); }), "");
    EXPECT_THAT(complaint([] { make_folder(std::string(5000, 'x')); }), HasSubstr("too long"));
}

}  // namespace
}  // namespace rcufuzz
