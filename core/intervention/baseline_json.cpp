// SPDX-License-Identifier: Apache-2.0
// Fields of baselines.
#include "core/intervention/baseline_json.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>

namespace sinkscope {

namespace {

using Json = nlohmann::json;

constexpr std::array<std::pair<TokenChoice, const char *>, 4> kTokenNames {{
    {TokenChoice::Second, "second"},
    {TokenChoice::Third, "third"},
    {TokenChoice::Middle, "middle"},
    {TokenChoice::Last, "last"},
}};

std::vector<std::string> fieldsOf(BaselineKind kind)
{
    std::vector<std::string> fields {"baseline", amountName(kind), "layers", "heads"};
    if (kind == BaselineKind::Act)
        fields.emplace_back("threshold");
    if (kind == BaselineKind::OtherToken)
        fields.emplace_back("token");
    if (needsSpan(kind))
        fields.emplace_back("span");
    return fields;
}

std::optional<std::int32_t> indexOrNull(const Json &value)
{
    if (!value.is_number_integer())
        return std::nullopt;
    // A number above the signed range reads as negative here and is refused with the others.
    const auto number = value.get<std::int64_t>();
    if (number < 0 || number > std::numeric_limits<std::int32_t>::max() - 1)
        return std::nullopt;
    return static_cast<std::int32_t>(number);
}

/// [first, second], both whole numbers.
std::pair<std::int32_t, std::int32_t> readPair(const Json &value, const char *field, const JsonPlace &place)
{
    if (value.is_array() && value.size() == 2) {
        const auto first = indexOrNull(value[0]);
        const auto second = indexOrNull(value[1]);
        if (first && second)
            return {*first, *second};
    }
    place.refuse(fmt::format("the field \"{}\" cannot be used", field), value.dump(),
        "two whole numbers of 0 or more");
}

double readNumber(const Json &object, const char *field, const JsonPlace &place)
{
    const Json &value = object.at(field);
    if (!value.is_number())
        place.refuse(fmt::format("the field \"{}\" cannot be used", field), value.dump(), "a number");
    return value.get<double>();
}

void readToken(const Json &value, const JsonPlace &place, Baseline &baseline)
{
    if (const auto index = indexOrNull(value)) {
        baseline.token = TokenChoice::Index;
        baseline.index = TokenPos(*index);
        return;
    }
    for (const auto &[choice, name] : kTokenNames)
        if (value == name) {
            baseline.token = choice;
            return;
        }
    place.refuse("the field \"token\" cannot be used", value.dump(),
        R"("second", "third", "middle", "last" or an index)");
}

void readHeads(const Json &value, const JsonPlace &place, Baseline &baseline)
{
    if (value.is_string() && !value.get<std::string>().empty()) {
        baseline.group = value.get<std::string>();
        return;
    }
    if (!value.is_array() || value.empty())
        place.refuse(
            "the field \"heads\" cannot be used", value.dump(), "[[layer,head],...] or the name of a group");
    for (const Json &entry : value) {
        const auto [layer, head] = readPair(entry, "heads", place);
        baseline.heads.push_back({LayerIndex(layer), HeadIndex(head)});
    }
}

Json tokenToJson(const Baseline &baseline)
{
    if (baseline.token == TokenChoice::Index)
        return baseline.index.value;
    return std::ranges::find(kTokenNames, baseline.token, &std::pair<TokenChoice, const char *>::first)
        ->second;
}

} // namespace

Baseline baselineFromJson(const std::string &text, const JsonPlace &place)
{
    const Json object = Json::parse(text);
    const Json &name = object.at("baseline");
    const auto kind = name.is_string() ? baselineByName(name.get<std::string>()) : std::nullopt;
    if (!kind)
        place.refuse("the baseline is not known", name.dump(), baselineNameList());
    const std::vector<std::string> fields = fieldsOf(*kind);
    for (const auto &[field, value] : object.items())
        if (std::ranges::find(fields, field) == fields.end())
            place.refuse(
                fmt::format("the field \"{}\" is not known for the baseline {}", field, baselineName(*kind)),
                field, fmt::format("{}", fmt::join(fields, ", ")));
    Baseline baseline;
    baseline.kind = *kind;
    const char *amount = amountName(*kind);
    if (object.contains(amount))
        baseline.amount = readNumber(object, amount, place);
    else if (const auto byDefault = defaultAmount(*kind))
        baseline.amount = *byDefault;
    else
        place.refuse(fmt::format("the baseline {} needs a {}", baselineName(*kind), amount), text,
            fmt::format("\"{}\":number", amount));
    if (object.contains("threshold"))
        baseline.threshold = readNumber(object, "threshold", place);
    if (object.contains("token"))
        readToken(object["token"], place, baseline);
    else if (*kind == BaselineKind::OtherToken)
        place.refuse("the baseline otherToken needs to know which token", text,
            R"("token":"second", "third", "middle", "last" or an index)");
    if (object.contains("span")) {
        const auto [begin, end] = readPair(object["span"], "span", place);
        baseline.span = TokenSpan {TokenPos(begin), TokenPos(end)};
    }
    if (object.contains("layers")) {
        const auto [begin, end] = readPair(object["layers"], "layers", place);
        baseline.layers = LayerSpan {LayerIndex(begin), LayerIndex(end)};
    }
    if (object.contains("heads"))
        readHeads(object["heads"], place, baseline);
    return baseline;
}

std::string baselineToJson(const Baseline &baseline)
{
    nlohmann::ordered_json object;
    object["baseline"] = baselineName(baseline.kind);
    object[amountName(baseline.kind)] = baseline.amount;
    if (baseline.kind == BaselineKind::Act)
        object["threshold"] = baseline.threshold;
    if (baseline.kind == BaselineKind::OtherToken)
        object["token"] = tokenToJson(baseline);
    if (baseline.span)
        object["span"] = {baseline.span->begin.value, baseline.span->end.value};
    if (baseline.layers)
        object["layers"] = {baseline.layers->begin.value, baseline.layers->end.value};
    if (!baseline.group.empty())
        object["heads"] = baseline.group;
    if (!baseline.heads.empty())
        for (const HeadRef head : baseline.heads)
            object["heads"].push_back({head.layer.value, head.head.value});
    return object.dump();
}

} // namespace sinkscope
