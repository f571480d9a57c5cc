// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/linux/image.h"

#include <elf.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstring>

#include "core/base/check.h"
#include "core/base/files.h"
#include "core/base/text.h"

namespace rcufuzz::linux_guest {

namespace {

constexpr std::size_t page = 4096;

template <typename T>
T record_at(const std::string& path, std::span<const std::byte> file, std::size_t offset) {
    if (offset > file.size() || file.size() - offset < sizeof(T))
        throw UserError(path + ": is not a whole kernel image");
    T record;
    std::memcpy(&record, file.data() + offset, sizeof record);
    return record;
}

}  // namespace

Image::Image(const std::string& path) {
    const std::vector<std::uint8_t> file = read_file(path, max_image_bytes);
    map_segments(path, std::as_bytes(std::span(file)));
}

void Image::map_segments(const std::string& path, std::span<const std::byte> file) {
    const auto header = record_at<Elf64_Ehdr>(path, file, 0);
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_type != ET_EXEC ||
        header.e_machine != EM_X86_64)
        throw UserError(path + ": is not a kernel image");
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        const auto segment =
            record_at<Elf64_Phdr>(path, file, header.e_phoff + i * sizeof(Elf64_Phdr));
        if (segment.p_type != PT_LOAD || segment.p_memsz == 0) continue;
        if (segment.p_offset > file.size() || segment.p_filesz > file.size() - segment.p_offset)
            throw UserError(path + ": is not a whole kernel image");
        const std::size_t begin = segment.p_vaddr / page * page;
        const std::size_t end = (segment.p_vaddr + segment.p_memsz + page - 1) / page * page;
        void* const want = reinterpret_cast<void*>(begin);
        void* const got = mmap(want, end - begin, PROT_READ | PROT_WRITE | PROT_EXEC,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (got != want) throw UserError(path + ": its addresses are taken in this process");
        mappings_.push_back({got, end - begin});
        std::memcpy(reinterpret_cast<void*>(segment.p_vaddr), file.data() + segment.p_offset,
                    segment.p_filesz);
    }
    entry_ = reinterpret_cast<guest_entry>(header.e_entry);
}

Image::~Image() {
    for (const Mapping& mapping : mappings_) munmap(mapping.begin, mapping.size);
}

std::string function_at(const std::string& path, std::uintptr_t address) {
    const std::vector<std::uint8_t> content = read_file(path, max_image_bytes);
    const auto file = std::as_bytes(std::span(content));
    const auto header = record_at<Elf64_Ehdr>(path, file, 0);
    const auto section = [&](unsigned i) {
        return record_at<Elf64_Shdr>(path, file, header.e_shoff + i * sizeof(Elf64_Shdr));
    };
    for (unsigned i = 0; i < header.e_shnum; ++i) {
        const Elf64_Shdr symbols = section(i);
        if (symbols.sh_type != SHT_SYMTAB) continue;
        const Elf64_Shdr names = section(symbols.sh_link);
        for (std::size_t at = 0; at < symbols.sh_size; at += sizeof(Elf64_Sym)) {
            const auto symbol = record_at<Elf64_Sym>(path, file, symbols.sh_offset + at);
            if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || address < symbol.st_value ||
                address - symbol.st_value >= symbol.st_size)
                continue;
            const std::size_t name = names.sh_offset + symbol.st_name;
            if (name >= file.size()) continue;
            const auto* const text = reinterpret_cast<const char*>(content.data()) + name;
            return std::string(text, strnlen(text, file.size() - name));
        }
    }
    return {};
}

}  // namespace rcufuzz::linux_guest
