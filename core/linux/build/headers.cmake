# SPDX-License-Identifier: GPL-2.0-or-later
#
# The headers that a kernel's own build would generate: the configuration, the version, and an
# asm/ header that includes the generic one for each that core/linux/asm does not have.
set(generated ${CMAKE_BINARY_DIR}/include)

# Later lines win; =n takes an option out.
set(names)
foreach(config IN LISTS KERNEL_CONFIG)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${config})
    file(STRINGS ${config} lines REGEX "^CONFIG_")
    foreach(line IN LISTS lines)
        string(REGEX REPLACE "=.*" "" name "${line}")
        string(REGEX REPLACE "^[^=]*=" "" option_${name} "${line}")
        list(APPEND names ${name})
    endforeach()
endforeach()
list(REMOVE_DUPLICATES names)
set(text "")
foreach(name IN LISTS names)
    if(option_${name} STREQUAL "y")
        string(APPEND text "#define ${name} 1\n")
    elseif(NOT option_${name} STREQUAL "n")
        string(APPEND text "#define ${name} ${option_${name}}\n")
    endif()
endforeach()
file(CONFIGURE OUTPUT ${generated}/generated/autoconf.h CONTENT "${text}" @ONLY)

file(STRINGS ${KERNEL_TREE}/Makefile lines REGEX "^(VERSION|PATCHLEVEL|SUBLEVEL) = ")
foreach(line IN LISTS lines)
    string(REGEX MATCH "^([A-Z]+) = ([0-9]*)" unused "${line}")
    set(${CMAKE_MATCH_1} ${CMAKE_MATCH_2})
endforeach()
math(EXPR code "${VERSION} * 65536 + ${PATCHLEVEL} * 256 + 255")
file(CONFIGURE OUTPUT ${generated}/generated/uapi/linux/version.h @ONLY CONTENT
"#define LINUX_VERSION_CODE ${code}
#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#define LINUX_VERSION_MAJOR ${VERSION}
#define LINUX_VERSION_PATCHLEVEL ${PATCHLEVEL}
#define LINUX_VERSION_SUBLEVEL ${SUBLEVEL}
")
file(CONFIGURE OUTPUT ${generated}/generated/utsrelease.h @ONLY
     CONTENT "#define UTS_RELEASE \"${KERNEL_RELEASE}\"\n")
file(CONFIGURE OUTPUT ${generated}/generated/compile.h @ONLY
     CONTENT "#define UTS_MACHINE \"machine\"\n#define LINUX_COMPILER \"\"\n")

file(GLOB own RELATIVE ${linux}/asm ${linux}/asm/*.h)
foreach(where "" uapi/)
    file(GLOB generic RELATIVE ${KERNEL_TREE}/include/${where}asm-generic
         ${KERNEL_TREE}/include/${where}asm-generic/*.h)
    foreach(header IN LISTS generic)
        if(header IN_LIST own)
            continue()
        endif()
        list(APPEND own ${header})
        file(CONFIGURE OUTPUT ${generated}/asm/${header} @ONLY
             CONTENT "#include <${where}asm-generic/${header}>\n")
    endforeach()
endforeach()
