// SPDX-License-Identifier: GPL-2.0-or-later
//
// Random litmus tests of the whole dialect: every primitive, plain accesses, `if`, dependencies,
// read-modify-writes that fail, sections of locks, RCU and SRCU, two to four processes.
#pragma once

#include <cstdint>
#include <string>

namespace rcufuzz::litmus::test {

std::string random_litmus(std::uint64_t seed);

}  // namespace rcufuzz::litmus::test
