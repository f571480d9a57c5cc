// SPDX-License-Identifier: GPL-2.0-or-later
//
// One process at a time in a folder. The lock ends with the process, in whatever way that does, and
// processes that are forked do not have it.
#pragma once

#include <string>

namespace rcufuzz {

class FolderLock {
   public:
    // The file `lock` in it; stays there. Throws UserError where another process has it.
    explicit FolderLock(const std::string& folder);
    ~FolderLock();
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

    static constexpr const char* name = "lock";

   private:
    int file_;
};

}  // namespace rcufuzz
