// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/base/folder_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/base/check.h"
#include "core/base/files.h"

namespace rcufuzz {

FolderLock::FolderLock(const std::string& folder)
    : file_(open(in_folder(folder, name).c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666)) {
    if (file_ < 0) throw UserError(in_folder(folder, name) + ": " + std::strerror(errno));
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (fcntl(file_, F_SETLK, &whole) == 0) return;
    const int error = errno;
    close(file_);
    const bool held = error == EACCES || error == EAGAIN;
    throw UserError(folder + ": " +
                    (held ? "another hunt is at work in it" : std::strerror(error)));
}

FolderLock::~FolderLock() { close(file_); }

}  // namespace rcufuzz
