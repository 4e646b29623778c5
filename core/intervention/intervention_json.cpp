// SPDX-License-Identifier: Apache-2.0
// Reading and writing of interventions as JSON.
#include "core/intervention/intervention_json.h"

#include "core/base/error.h"
#include "core/intervention/baseline_json.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>

#include <set>

namespace sinkscope {

namespace {

using Json = nlohmann::json;

constexpr int kDeepest = 8; // of brackets; the form itself is four deep

constexpr const char *kForm =
    R"({"layer":15,"head":3,"gamma":0.3,"key":0,"kind":"probability","queries":"all"})";

std::int32_t readIndex(const Json &value, const char *field, const JsonPlace &place)
{
    constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max() - 1; // a position has a next one
    const bool integer =
        value.is_number_unsigned() || (value.is_number_integer() && value.get<std::int64_t>() >= 0);
    if (!integer || value.get<std::uint64_t>() > static_cast<std::uint64_t>(kMost))
        place.refuse(fmt::format("the field \"{}\" cannot be used", field), value.dump(),
            "a whole number of 0 or more");
    return static_cast<std::int32_t>(value.get<std::int64_t>());
}

double readNumber(const Json &value, const char *field, const char *expected, const JsonPlace &place)
{
    if (!value.is_number())
        place.refuse(fmt::format("the field \"{}\" cannot be used", field), value.dump(), expected);
    return value.get<double>();
}

QuerySelection readQueries(const Json &value, const JsonPlace &place)
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

KeyTarget readKeys(const Json &object, const JsonPlace &place)
{
    if (object.contains("key") && object.contains("keys"))
        place.refuse("the keys are given twice", object.dump(), "\"key\" or \"keys\"");
    if (object.contains("keys")) {
        const Json &value = object["keys"];
        if (!value.is_array() || value.size() != 2)
            place.refuse(
                "the field \"keys\" cannot be used", value.dump(), "[a,b] with a < b, the end not included");
        return {TokenPos(readIndex(value[0], "keys", place)), TokenPos(readIndex(value[1], "keys", place))};
    }
    if (!object.contains("key"))
        return {};
    const Json &value = object["key"];
    if (value == "firstNonPad")
        return KeyTarget::firstNonPad();
    if (value.is_string())
        place.refuse("the field \"key\" cannot be used", value.dump(), "an index or \"firstNonPad\"");
    return TokenPos(readIndex(value, "key", place));
}

EditKind readKind(const Json &object, const JsonPlace &place)
{
    if (!object.contains("kind"))
        return EditKind::Probability;
    const Json &value = object["kind"];
    const auto kind = value.is_string() ? kindByName(value.get<std::string>()) : std::nullopt;
    if (!kind)
        place.refuse("the field \"kind\" cannot be used", value.dump(), kindNameList());
    return *kind;
}

void requireKnownFields(const Json &object, EditKind kind, const JsonPlace &place)
{
    std::vector<std::string> fields {"layer", "head", "kind", "queries", "key"};
    if (hasKeys(kind))
        fields.emplace_back("keys");
    if (hasGamma(kind))
        fields.emplace_back("gamma");
    if (kind == EditKind::Bias)
        fields.emplace_back("value");
    for (const auto &[name, value] : object.items())
        if (std::ranges::find(fields, name) == fields.end())
            place.refuse(fmt::format("the field \"{}\" is not known for kind {}", name, kindName(kind)), name,
                fmt::format("{}", fmt::join(fields, ", ")));
    std::vector<const char *> needed {"layer", "head"};
    if (hasGamma(kind))
        needed.push_back("gamma");
    if (kind == EditKind::Bias)
        needed.push_back("value");
    for (const char *field : needed)
        if (!object.contains(field))
            place.refuse(fmt::format("the field \"{}\" is missing", field), object.dump(),
                fmt::format("{}", fmt::join(needed, ", ")));
}

HeadEdit readEdit(const Json &object, const JsonPlace &place)
{
    HeadEdit edit;
    edit.kind = readKind(object, place);
    requireKnownFields(object, edit.kind, place);
    edit.head.layer = LayerIndex(readIndex(object["layer"], "layer", place));
    edit.head.head = HeadIndex(readIndex(object["head"], "head", place));
    if (hasGamma(edit.kind))
        edit.gamma = readNumber(object["gamma"], "gamma", "a number of 0 or more", place);
    if (edit.kind == EditKind::Bias)
        edit.value = readNumber(object["value"], "value", "a number", place);
    edit.key = readKeys(object, place);
    if (object.contains("queries"))
        edit.queries = readQueries(object["queries"], place);
    return edit;
}

void readEntries(const Json &list, const std::string &source, Intervention &intervention)
{
    for (std::size_t number = 0; number < list.size(); ++number) {
        const JsonPlace place {
            source, fmt::format("edit {}", number), fmt::format("An edit looks like {}", kForm)};
        const Json &entry = list[number];
        if (!entry.is_object())
            place.refuse("an edit is not an object", entry.dump(), "an object");
        try {
            if (entry.contains("baseline"))
                intervention.add(baselineFromJson(entry.dump(), place));
            else
                intervention.set(readEdit(entry, place));
        } catch (const RequestError &error) {
            place.refuse(error.parts().what, error.parts().given, error.parts().expected);
        }
    }
}

void readGroups(const Json &groups, const std::string &source, Intervention &intervention)
{
    const JsonPlace whole {source, "groups", "A group looks like \"up\":[[15,3],[16,0]]"};
    if (!groups.is_object())
        whole.refuse("the groups are not an object", groups.dump(), "names and lists of [layer,head]");
    for (const auto &[name, list] : groups.items()) {
        const JsonPlace place {source, fmt::format("group \"{}\"", name), whole.wayOut};
        if (name.empty() || !list.is_array() || list.empty())
            place.refuse("a group of heads cannot be read", list.dump(), "a name and a list of [layer,head]");
        std::vector<HeadRef> heads;
        for (const Json &entry : list) {
            if (!entry.is_array() || entry.size() != 2)
                place.refuse("a head of the group cannot be read", entry.dump(), "[layer,head]");
            heads.push_back({LayerIndex(readIndex(entry[0], "layer", place)),
                HeadIndex(readIndex(entry[1], "head", place))});
        }
        intervention.setGroup(name, std::move(heads));
    }
}

Json parseJson(std::string_view text, const std::string &source)
{
    const std::string wayOut = fmt::format("The file holds a list of edits: [{}]", kForm);
    std::vector<std::set<std::string>> fields; // of the objects that are open
    const auto check = [&](int depth, Json::parse_event_t event, const Json &value) {
        if (depth > kDeepest) // writing it out in a message would be as deep
            throw Error({.what = "is nested too deeply", .file = source, .wayOut = wayOut});
        if (event == Json::parse_event_t::object_start)
            fields.emplace_back();
        if (event == Json::parse_event_t::object_end)
            fields.pop_back();
        if (event == Json::parse_event_t::key && !fields.back().insert(value.get<std::string>()).second)
            throw Error({.what = "gives a field twice",
                .file = source,
                .given = fmt::format("\"{}\"", value.get<std::string>()),
                .wayOut = wayOut});
        return true;
    };
    try {
        return Json::parse(text, check);
    } catch (const Json::parse_error &error) {
        throw Error({.what = "is not valid JSON",
            .file = source,
            .place = fmt::format("byte {}", error.byte),
            .wayOut = wayOut});
    } catch (const Json::out_of_range &) {
        throw Error({.what = "holds a number too large to be read",
            .file = source,
            .expected = "finite numbers",
            .wayOut = wayOut});
    }
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

std::string editToJson(const HeadEdit &edit)
{
    nlohmann::ordered_json object;
    object["layer"] = edit.head.layer.value;
    object["head"] = edit.head.head.value;
    if (hasGamma(edit.kind))
        object["gamma"] = edit.gamma;
    if (edit.kind == EditKind::Bias)
        object["value"] = edit.value;
    if (edit.key.kind == KeyTarget::Kind::FirstNonPad)
        object["key"] = "firstNonPad";
    else if (hasKeys(edit.kind) && edit.key.isSingle())
        object["key"] = edit.key.begin.value;
    else if (hasKeys(edit.kind))
        object["keys"] = {edit.key.begin.value, edit.key.end.value};
    object["kind"] = kindName(edit.kind);
    object["queries"] = queriesToJson(edit.queries);
    return object.dump();
}

std::string groupsToJson(const Intervention &intervention)
{
    nlohmann::ordered_json groups;
    for (const auto &[name, heads] : intervention.groups())
        for (const HeadRef head : heads)
            groups[name].push_back({head.layer.value, head.head.value});
    return groups.dump();
}

} // namespace

void JsonPlace::refuse(const std::string &what, const std::string &given, const std::string &expected) const
{
    throw Error({.what = what,
        .file = source,
        .place = entry,
        .given = given,
        .expected = expected,
        .wayOut = wayOut});
}

Intervention interventionFromJson(std::string_view text, const std::string &sourceName)
{
    const Json parsed = parseJson(text, sourceName);
    Intervention intervention;
    if (parsed.is_array()) {
        readEntries(parsed, sourceName, intervention);
        return intervention;
    }
    const bool hasEdits = parsed.is_object() && parsed.contains("edits") && parsed["edits"].is_array();
    if (!hasEdits)
        throw Error({.what = "does not hold a list of edits",
            .file = sourceName,
            .given = parsed.type_name(),
            .expected = fmt::format("[{}], or {{\"edits\":[...],\"groups\":{{...}}}}", kForm)});
    for (const auto &[name, value] : parsed.items())
        if (name != "edits" && name != "groups")
            throw Error({.what = fmt::format("the field \"{}\" is not known", name),
                .file = sourceName,
                .given = name,
                .expected = "edits, groups"});
    if (parsed.contains("groups"))
        readGroups(parsed["groups"], sourceName, intervention);
    readEntries(parsed["edits"], sourceName, intervention);
    return intervention;
}

std::string interventionToJson(const Intervention &intervention)
{
    std::string list = "[";
    const char *separator = "\n  ";
    const auto append = [&](const std::string &entry) {
        list += separator + entry;
        separator = ",\n  ";
    };
    for (const Baseline &baseline : intervention.baselines())
        append(baselineToJson(baseline));
    for (const HeadEdit &edit : intervention.edits())
        append(editToJson(edit));
    list += intervention.empty() ? "]" : "\n]";
    if (intervention.groups().empty())
        return list + "\n";
    return fmt::format("{{\"edits\":{},\n\"groups\":{}}}\n", list, groupsToJson(intervention));
}

} // namespace sinkscope
