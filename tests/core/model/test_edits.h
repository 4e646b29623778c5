// SPDX-License-Identifier: Apache-2.0
// Interventions that the tests of the forward pass share.
#pragma once

#include "core/intervention/intervention.h"

#include <string>
#include <vector>

namespace sinkscope::test {

/// An intervention with a name for messages.
struct NamedIntervention {
    std::string name;
    Intervention intervention;
};

inline HeadEdit headEdit(
    int layer, int head, double gamma, int key = 0, EditKind kind = EditKind::Probability)
{
    HeadEdit edit;
    edit.head = {LayerIndex(layer), HeadIndex(head)};
    edit.gamma = gamma;
    edit.key = TokenPos(key);
    edit.kind = kind;
    return edit;
}

/// The keys [begin, end).
inline HeadEdit onKeys(HeadEdit edit, int begin, int end)
{
    edit.key = KeyTarget(TokenPos(begin), TokenPos(end));
    return edit;
}

inline HeadEdit biasEdit(int layer, int head, double value, int key = 0)
{
    HeadEdit edit = headEdit(layer, head, 1.0, key, EditKind::Bias);
    edit.value = value;
    return edit;
}

inline HeadEdit ablateEdit(int layer, int head)
{
    return headEdit(layer, head, 1.0, 0, EditKind::Ablate);
}

inline HeadEdit onRows(HeadEdit edit, QuerySelection::Kind kind, int begin = 0, int end = 0)
{
    edit.queries.kind = kind;
    edit.queries.begin = TokenPos(begin);
    edit.queries.end = TokenPos(end);
    return edit;
}

inline Intervention withEdits(const std::vector<HeadEdit> &edits)
{
    Intervention intervention;
    for (const HeadEdit &edit : edits)
        intervention.set(edit);
    return intervention;
}

/// The same edit on every head of `layers` layers.
inline Intervention everyHead(int layers, int heads, const HeadEdit &like)
{
    Intervention intervention;
    for (int layer = 0; layer < layers; ++layer)
        for (int head = 0; head < heads; ++head) {
            HeadEdit edit = like;
            edit.head = {LayerIndex(layer), HeadIndex(head)};
            intervention.set(edit);
        }
    return intervention;
}

/// What the baseline act becomes: weights of `keys` (ascending) times `keep`.
inline FrozenEdit redistribution(int layer, int head, double keep, const std::vector<int> &keys)
{
    FrozenEdit frozen;
    frozen.head = {LayerIndex(layer), HeadIndex(head)};
    frozen.amount = keep;
    frozen.keys.reserve(keys.size());
    for (const int key : keys)
        frozen.keys.emplace_back(key);
    return frozen;
}

/// What the baseline SpotLight becomes: shifts of the scores of keys 2 to 5, another one in each of 12 rows.
inline FrozenEdit rowBias(int layer, int head)
{
    FrozenEdit frozen;
    frozen.head = {LayerIndex(layer), HeadIndex(head)};
    frozen.kind = FrozenEdit::Kind::RowBias;
    frozen.keys = {TokenPos(2), TokenPos(6)};
    frozen.rowValues.reserve(12);
    for (int row = 0; row < 12; ++row)
        frozen.rowValues.push_back(0.1 * row - 0.3);
    return frozen;
}

/// All kinds, keys, row selections and extreme factors, for models of 3 layers and 4 heads and prompts of 12
/// tokens or more.
inline std::vector<NamedIntervention> manyInterventions()
{
    using Rows = QuerySelection::Kind;
    constexpr EditKind kProbability = EditKind::Probability;
    constexpr EditKind kLogit = EditKind::Logit;
    constexpr EditKind kKey = EditKind::Key;
    return {
        {"one head 0.3", withEdits({headEdit(1, 3, 0.3)})},
        {"one head of the last layer 6.5", withEdits({headEdit(2, 0, 6.5)})},
        {"one head off", withEdits({headEdit(0, 2, 0.0)})},
        {"one head 100", withEdits({headEdit(0, 1, 100.0)})},
        {"all heads 1.5", everyHead(3, 4, headEdit(0, 0, 1.5))},
        {"all heads off", everyHead(3, 4, headEdit(0, 0, 0.0))},
        {"several", withEdits({headEdit(0, 0, 0.0), headEdit(1, 2, 2.5), headEdit(2, 3, 0.5)})},
        {"another key", withEdits({headEdit(1, 1, 4.0, 3)})},
        {"another key off", everyHead(3, 4, headEdit(0, 0, 0.0, 2))},
        {"logit on key 0", withEdits({headEdit(1, 0, 3.0, 0, kLogit)})},
        {"logit off on key 0", withEdits({headEdit(1, 0, 0.0, 0, kLogit)})},
        {"logit on key 5", withEdits({headEdit(0, 3, 0.2, 5, kLogit)})},
        {"key state 0", withEdits({headEdit(0, 1, 1.5, 0, kKey)})},
        {"key state 4", everyHead(3, 4, headEdit(0, 0, 0.7, 4, kKey))},
        {"key state off", withEdits({headEdit(2, 2, 0.0, 0, kKey)})},
        {"last row", everyHead(3, 4, onRows(headEdit(0, 0, 3.0), Rows::Last))},
        {"from row 5", withEdits({onRows(headEdit(0, 0, 0.2), Rows::From, 5)})},
        {"rows 3 to 6", withEdits({onRows(headEdit(1, 1, 5.0), Rows::Span, 3, 7)})},
        {"logit on rows 2 to 3", withEdits({onRows(headEdit(0, 2, 0.1, 1, kLogit), Rows::Span, 2, 4)})},
        {"several of one head",
            withEdits({headEdit(1, 2, 0.4), headEdit(1, 2, 3.0, 2, kProbability),
                headEdit(1, 2, 0.5, 4, kLogit), onRows(headEdit(1, 2, 1.3, 6, kKey), Rows::From, 8)})},
        {"two selections of one key",
            withEdits({onRows(headEdit(1, 2, 0.4), Rows::From, 4), onRows(headEdit(1, 2, 0.5), Rows::Last)})},
        {"span of keys", withEdits({onKeys(headEdit(1, 1, 3.0), 2, 6)})},
        {"span from key 0", everyHead(3, 4, onKeys(headEdit(0, 0, 0.3), 0, 4))},
        {"span off", withEdits({onKeys(headEdit(0, 2, 0.0), 1, 10)})},
        {"span with key 0 off", withEdits({onKeys(headEdit(1, 3, 0.0), 0, 7)})},
        {"overlapping spans",
            withEdits(
                {onKeys(headEdit(1, 0, 3.0), 1, 6), onKeys(headEdit(1, 0, 0.5), 4, 9), headEdit(1, 0, 2.0)})},
        {"logit on a span", withEdits({onKeys(headEdit(0, 1, 4.0, 0, kLogit), 0, 5)})},
        {"key state of a span in rows 4 to 9",
            withEdits({onRows(onKeys(headEdit(0, 1, 1.4, 0, kKey), 1, 5), Rows::Span, 4, 10)})},
        {"shared key 0", withEdits({headEdit(1, 2, 1.5, 0, EditKind::KeyShared)})},
        {"shared keys of a span, all heads",
            everyHead(3, 4, onKeys(headEdit(0, 0, 0.6, 0, EditKind::KeyShared), 2, 7))},
        {"shared key off", withEdits({headEdit(0, 3, 0.0, 3, EditKind::KeyShared)})},
        {"bias", withEdits({biasEdit(0, 0, 1.5), biasEdit(1, 1, -2.0, 3)})},
        {"bias on a span, last row", withEdits({onRows(onKeys(biasEdit(2, 1, 2.0), 1, 9), Rows::Last)})},
        {"gain", withEdits({headEdit(0, 1, 2.5, 0, EditKind::Gain), headEdit(2, 0, 0.0, 0, EditKind::Gain)})},
        {"gain from row 4", withEdits({onRows(headEdit(1, 1, 0.3, 0, EditKind::Gain), Rows::From, 4)})},
        {"ablate", withEdits({ablateEdit(1, 2)})},
        {"ablate the last row", everyHead(3, 4, onRows(ablateEdit(0, 0), Rows::Last))},
        {"gain and ablate", withEdits({headEdit(1, 2, 3.0, 0, EditKind::Gain), ablateEdit(1, 2)})},
        {"all kinds of one head",
            withEdits({headEdit(1, 2, 0.7), headEdit(1, 2, 2.0, 2, kLogit), headEdit(1, 2, 1.3, 3, kKey),
                headEdit(1, 3, 0.8, 3, EditKind::KeyShared), biasEdit(1, 2, -0.5, 3),
                onKeys(headEdit(1, 2, 1.5), 2, 5), headEdit(1, 2, 1.2, 0, EditKind::Gain)})},
        {"key state and logit of one key",
            withEdits({headEdit(0, 0, 1.6, 3, kKey), headEdit(0, 0, 2.0, 3, kLogit)})},
    };
}

} // namespace sinkscope::test
