// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/subsystems/linux/kernels.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"
#include "core/linux/image.h"
#include "core/linux/lines.h"

namespace rcufuzz::linux_subject {

namespace {

namespace fs = std::filesystem;

fs::path folder() {
    const char* const said = std::getenv("RCUFUZZ_KERNELS");
    return said != nullptr ? said : RCUFUZZ_KERNELS;
}

BuiltKernel read_about(const fs::path& kernel) {
    BuiltKernel built;
    built.name = kernel.filename().string();
    const std::vector<std::uint8_t> bytes = read_file((kernel / "about").string());
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (const std::string_view line : lines(text)) {
        const std::size_t space = std::min(line.find(' '), line.size());
        const std::string_view what = line.substr(0, space);
        const std::string_view value = trim(line.substr(space));
        if (what == "release") built.release = value;
        if (what == "variant") built.variant = value;
        if (what == "hash") built.hash = value;
        if (what == "tree") built.tree = value;
        if (what == "change") built.change = value;
        if (what == "with") built.with = value;
    }
    return built;
}

struct Loaded {
    std::string name;
    std::unique_ptr<linux_guest::Kernel> kernel;
};
Loaded loaded;

struct Watched {
    std::string name;
    std::unique_ptr<linux_guest::Lines> lines;
};
Watched watched;

}  // namespace

std::string source_line(const BuiltKernel& kernel, const std::string& file, unsigned line) {
    static std::map<fs::path, std::string> files;  // that were read
    const fs::path patched = folder() / kernel.name / "patched" / file;
    std::error_code error;
    const fs::path path = fs::exists(patched, error) ? patched : fs::path(kernel.tree) / file;
    if (!files.contains(path)) {
        try {
            files[path] = read_text(path.string());
        } catch (const UserError&) {
            files[path] = "";
        }
    }
    const std::vector<std::string_view> text = lines(files[path]);
    return line == 0 || line > text.size() ? "" : std::string(trim(text[line - 1]));
}

std::string place_of(const BuiltKernel& kernel, std::uintptr_t address) {
    const fs::path where = folder() / kernel.name;
    const std::string function =
        linux_guest::function_at((where / "kernel.image").string(), address);
    return function.empty() ? ""
                            : linux_guest::line_at((where / "lines").string(), address) + " " +
                                  function;
}

std::vector<BuiltKernel> built_kernels() {
    std::vector<BuiltKernel> built;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder(), error))
        if (fs::exists(entry.path() / "about", error)) built.push_back(read_about(entry.path()));
    std::sort(built.begin(), built.end(),
              [](const BuiltKernel& a, const BuiltKernel& b) { return a.name < b.name; });
    return built;
}

BuiltKernel find_kernel(const std::string& name) {
    const std::vector<BuiltKernel> built = built_kernels();
    if (built.empty())
        throw UserError("no kernel is built; scripts/kernel build debian:6.12 builds one");
    std::string names;
    for (const BuiltKernel& kernel : built) {
        if (kernel.name == name || (name.empty() && built.size() == 1)) return kernel;
        names += (names.empty() ? "" : ", ") + kernel.name;
    }
    throw UserError(name.empty() ? "which kernel? --kernel or RCUFUZZ_KERNEL names one of " + names
                                 : "no kernel '" + name + "' is built (" + names + ")");
}

linux_guest::Kernel& load_kernel(const std::string& name) {
    if (loaded.kernel != nullptr && loaded.name == name) return *loaded.kernel;
    loaded.kernel.reset();
    const fs::path where = folder() / name;
    loaded.kernel = std::make_unique<linux_guest::Kernel>((where / "kernel.image").string());
    loaded.kernel->name_sites((where / "sites").string(), (where / "plain").string());
    loaded.name = name;
    if (watched.name == name && watched.lines != nullptr) watched.lines->watch();
    return *loaded.kernel;
}

linux_guest::Kernel* loaded_kernel() { return loaded.kernel.get(); }

void watch_lines_of(const std::string& name, std::string_view near) {
    loaded = {};
    const std::string path = (folder() / name / "lines").string();
    watched = {name, std::make_unique<linux_guest::Lines>(path)};
    watched.lines->look_near(near);
}

std::vector<Place> points_near(const std::string& name, std::string_view near) {
    const guest_door& door = load_kernel(name).door();
    return linux_guest::points_of_functions_at({door.sites, door.site_count},
                                               linux_guest::places(near));
}

bool came_near() { return watched.lines != nullptr && watched.lines->came_near(); }

void forget_watched_lines() {
    if (watched.lines != nullptr) watched.lines->forget();
}

std::string watched_lines() { return watched.lines == nullptr ? "" : watched.lines->text(); }

}  // namespace rcufuzz::linux_subject
