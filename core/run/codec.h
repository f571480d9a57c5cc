// SPDX-License-Identifier: GPL-2.0-or-later
//
// The two forms of a plan. Both convert into each other without loss.
//
// Binary: total (every byte string decodes), canonical (decode(encode(p)) == p for canonical p,
// and encode(decode(b)) is a fixed point), short, local (one byte changes one record).
//   frame    "RCUF" version target-name-length target-name n_bugs {bug32}... modes; optional: a
//            string without the four magic bytes is a body alone, for the target and bugs that the
//            caller names. bug32 is a hash of the bug's name, so that a new bug renames no old one
//   body     records of four bytes each, in any order, the last one completed with zeros:
//   decision key ordinal16 value              key below 0x80; 0x7f: the world's own choices
//   op       0x80|kind cpu|context<<4 arg0 arg1
//   config   0xc0|index value16 0             only what differs from the standard is written
//   memory   0xff mode16 0                    in bodies of a fuzz target whose inputs choose it
// A number out of its range is wrapped into it, so that random bytes are dense in meaning.
//
// Text: one line per item, '#' comments, unknown words refused with file and line.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/run/frame.h"
#include "core/run/plan.h"

namespace rcufuzz::run {

inline constexpr std::size_t record_bytes = 4;

std::vector<std::uint8_t> encode(const Plan& plan);       // with frame
std::vector<std::uint8_t> encode_body(const Plan& plan);
// What fuzzers mutate: with a record for the memory mode where it is not the frame's.
std::vector<std::uint8_t> encode_body(const Plan& plan, const Frame& frame);

// Any bytes. `frame` supplies target, bugs and modes where the bytes have no frame of their own;
// a frame that names an unknown version, target or bug counts as no frame. Canonical.
Plan decode(std::span<const std::uint8_t> bytes, const Frame& frame);
// Ignores a frame in the bytes: the whole string is a body. Leaves alone what the user has settled.
Plan decode_body(std::span<const std::uint8_t> bytes, const Frame& frame);

std::string to_text(const Plan& plan);
// Throws UserError("NAME:LINE: what is wrong").
Plan from_text(std::string_view text, const std::string& name);

// Reads either form; text is recognised by its first word, "rcufuzz-plan". Bytes with
// neither that nor the frame's magic are a bare body for `frame` (throws UserError if null). A
// frame or a line that does not fit this build is an error here.
Plan parse_plan(std::span<const std::uint8_t> bytes, const std::string& name, const Frame* frame);

// Whether the bytes are a plan in text form.
bool looks_like_text(std::span<const std::uint8_t> bytes);

}  // namespace rcufuzz::run
