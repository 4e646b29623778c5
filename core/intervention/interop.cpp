// SPDX-License-Identifier: Apache-2.0
// head_config and the Python dictionary; CSV is in interop_csv.cpp.
#include "core/intervention/interop.h"

#include "core/base/error.h"
#include "core/intervention/intervention_json.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>

namespace sinkscope {

namespace {

using Json = nlohmann::json;

constexpr int kDeepest = 4; // of brackets in a file

/// A refusal about the file as a whole.
[[noreturn]] void refuse(
    const std::string &what, const std::string &source, const std::string &given, const std::string &expected)
{
    throw Error({.what = what, .file = source, .given = given, .expected = expected});
}

bool isDigit(char character)
{
    return std::isdigit(static_cast<unsigned char>(character)) != 0;
}

bool isSpace(char character)
{
    return std::isspace(static_cast<unsigned char>(character)) != 0;
}

/// JSON from a Python dictionary, from left to right: bare whole-number keys and text in single quotes get
/// double quotes, a comma before a closing bracket goes. Text in double quotes stays as it is.
class PythonText {
public:
    explicit PythonText(std::string_view text)
        : m_text(text)
    {
    }

    std::string asJson()
    {
        while (m_at < m_text.size()) {
            const char character = m_text[m_at];
            if (character == '"' || character == '\'')
                takeString(character);
            else if (isDigit(character))
                takeDigits();
            else if (character == ',' && isBracket(after(m_at + 1)))
                ++m_at;
            else
                m_json += m_text[m_at++];
        }
        return std::move(m_json);
    }

private:
    static bool isBracket(char character) { return character == '}' || character == ']'; }

    /// The first character from `at` on that is no space; 0 at the end.
    char after(std::size_t at) const
    {
        while (at < m_text.size() && isSpace(m_text[at]))
            ++at;
        return at < m_text.size() ? m_text[at] : '\0';
    }

    void takeString(char quote)
    {
        m_json += '"';
        for (++m_at; m_at < m_text.size() && m_text[m_at] != quote; ++m_at) {
            if (m_text[m_at] == '\\' && m_at + 1 < m_text.size())
                m_json += m_text[m_at++];
            m_json += m_text[m_at];
        }
        if (m_at < m_text.size()) { // a string without an end stays one
            m_json += '"';
            ++m_at;
        }
    }

    void takeDigits()
    {
        std::size_t end = m_at;
        while (end < m_text.size() && isDigit(m_text[end]))
            ++end;
        const std::string_view digits = m_text.substr(m_at, end - m_at);
        m_json += after(end) == ':' ? fmt::format("\"{}\"", digits) : std::string(digits);
        m_at = end;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::string m_json;
};

/// Some editors begin a file with these three bytes.
std::string_view withoutByteOrderMark(std::string_view text)
{
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    return text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text;
}

std::optional<Json> parsed(std::string_view text)
{
    // These forms are two deep; what is deeper is not kept, so that no message writes it out.
    const auto shallow = [](int depth, Json::parse_event_t, const Json &) { return depth <= kDeepest; };
    Json json = Json::parse(PythonText(withoutByteOrderMark(text)).asJson(), shallow, false);
    return json.is_discarded() ? std::nullopt : std::optional(std::move(json));
}

Json parsedOrRefused(std::string_view text, const std::string &source, const char *form)
{
    std::optional<Json> json = parsed(text);
    if (!json)
        refuse("cannot be read", source, "text that is not well formed", form);
    return std::move(*json);
}

/// The whole number that `text` is.
std::optional<std::int32_t> numberOf(std::string_view text)
{
    std::int32_t value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = status == std::errc {} && end == text.data() + text.size();
    return whole && value >= 0 ? std::optional(value) : std::nullopt;
}

std::int32_t indexOf(const Json &value, const char *what, const std::string &source)
{
    const auto index = value.is_string() ? numberOf(value.get<std::string>()) : numberOf(value.dump());
    if (!index)
        refuse(fmt::format("names a {} that cannot be read", what), source, value.dump(),
            "a whole number of 0 or more");
    return *index;
}

bool isPlain(const HeadEdit &edit)
{
    HeadEdit plain;
    plain.head = edit.head;
    return edit.sameTarget(plain);
}

} // namespace

EditsForm editsFormOf(std::string_view text)
{
    text = withoutByteOrderMark(text);
    const std::string_view firstLine = text.substr(0, text.find_first_of("\r\n"));
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    const bool isBracket = first != std::string_view::npos && (text[first] == '[' || text[first] == '{');
    if (!isBracket)
        return firstLine.find("layer") != std::string_view::npos ? EditsForm::Csv : EditsForm::Json;
    const std::optional<Json> json = parsed(text);
    if (!json || json->empty())
        return EditsForm::Json;
    const Json &value = json->front();
    if (json->is_array())
        return value.is_number() || value.is_string() ? EditsForm::HeadConfig : EditsForm::Json;
    // Names that are no numbers belong to the JSON form: {"edits":[...],"groups":{...}}.
    const bool byLayer =
        std::ranges::all_of(json->items(), [](const auto &item) { return numberOf(item.key()).has_value(); });
    if (!byLayer)
        return EditsForm::Json;
    return value.is_object() ? EditsForm::Python : EditsForm::HeadConfig;
}

std::vector<HeadRef> headsFromHeadConfig(
    std::string_view text, const std::string &sourceName, const HeadGrid &grid)
{
    constexpr const char *kForm = R"(a head_config such as {"3":[17,7],"8":[28]})";
    const Json config = parsedOrRefused(text, sourceName, kForm);
    std::vector<HeadRef> heads;
    if (config.is_array()) {
        for (const Json &entry : config) {
            const LayerIndex layer(indexOf(entry, "layer", sourceName));
            for (HeadIndex head; head.value < grid.headCount; ++head)
                heads.push_back({layer, head});
        }
    } else if (config.is_object()) {
        for (const auto &[name, list] : config.items()) {
            const auto layer = numberOf(name);
            if (!layer || !list.is_array())
                refuse("is no head_config", sourceName, fmt::format("\"{}\"", name), kForm);
            for (const Json &entry : list)
                heads.push_back({LayerIndex(*layer), HeadIndex(indexOf(entry, "head", sourceName))});
        }
    } else {
        refuse("is no head_config", sourceName, config.type_name(), kForm);
    }
    std::ranges::sort(heads);
    heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
    return heads;
}

std::string headConfigOf(std::span<const HeadRef> heads)
{
    std::map<std::int32_t, std::vector<std::int32_t>> byLayer;
    for (const HeadRef head : heads)
        byLayer[head.layer.value].push_back(head.head.value);
    nlohmann::ordered_json config = nlohmann::ordered_json::object();
    for (const auto &[layer, ofLayer] : byLayer)
        config[fmt::format("{}", layer)] = ofLayer;
    return config.dump() + "\n";
}

std::string interventionToHeadConfig(const Intervention &intervention)
{
    if (!intervention.baselines().empty())
        throw RequestError({.what = "a head_config lists heads, and those of a baseline depend on the model",
            .given = baselineName(intervention.baselines().front().kind),
            .wayOut = "Write JSON"});
    const auto other = std::ranges::find_if(
        intervention.edits(), [](const HeadEdit &edit) { return edit.hasEffect() && !isPlain(edit); });
    if (other != intervention.edits().end())
        throw RequestError(
            {.what = "a head_config lists heads whose attention to key 0 is scaled in all rows: "
                     "it has no place for other edits",
                .given = fmt::format("an edit of kind {} of layer {} head {}", kindName(other->kind),
                    other->head.layer.value, other->head.head.value),
                .expected = "kind probability, key 0, all queries",
                .wayOut = "Write JSON or CSV"});
    std::vector<HeadRef> heads;
    for (const HeadEdit &edit : intervention.edits())
        if (edit.hasEffect() && (heads.empty() || heads.back() != edit.head)) // edits are in order of head
            heads.push_back(edit.head);
    return headConfigOf(heads);
}

Intervention interventionFromPython(std::string_view text, const std::string &sourceName)
{
    constexpr const char *kForm = "{layer: {head: gamma}}, such as {15: {3: 0.3}}";
    const Json layers = parsedOrRefused(text, sourceName, kForm);
    if (!layers.is_object())
        refuse("is no dictionary of layers", sourceName, layers.type_name(), kForm);
    Intervention intervention;
    for (const auto &[layerName, heads] : layers.items()) {
        const auto layer = numberOf(layerName);
        if (!layer || !heads.is_object())
            refuse("is no dictionary of layers", sourceName, fmt::format("\"{}\"", layerName), kForm);
        for (const auto &[headName, gamma] : heads.items()) {
            const auto head = numberOf(headName);
            if (!head || !gamma.is_number())
                refuse(fmt::format("has a head of layer {} that cannot be read", *layer), sourceName,
                    fmt::format("{}: {}", headName, gamma.dump()), kForm);
            HeadEdit edit;
            edit.head = {LayerIndex(*layer), HeadIndex(*head)};
            edit.gamma = gamma.get<double>();
            intervention.set(edit);
        }
    }
    return intervention;
}

std::string interventionToPython(const Intervention &intervention)
{
    const bool plain = intervention.baselines().empty() && std::ranges::all_of(intervention.edits(), isPlain);
    if (!plain)
        throw RequestError({.what = "a dictionary of layers, heads and factors holds plain edits only: "
                                    "probability, key 0, all queries",
            .wayOut = "Write JSON or CSV"});
    std::string text = "{";
    const HeadEdit *previous = nullptr;
    for (const HeadEdit &edit : intervention.edits()) {
        const bool sameLayer = previous && previous->head.layer == edit.head.layer;
        if (sameLayer)
            text += ", ";
        else
            text += fmt::format("{}{}: {{", previous ? "}, " : "", edit.head.layer.value);
        text += fmt::format("{}: {}", edit.head.head.value, Json(edit.gamma).dump());
        previous = &edit;
    }
    return text + (previous ? "}}\n" : "}\n");
}

Intervention interventionFromAnyForm(std::string_view text, const std::string &sourceName,
    const HeadGrid &grid, std::optional<double> headConfigGamma)
{
    const EditsForm form = editsFormOf(text);
    if (form == EditsForm::HeadConfig && !headConfigGamma)
        throw RequestError({.what = "a head_config names heads and no factor",
            .file = sourceName,
            .wayOut = "Give the factor beside it"});
    if (form != EditsForm::HeadConfig && headConfigGamma)
        throw RequestError({.what = "the file holds its own factors",
            .file = sourceName,
            .given = fmt::format("a factor of {} beside it", *headConfigGamma),
            .expected = "a head_config, which has none"});
    switch (form) {
    case EditsForm::Json:
        return interventionFromJson(text, sourceName);
    case EditsForm::Python:
        return interventionFromPython(text, sourceName);
    case EditsForm::Csv:
        return interventionFromCsv(text, sourceName);
    case EditsForm::HeadConfig:
        break;
    }
    Intervention intervention;
    for (const HeadRef head : headsFromHeadConfig(text, sourceName, grid)) {
        HeadEdit edit;
        edit.head = head;
        edit.gamma = *headConfigGamma;
        intervention.set(edit);
    }
    return intervention;
}

} // namespace sinkscope
