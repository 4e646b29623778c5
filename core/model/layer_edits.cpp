// SPDX-License-Identifier: Apache-2.0
// From kinds, keys and query selections to ranges and factors.
#include "core/model/layer_edits.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>

namespace sinkscope {

namespace {

PositionRange rowsOf(const QuerySelection &queries, TokenPos promptLast)
{
    switch (queries.kind) {
    case QuerySelection::Kind::All:
        return {};
    case QuerySelection::Kind::Last:
        return {.begin = promptLast.asSize()};
    case QuerySelection::Kind::From:
        return {.begin = queries.begin.asSize()};
    case QuerySelection::Kind::Span:
        return {.begin = queries.begin.asSize(), .end = queries.end.asSize()};
    }
    return {};
}

PositionRange keysOf(const KeyTarget &key)
{
    return {.begin = key.begin.asSize(), .end = key.end.asSize()};
}

} // namespace

void LayerEdits::prepare(
    const Intervention *intervention, LayerIndex layer, TokenPos promptLast, const ModelConfig &config)
{
    m_any = false;
    prepareStoredKeys(intervention, layer, config);
    if (!intervention)
        return;
    const std::span<const HeadEdit> edits = intervention->editsOf(layer);
    const bool resolved = intervention->baselines().empty()
        && std::ranges::none_of(
            edits, [](const HeadEdit &edit) { return edit.key.kind == KeyTarget::Kind::FirstNonPad; });
    if (!resolved)
        throw RequestError({.what = "the edits depend on the prompt and were not worked out for it"});
    m_heads.resize(static_cast<std::size_t>(config.headCount));
    for (HeadRowEdits &head : m_heads)
        head.clear();
    for (const HeadEdit &edit : edits)
        if (edit.hasEffect())
            add(edit, promptLast);
    for (const FrozenEdit &frozen : intervention->frozenOf(layer)) {
        HeadRowEdits &head = m_heads[frozen.head.head.asSize()];
        if (frozen.kind == FrozenEdit::Kind::Redistribute)
            head.redistributions.push_back({frozen.keys, frozen.amount});
        else
            head.rowShifts.push_back(
                {{frozen.keys.front().asSize(), frozen.keys.back().asSize()}, frozen.rowValues});
    }
    m_any = std::ranges::any_of(m_heads, [](const HeadRowEdits &head) { return !head.empty(); });
}

void LayerEdits::prepareStoredKeys(
    const Intervention *intervention, LayerIndex layer, const ModelConfig &config)
{
    m_storedKeys.clear();
    m_headSize = static_cast<std::size_t>(config.headSize);
    if (!intervention)
        return;
    for (const HeadEdit &edit : intervention->editsOf(layer))
        if (edit.kind == EditKind::KeyShared && edit.hasEffect())
            addSharedKey(edit, config);
}

const HeadRowEdits *LayerEdits::of(std::size_t head) const
{
    return m_any && !m_heads[head].empty() ? &m_heads[head] : nullptr;
}

bool LayerEdits::redistributes() const
{
    return m_any && std::ranges::any_of(m_heads, [](const HeadRowEdits &head) {
        return !head.redistributions.empty();
    });
}

void LayerEdits::dropRedistributions()
{
    for (HeadRowEdits &head : m_heads)
        head.redistributions.clear();
}

void LayerEdits::add(const HeadEdit &edit, TokenPos promptLast)
{
    const PositionRange rows = rowsOf(edit.queries, promptLast);
    HeadRowEdits &head = m_heads[edit.head.head.asSize()];
    switch (edit.kind) {
    case EditKind::Probability:
        addProbability(edit, rows);
        break;
    case EditKind::Logit:
        head.scoreShifts.push_back({rows, keysOf(edit.key), std::log(edit.gamma)});
        break;
    case EditKind::Key:
        head.scoreFactors.push_back({rows, keysOf(edit.key), edit.gamma});
        break;
    case EditKind::KeyShared: // of no row: prepareStoredKeys
        break;
    case EditKind::Bias:
        head.scoreShifts.push_back({rows, keysOf(edit.key), edit.value});
        break;
    case EditKind::Gain:
        head.outputFactors.push_back({rows, edit.gamma});
        break;
    case EditKind::Ablate:
        head.outputFactors.push_back({rows, 0.0});
        break;
    }
}

// Key 0 is scaled after the softmax, in log odds. Scaling another probability equals adding ln gamma to its
// score (method 1.2); a span with key 0 in it is both, and the row is still renormalised once.
void LayerEdits::addProbability(const HeadEdit &edit, PositionRange rows)
{
    HeadRowEdits &head = m_heads[edit.head.head.asSize()];
    PositionRange keys = keysOf(edit.key);
    if (keys.begin == 0) {
        head.sinkFactors.push_back({rows, edit.gamma});
        keys.begin = 1;
    }
    if (keys.begin < keys.end)
        head.scoreShifts.push_back({rows, keys, std::log(edit.gamma)});
}

// Heads of a group that ask for the same key are one edit: validate() refuses different factors.
void LayerEdits::addSharedKey(const HeadEdit &edit, const ModelConfig &config)
{
    const KvHeadIndex kvHead = config.kvHeadOf(edit.head.head);
    const bool known = std::ranges::any_of(m_storedKeys,
        [&](const StoredKeyFactor &factor) { return factor.kvHead == kvHead && factor.key == edit.key; });
    if (!known)
        m_storedKeys.push_back({kvHead, edit.key, edit.gamma});
}

void LayerEdits::scaleStoredKeys(MutableMatrixView keys, std::size_t firstRow) const
{
    for (const StoredKeyFactor &factor : m_storedKeys) {
        const std::size_t end = std::min(factor.key.end.asSize(), keys.rows);
        for (std::size_t row = std::max(factor.key.begin.asSize(), firstRow); row < end; ++row)
            for (float &value : keys.row(row).subspan(factor.kvHead.asSize() * m_headSize, m_headSize))
                value = factor.gamma == 0.0 // 0 wins, whatever was multiplied before
                    ? 0.0F
                    : static_cast<float>(static_cast<double>(value) * factor.gamma);
    }
}

double LayerEdits::storedKeyFactor(KvHeadIndex kvHead, std::size_t row) const
{
    double product = 1.0;
    for (const StoredKeyFactor &factor : m_storedKeys)
        if (factor.kvHead == kvHead && keysOf(factor.key).contains(row))
            product *= factor.gamma;
    return product;
}

} // namespace sinkscope
