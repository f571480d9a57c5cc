// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>

#include "core/base/check.h"

namespace rcufuzz {

namespace {

namespace fs = std::filesystem;

constexpr unsigned most_namesakes = 10000;
constexpr mode_t new_file_mode = 0666;  // less what the umask takes

[[noreturn]] void fail(const std::string& path, const char* reason) {
    throw UserError(path + ": " + reason);
}
[[noreturn]] void fail_with_errno(const std::string& path) { fail(path, std::strerror(errno)); }

class Descriptor {
   public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return number_; }
    bool valid() const { return number_ >= 0; }

   private:
    int number_;
};

// --- reading ------------------------------------------------------------------------------------

// Up to `limit` bytes; more where there are more, so that the caller can tell.
std::vector<std::uint8_t> read_some(int file, const std::string& path, std::size_t limit) {
    std::vector<std::uint8_t> bytes;
    std::uint8_t buffer[16384];
    while (bytes.size() <= limit) {
        const ssize_t count = read(file, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail_with_errno(path);
        if (count == 0) break;
        bytes.insert(bytes.end(), buffer, buffer + count);
    }
    return bytes;
}

// Not blocking: to open a FIFO would wait for who writes to it.
Descriptor open_regular(const std::string& path) {
    struct stat status {};
    if (path.find('\0') != path.npos) fail(path, "No such file or directory");
    const int number = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (number < 0 && errno == ENXIO) fail(path, "is not a regular file");
    if (number < 0) fail_with_errno(path);
    if (fstat(number, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(number);
        fail(path, S_ISDIR(status.st_mode) ? "is a directory" : "is not a regular file");
    }
    return Descriptor(number);
}

// --- writing ------------------------------------------------------------------------------------

std::string folder_of(const std::string& path) {
    const std::string folder = fs::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

void write_all(int file, std::string_view content, const std::string& path) {
    while (!content.empty()) {
        const ssize_t count = write(file, content.data(), content.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail_with_errno(path);
        content.remove_prefix(static_cast<std::size_t>(count));
    }
}

// A file that has no name before it is whole: nothing of it stays if the process ends. Where the
// file system has no such files it has a temporary name, which the destructor takes away.
class NewFile {
   public:
    // `name`: what messages call it.
    NewFile(const std::string& path, const std::string& name)
        : path_(path), name_(name), folder_(folder_of(path)), file_(open_new()) {
        if (!file_.valid()) fail_with_errno(name_);
    }
    ~NewFile() {
        if (!temporary_.empty()) unlink(temporary_.c_str());
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    void fill(std::string_view content, std::optional<mode_t> mode) {
        if (mode && fchmod(file_.get(), *mode) != 0) fail_with_errno(name_);
        write_all(file_.get(), content, name_);
        if (fsync(file_.get()) != 0) fail_with_errno(name_);
    }

    // False: there is a file of that name already.
    bool publish() {
        const bool done = temporary_.empty() ? link_unnamed(path_) : rename_to_new();
        if (!done && errno != EEXIST) fail_with_errno(name_);
        if (done) sync_folder();
        return done;
    }

    void replace() {
        if (temporary_.empty() && !name_unnamed()) fail_with_errno(name_);
        if (rename(temporary_.c_str(), path_.c_str()) != 0) fail_with_errno(name_);
        temporary_.clear();
        sync_folder();
    }

   private:
    int open_new() {
        // Naming it later goes through /proc.
        if (access("/proc/self/fd", X_OK) == 0) {
            const int file = open(folder_.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, new_file_mode);
            if (file >= 0) return file;
        }
        for (unsigned i = 0; i < most_namesakes; ++i) {
            const std::string name = temporary_name(i);
            const int file =
                open(name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, new_file_mode);
            if (file >= 0) temporary_ = name;
            if (file >= 0 || errno != EEXIST) return file;
        }
        return -1;
    }

    std::string temporary_name(unsigned number) const {
        return folder_ + "/.rcufuzz-" + std::to_string(getpid()) + "-" + std::to_string(number) +
               ".tmp";
    }

    bool link_unnamed(const std::string& name) const {
        const std::string self = "/proc/self/fd/" + std::to_string(file_.get());
        return linkat(AT_FDCWD, self.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
    }

    bool name_unnamed() {
        for (unsigned i = 0; i < most_namesakes; ++i) {
            const std::string name = temporary_name(i);
            if (link_unnamed(name)) {
                temporary_ = name;
                return true;
            }
            if (errno != EEXIST) return false;
        }
        return false;
    }

    // Where the file system cannot refuse to replace, a link can, and the destructor does the rest.
    bool rename_to_new() {
        if (renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) ==
            0) {
            temporary_.clear();
            return true;
        }
        return errno != EEXIST && link(temporary_.c_str(), path_.c_str()) == 0;
    }

    // So that the name is there after a power cut, too. Some file systems cannot: no harm done.
    void sync_folder() const {
        const Descriptor folder(open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (folder.valid()) fsync(folder.get());
    }

    std::string path_;
    std::string name_;
    std::string folder_;
    std::string temporary_;  // its name; empty: it has none
    Descriptor file_;
};

bool create(const std::string& path, std::string_view content) {
    NewFile file(path, path);
    file.fill(content, std::nullopt);
    return file.publish();
}

void write_through(const std::string& path, std::string_view content) {
    const Descriptor file(open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file.valid()) fail_with_errno(path);
    fcntl(file.get(), F_SETFL, O_WRONLY);
    write_all(file.get(), content, path);
}

// What stands at a path before it is written to.
struct Target {
    std::string path;            // without symbolic links
    std::optional<mode_t> mode;  // none: nothing is there
    bool regular = true;
};

Target target_of(const std::string& path, bool overwrite) {
    struct stat status {};
    if (path.empty() || path.find('\0') != path.npos) fail(path, "No such file or directory");
    if (stat(path.c_str(), &status) != 0) {
        if (errno != ENOENT) fail_with_errno(path);
        // A link to nowhere is something to overwrite, too.
        if (lstat(path.c_str(), &status) != 0) return {path, std::nullopt};
        if (!overwrite) fail(path, "exists already (use -f to overwrite)");
        return {path, std::nullopt};
    }
    if (S_ISDIR(status.st_mode)) fail(path, "is a directory");
    if (!overwrite) fail(path, "exists already (use -f to overwrite)");
    if (!S_ISREG(status.st_mode)) return {path, status.st_mode, false};
    std::error_code error;
    const std::string real = fs::canonical(path, error).string();
    return {error ? path : real, status.st_mode & 07777u};
}

bool holds(const std::string& path, std::string_view content) {
    try {
        return read_start(path, content.size() + 1) == content;
    } catch (const UserError&) {
        return false;
    }
}

}  // namespace

std::vector<std::uint8_t> read_file(const std::string& path, std::size_t limit) {
    const bool standard = path == "-";
    const std::string name = standard ? "standard input" : path;
    const Descriptor file = standard ? Descriptor(dup(STDIN_FILENO)) : open_regular(path);
    if (!file.valid()) fail_with_errno(name);
    std::vector<std::uint8_t> bytes = read_some(file.get(), name, limit);
    if (bytes.size() > limit) {
        const std::string size = std::to_string(limit >> 20);
        throw UserError(name + ": is larger than " + size + " MiB");
    }
    return bytes;
}

std::string read_text(const std::string& path) {
    const std::vector<std::uint8_t> bytes = read_file(path);
    return {bytes.begin(), bytes.end()};
}

std::string read_start(const std::string& path, std::size_t count) {
    const Descriptor file = open_regular(path);
    const std::vector<std::uint8_t> bytes = read_some(file.get(), path, count);
    return {bytes.begin(),
            bytes.begin() + static_cast<std::ptrdiff_t>(std::min(count, bytes.size()))};
}

void write_file(const std::string& path, std::string_view content, bool overwrite) {
    const Target target = target_of(path, overwrite);
    if (!target.regular) return write_through(path, content);
    NewFile file(target.path, path);
    file.fill(content, target.mode);
    if (overwrite)
        file.replace();
    else if (!file.publish())
        fail(path, "exists already (use -f to overwrite)");
}

void check_writable(const std::string& path, bool overwrite) {
    const Target target = target_of(path, overwrite);
    if (target.regular) NewFile probe(target.path, path);
}

std::string write_apart(const std::string& folder, const std::string& name,
                        std::string_view content) {
    const fs::path parts(name);
    for (unsigned i = 1; i <= most_namesakes; ++i) {
        const std::string number = i == 1 ? "" : "-" + std::to_string(i);
        const std::string path =
            in_folder(folder, parts.stem().string() + number + parts.extension().string());
        if (holds(path, content) || create(path, content)) return path;
    }
    fail(in_folder(folder, name), "exists already");
}

void make_folder(const std::string& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    std::error_code other;
    if (!fs::is_directory(folder, other))
        fail(folder, error ? error.message().c_str() : "is not a directory");
    NewFile probe(in_folder(folder, "probe"), folder);
}

std::string in_folder(const std::string& folder, const std::string& name) {
    return folder == "." ? name : folder + "/" + name;
}

}  // namespace rcufuzz
