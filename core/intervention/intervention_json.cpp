// SPDX-License-Identifier: Apache-2.0
// Reading and writing of interventions as JSON.
#include "core/intervention/intervention_json.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>

namespace sinkscope {

namespace {

using Json = nlohmann::json;

constexpr std::array<std::pair<EditKind, const char *>, 3> kKindNames {{
    {EditKind::Probability, "probability"},
    {EditKind::Logit, "logit"},
    {EditKind::Key, "key"},
}};

constexpr const char *kForm =
    R"({"layer":15,"head":3,"gamma":0.3,"key":0,"kind":"probability","queries":"all"})";

/// Where in which file a refusal points to.
struct Place {
    const std::string &source;
    std::size_t edit;

    [[noreturn]] void refuse(
        const std::string &what, const std::string &given, const std::string &expected) const
    {
        throw Error({.what = what,
            .file = source,
            .place = fmt::format("edit {}", edit),
            .given = given,
            .expected = expected,
            .wayOut = fmt::format("An edit looks like {}", kForm)});
    }
};

std::int32_t readIndex(const Json &value, const char *field, const Place &place)
{
    constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
    const bool integer =
        value.is_number_unsigned() || (value.is_number_integer() && value.get<std::int64_t>() >= 0);
    if (!integer || value.get<std::uint64_t>() > static_cast<std::uint64_t>(kMost))
        place.refuse(fmt::format("the field \"{}\" cannot be used", field), value.dump(),
            "a whole number of 0 or more");
    return static_cast<std::int32_t>(value.get<std::int64_t>());
}

QuerySelection readQueries(const Json &value, const Place &place)
{
    QuerySelection queries;
    if (value == "all")
        return queries;
    if (value == "last") {
        queries.kind = QuerySelection::Kind::Last;
        return queries;
    }
    if (value.is_object() && value.size() == 1 && value.contains("from")) {
        queries.kind = QuerySelection::Kind::From;
        queries.begin = TokenPos(readIndex(value["from"], "queries.from", place));
        return queries;
    }
    if (value.is_array() && value.size() == 2) {
        queries.kind = QuerySelection::Kind::Span;
        queries.begin = TokenPos(readIndex(value[0], "queries", place));
        queries.end = TokenPos(readIndex(value[1], "queries", place));
        if (queries.begin < queries.end)
            return queries;
    }
    place.refuse("the field \"queries\" cannot be used", value.dump(),
        R"("all", "last", {"from":s} or [s,e] with s < e)");
}

EditKind readKind(const Json &value, const Place &place)
{
    for (const auto &[kind, name] : kKindNames)
        if (value == name)
            return kind;
    place.refuse("the field \"kind\" cannot be used", value.dump(), R"("probability", "logit" or "key")");
}

HeadEdit readEdit(const Json &object, const Place &place)
{
    if (!object.is_object())
        place.refuse("an edit is not an object", object.dump(), "an object");
    constexpr std::array kFields {"layer", "head", "gamma", "key", "kind", "queries"};
    for (const auto &[name, value] : object.items())
        if (std::ranges::find(kFields, name) == kFields.end())
            place.refuse(fmt::format("the field \"{}\" is not known", name), name,
                "layer, head, gamma, key, kind, queries");
    for (const char *needed : {"layer", "head", "gamma"})
        if (!object.contains(needed))
            place.refuse(
                fmt::format("the field \"{}\" is missing", needed), object.dump(), "layer, head and gamma");
    HeadEdit edit;
    edit.head.layer = LayerIndex(readIndex(object["layer"], "layer", place));
    edit.head.head = HeadIndex(readIndex(object["head"], "head", place));
    if (!object["gamma"].is_number())
        place.refuse("the field \"gamma\" cannot be used", object["gamma"].dump(), "a number of 0 or more");
    edit.gamma = object["gamma"].get<double>();
    if (object.contains("key"))
        edit.key = TokenPos(readIndex(object["key"], "key", place));
    if (object.contains("kind"))
        edit.kind = readKind(object["kind"], place);
    if (object.contains("queries"))
        edit.queries = readQueries(object["queries"], place);
    return edit;
}

Json queriesToJson(const QuerySelection &queries)
{
    switch (queries.kind) {
    case QuerySelection::Kind::All:
        return "all";
    case QuerySelection::Kind::Last:
        return "last";
    case QuerySelection::Kind::From:
        return {{"from", queries.begin.value}};
    case QuerySelection::Kind::Span:
        return Json::array({queries.begin.value, queries.end.value});
    }
    return nullptr;
}

const char *kindName(EditKind kind)
{
    return std::ranges::find(kKindNames, kind, &std::pair<EditKind, const char *>::first)->second;
}

} // namespace

Intervention interventionFromJson(std::string_view text, const std::string &sourceName)
{
    Json parsed;
    try {
        parsed = Json::parse(text);
    } catch (const Json::parse_error &error) {
        throw Error({.what = "is not valid JSON",
            .file = sourceName,
            .place = fmt::format("byte {}", error.byte),
            .wayOut = fmt::format("The file holds a list of edits: [{}]", kForm)});
    } catch (const Json::out_of_range &) {
        throw Error({.what = "holds a number too large to be read",
            .file = sourceName,
            .expected = "finite numbers",
            .wayOut = fmt::format("The file holds a list of edits: [{}]", kForm)});
    }
    if (!parsed.is_array())
        throw Error({.what = "does not hold a list of edits",
            .file = sourceName,
            .given = parsed.type_name(),
            .expected = fmt::format("[{}]", kForm)});
    Intervention intervention;
    for (std::size_t number = 0; number < parsed.size(); ++number) {
        const Place place {sourceName, number};
        const HeadEdit edit = readEdit(parsed[number], place);
        try {
            intervention.set(edit);
        } catch (const RequestError &error) {
            place.refuse(error.parts().what, error.parts().given, error.parts().expected);
        }
    }
    return intervention;
}

std::string interventionToJson(const Intervention &intervention)
{
    std::string text = "[";
    const char *separator = "\n  ";
    for (const HeadEdit &edit : intervention.edits()) {
        nlohmann::ordered_json object;
        object["layer"] = edit.head.layer.value;
        object["head"] = edit.head.head.value;
        object["gamma"] = edit.gamma;
        object["key"] = edit.key.value;
        object["kind"] = kindName(edit.kind);
        object["queries"] = queriesToJson(edit.queries);
        text += separator + object.dump();
        separator = ",\n  ";
    }
    return text + (intervention.empty() ? "]\n" : "\n]\n");
}

} // namespace sinkscope
