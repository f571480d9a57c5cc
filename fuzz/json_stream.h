// SPDX-License-Identifier: GPL-2.0-or-later
//
// What `--json` prints, in the form that all commands share (json.md names the fields). One
// document each, in ASCII: what is no UTF-8 (a file may have any name) is replaced, the rest is
// escaped.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/run/runner.h"

namespace rcufuzz::cli {

using Json = nlohmann::ordered_json;  // keys stay in the order in which they are written

std::string json_text(const Json& document);
void put_json(const Json& document);

// A document with one list, whose items are printed as soon as they are there, each in a line of
// its own. Unlike the document as a whole, a line can be read while the command is at work.
class JsonStream {
   public:
    // The document is the list.
    JsonStream();
    // The document is an object, whose first fields are those of `head`.
    JsonStream(const Json& head, std::string_view list);

    void add(const Json& item);
    // The fields behind the list; none where the document is the list.
    void end(const Json& tail = Json::object());

   private:
    bool in_object_;
    bool begun_ = false;  // there is an item
};

// verdict, site, detail, identity, ops, decisions.
void add_outcome(Json& json, const run::Outcome& outcome, const run::Plan& plan);

// The file that holds the plan, or null and its text.
void add_plan(Json& json, const std::string& file, const run::Plan& plan);

}  // namespace rcufuzz::cli
