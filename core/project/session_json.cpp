// SPDX-License-Identifier: Apache-2.0
// What is asked of the model as JSON.
#include "core/project/session_json.h"

#include "core/base/error.h"
#include "core/intervention/intervention_json.h"

#include <nlohmann/json.hpp>

#include <optional>

namespace sinkscope {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char *kRaw = "raw";
constexpr const char *kChat = "chat";

Json editsJson(const Intervention &intervention)
{
    return Json::parse(interventionToJson(intervention));
}

/// An edit as nearly all of a session are: a factor on key 0 in all rows. Nothing for any other.
std::optional<HeadEdit> plainEdit(const Json &entry)
{
    constexpr std::uint64_t kMostLayersOrHeads = 1U << 20U;
    HeadEdit edit;
    int known = 0;
    for (const auto &[name, value] : entry.items()) {
        const bool isIndex = value.is_number_unsigned() && value.get<std::uint64_t>() < kMostLayersOrHeads;
        if (name == "layer" && isIndex)
            edit.head.layer = LayerIndex(value.get<int>());
        else if (name == "head" && isIndex)
            edit.head.head = HeadIndex(value.get<int>());
        else if (name == "gamma" && value.is_number() && value.get<double>() >= 0.0)
            edit.gamma = value.get<double>();
        else if ((name == "key" && value == 0) || (name == "kind" && value == "probability")
            || (name == "queries" && value == "all"))
            continue;
        else
            return std::nullopt;
        ++known;
    }
    return known == 3 ? std::optional(edit) : std::nullopt;
}

/// Sessions hold thousands of states of many edits: plain ones are taken as they are, without the careful
/// reading that edits of other programs need.
Intervention readEdits(const Json &json, const std::string &sourceName)
{
    Intervention edits;
    bool arePlain = json.is_array();
    for (auto entry = json.begin(); arePlain && entry != json.end(); ++entry) {
        const auto edit = entry->is_object() ? plainEdit(*entry) : std::nullopt;
        arePlain = edit.has_value();
        if (arePlain)
            edits.set(*edit);
    }
    return arePlain ? edits : interventionFromJson(json.dump(), sourceName);
}

PromptSpec readPrompt(const Json &json)
{
    PromptSpec prompt;
    prompt.text = json.at("prompt").get<std::string>();
    const std::string form = json.at("form").get<std::string>();
    if (form != kRaw && form != kChat)
        throw Error({.what = "the form of a prompt is not known",
            .given = form,
            .expected = std::string(kRaw) + " or " + kChat});
    prompt.form = form == kChat ? PromptForm::Chat : PromptForm::Raw;
    if (json.contains("system"))
        prompt.system = json["system"].get<std::string>();
    if (json.contains("ids"))
        for (const Json &id : json["ids"])
            prompt.ids.push_back(TokenId(id.get<std::int32_t>()));
    return prompt;
}

} // namespace

std::string sessionContentToJson(const SessionContent &content)
{
    Json json = {
        {"prompt", content.prompt.text}, {"form", content.prompt.form == PromptForm::Chat ? kChat : kRaw}};
    if (content.prompt.system)
        json["system"] = *content.prompt.system;
    if (!content.prompt.ids.empty()) {
        json["ids"] = Json::array();
        for (const TokenId id : content.prompt.ids)
            json["ids"].push_back(id.value);
    }
    json["answers"] = content.answers;
    json["edits"] = editsJson(content.edits);
    json["switchedOff"] = editsJson(content.switchedOff);
    try {
        return json.dump();
    } catch (const nlohmann::json::exception &error) {
        throw Error({.what = "the session holds text that cannot be saved",
            .given = error.what(),
            .expected = "valid UTF-8"});
    }
}

SessionContent sessionContentFromJson(std::string_view text, const std::string &sourceName)
{
    try {
        const Json json = Json::parse(text);
        SessionContent content;
        content.prompt = readPrompt(json);
        content.answers = json.at("answers").get<std::vector<std::string>>();
        content.edits = readEdits(json.at("edits"), sourceName);
        content.switchedOff = readEdits(json.at("switchedOff"), sourceName);
        return content;
    } catch (const nlohmann::json::exception &error) {
        throw Error({.what = "what was asked cannot be read",
            .file = sourceName,
            .given = error.what(),
            .expected = "the JSON form of a session",
            .wayOut = "The file is damaged or was changed by another program; take a copy made earlier"});
    }
}

} // namespace sinkscope
