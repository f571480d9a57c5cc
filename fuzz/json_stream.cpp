// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz/json_stream.h"

#include "core/run/codec.h"
#include "fuzz/output.h"

namespace rcufuzz::cli {

namespace {

constexpr int spaces = 2;

std::string text_of(const Json& json, int indent) {
    return json.dump(indent, ' ', true, Json::error_handler_t::replace);
}

// The fields of an object without its braces.
std::string fields_of(const Json& object) {
    const std::string text = text_of(object, spaces);
    return object.empty() ? "" : text.substr(2, text.size() - 4);
}

}  // namespace

std::string json_text(const Json& document) { return text_of(document, spaces) + "\n"; }

void put_json(const Json& document) { put(json_text(document)); }

JsonStream::JsonStream() : in_object_(false) { put("["); }

JsonStream::JsonStream(const Json& head, std::string_view list) : in_object_(true) {
    const std::string fields = fields_of(head);
    put("{\n" + fields + (fields.empty() ? "" : ",\n") + "  " + text_of(list, -1) + ": [");
    flush_output();  // a process that is forked now must not print it once more
}

void JsonStream::add(const Json& item) {
    put(std::string(begun_ ? "," : "") + (in_object_ ? "\n    " : "\n  ") + text_of(item, -1));
    flush_output();
    begun_ = true;
}

void JsonStream::end(const Json& tail) {
    put(begun_ ? (in_object_ ? "\n  ]" : "\n]") : "]");
    if (!in_object_) {
        put("\n");
        return;
    }
    const std::string fields = fields_of(tail);
    put((fields.empty() ? "" : ",\n" + fields) + "\n}\n");
}

void add_outcome(Json& json, const run::Outcome& outcome, const run::Plan& plan) {
    json["verdict"] = word(outcome.verdict);
    json["site"] = outcome.site;
    json["detail"] = outcome.detail;
    json["identity"] = outcome.identity;
    json["ops"] = plan.ops.size();
    json["decisions"] = plan.decisions.size();
}

void add_plan(Json& json, const std::string& file, const run::Plan& plan) {
    json["plan"] = file.empty() ? Json() : Json(file);
    if (file.empty()) json["text"] = run::to_text(plan);
}

}  // namespace rcufuzz::cli
