// SPDX-License-Identifier: Apache-2.0
// From the reference's JSON to values of the core. fromRow 0 means all rows, -1 the last and all after it.
#include "tests/support/reference_cases.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <stdexcept>

namespace sinkscope::test {

namespace {

using Json = nlohmann::json;

std::vector<TokenId> tokenIds(const Json &list)
{
    std::vector<TokenId> ids;
    for (const Json &id : list)
        ids.emplace_back(id.get<std::int32_t>());
    return ids;
}

EditKind kindNamed(const std::string &name)
{
    if (name == "probability")
        return EditKind::Probability;
    if (name == "key")
        return EditKind::Key;
    if (name == "logit")
        return EditKind::Logit;
    throw std::runtime_error("the reference names an unknown edit kind " + name);
}

HeadEdit editOf(const Json &entry, std::int32_t layer, std::int32_t head)
{
    HeadEdit edit;
    edit.head = {LayerIndex(layer), HeadIndex(head)};
    edit.gamma = entry.at("gamma");
    edit.key = TokenPos(entry.at("key").get<std::int32_t>());
    edit.kind = kindNamed(entry.at("kind"));
    const int fromRow = entry.at("fromRow");
    if (fromRow < 0) {
        edit.queries.kind = QuerySelection::Kind::Last;
    } else if (fromRow > 0) {
        edit.queries.kind = QuerySelection::Kind::From;
        edit.queries.begin = TokenPos(fromRow);
    }
    return edit;
}

Intervention interventionOf(const Json &edits)
{
    Intervention intervention;
    if (edits.is_array()) {
        for (const Json &entry : edits)
            intervention.set(editOf(entry, entry.at("layer"), entry.at("head")));
        return intervention;
    }
    for (const std::int32_t layer : edits.at("layers"))
        for (const std::int32_t head : edits.at("heads"))
            intervention.set(editOf(edits, layer, head));
    return intervention;
}

ReferenceOutcome outcomeOf(const Json &entry)
{
    ReferenceOutcome outcome;
    outcome.name = entry.value("name", std::string("baseline"));
    if (entry.contains("edits"))
        outcome.intervention = interventionOf(entry.at("edits"));
    outcome.outputEntropyNats = entry.at("outputEntropyNats");
    for (const Json &top : entry.at("top"))
        outcome.top.push_back({TokenId(top.at("id").get<std::int32_t>()), top.at("p")});
    if (entry.contains("answers"))
        for (const Json &answer : entry.at("answers"))
            outcome.answers.push_back({answer.at("text"), tokenIds(answer.at("ids")), answer.at("logProb")});
    if (entry.contains("greedy"))
        outcome.greedy = tokenIds(entry.at("greedy").at("ids"));
    return outcome;
}

} // namespace

std::vector<ReferenceCase> loadReferenceCases(const std::string &folder)
{
    std::ifstream stream(folder + "/cases.json");
    if (!stream)
        throw std::runtime_error("cannot open " + folder + "/cases.json");
    std::vector<ReferenceCase> cases;
    for (const Json &entry : Json::parse(stream)) {
        ReferenceCase item {entry.at("id"), entry.at("prompt"), tokenIds(entry.at("ids")), {}};
        item.outcomes.push_back(outcomeOf(entry.at("baseline")));
        for (const Json &edit : entry.at("edits"))
            item.outcomes.push_back(outcomeOf(edit));
        cases.push_back(std::move(item));
    }
    return cases;
}

ReferenceArrays loadReferenceArrays(const std::string &folder, const std::string &id)
{
    return readSafetensors(folder + "/" + id + ".safetensors");
}

} // namespace sinkscope::test
