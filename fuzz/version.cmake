# SPDX-License-Identifier: GPL-2.0-or-later
#
# Writes version.cpp (version.h says what is in it): cmake -D SOURCE=... -D OUTPUT=... -P version.cmake
# A file that would not change is left alone, so that nothing is linked again.
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
                OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
                RESULT_VARIABLE failed)
if(failed OR NOT revision MATCHES "^[0-9a-f]+(-dirty)?$")
    set(revision unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "// Made by fuzz/version.cmake.
#include \"fuzz/version.h\"

namespace rcufuzz::cli {
std::string_view revision() { return \"${revision}\"; }
}  // namespace rcufuzz::cli
")
