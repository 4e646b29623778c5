// SPDX-License-Identifier: Apache-2.0
// What the head view shows of attention.
#include "ui/panels/shown_picture.h"

#include "core/base/utf8.h"
#include "ui/models/edits_model.h"
#include "ui/panels/head_data.h"
#include "ui/theme/number_format.h"

#include <QtCore/QCoreApplication>

#include <limits>
#include <utility>

namespace sinkscope::ui {

namespace {

class Words {
    Q_DECLARE_TR_FUNCTIONS(ShownPicture)
};

constexpr int kMostLetters = 40; ///< of a group: a line may be of any length

HeadSide sideOf(const AggregateReading &reading, std::size_t tokens, PatternOf of)
{
    HeadSide side;
    side.pattern = SharedFloats(reading.pattern.owner, reading.pattern.values);
    if (of == PatternOf::MaximumOfSelected) // read off the pattern they would be no entropies
        side.entropy = side.restEntropy =
            SharedFloats(std::vector<float>(tokens, std::numeric_limits<float>::quiet_NaN()));
    return side;
}

void takeAggregate(Workbench &bench, const AggregateWish &wish, HeadMapData &data)
{
    const AggregateReading baseline = bench.aggregates.read(wish, Side::Baseline);
    const AggregateReading edited = bench.aggregates.read(wish, Side::Edited);
    const auto tokens = static_cast<std::size_t>(data.tokenCount());
    data.baseline = sideOf(baseline, tokens, wish.of);
    data.edited = sideOf(edited, tokens, wish.of);
    data.pictured = pictureInWords(bench);
    data.hasEntropies = wish.of != PatternOf::MaximumOfSelected;
    const bool showsEdited = data.mode != HeadMapMode::Baseline;
    data.isStale = bench.state.isOfFormerPrompt()
        || (showsEdited && (bench.state.isStale() || edited.isFormer))
        || (data.mode != HeadMapMode::Edited && baseline.isFormer);
    const std::optional<LayerIndex> missing = baseline.missing ? baseline.missing : edited.missing;
    if (missing)
        data.notCapturedReason =
            Words::tr("Attention of layer %1 is not kept in memory: the prompt is too long for patterns of "
                      "all layers. A shorter prompt or a larger memory budget (Preferences) keeps them.")
                .arg(missing->value);
}

HeadSide grouped(const HeadSide &side, const TokenGroups &groups, bool hasEntropies)
{
    HeadSide result;
    if (side.hasPattern())
        result.pattern = SharedFloats(groupedAttention(side.pattern.values(), groups));
    if (!hasEntropies)
        result.entropy = result.restEntropy =
            SharedFloats(std::vector<float>(groups.count(), std::numeric_limits<float>::quiet_NaN()));
    return result;
}

/// Leading spaces of a group are left to the eye: between words they say nothing.
QString groupText(const TokenizedPrompt &prompt, const TokenGroups &groups, std::size_t group)
{
    std::string bytes;
    for (std::size_t token = groups.first(group); token <= groups.last(group); ++token)
        bytes += prompt.bytes[token];
    QString text = visibleToken(escapeInvalidUtf8(bytes));
    const QString space = visibleToken(std::string(" "));
    if (text.size() > 1 && groups.size(group) > 0 && text.startsWith(space))
        text.remove(0, space.size());
    if (text.size() > kMostLetters)
        text = text.left(kMostLetters - 1) + QStringLiteral("…");
    return text;
}

void group(const TokenizedPrompt &prompt, const TokenGroups &groups, HeadMapData &data)
{
    const bool isSameSide = data.baseline.pattern.values().data() == data.edited.pattern.values().data();
    data.baseline = grouped(data.baseline, groups, data.hasEntropies);
    data.edited = isSameSide ? data.baseline : grouped(data.edited, groups, data.hasEntropies);
    std::vector<HeadMapToken> tokens;
    for (std::size_t place = 0; place < groups.count(); ++place)
        tokens.push_back({groupText(prompt, groups, place), -1, static_cast<int>(groups.first(place)),
            static_cast<int>(groups.last(place))});
    data.tokens = std::move(tokens);
}

} // namespace

int ShownPicture::placeOf(int token) const
{
    const int tokens = groups ? static_cast<int>(groups->tokens) : data.tokenCount();
    if (token < 0 || token >= tokens)
        return -1;
    return groups ? static_cast<int>(groups->groupOf(static_cast<std::size_t>(token))) : token;
}

std::optional<HeadMapCell> ShownPicture::cellOf(CellRef cell) const
{
    const HeadMapCell place {placeOf(cell.query), placeOf(cell.key)};
    if (place.query < 0 || place.key < 0 || place.key > place.query)
        return std::nullopt;
    return place;
}

CellRef ShownPicture::refOf(HeadMapCell cell) const
{
    if (!groups || cell.query < 0 || cell.key < 0)
        return {cell.query, cell.key};
    return {static_cast<int>(groups->last(static_cast<std::size_t>(cell.query))),
        static_cast<int>(groups->first(static_cast<std::size_t>(cell.key)))};
}

bool isPlainPicture(const Selection &selection)
{
    return selection.patternOf() == PatternOf::ThisHead && selection.patternTokens() == PatternTokens::Single;
}

QString pictureInWords(const Workbench &bench)
{
    const Selection &selection = bench.selection;
    const std::size_t heads = selection.heads().size();
    const int layer = selection.head().layer.value;
    switch (selection.patternOf()) {
    case PatternOf::ThisHead:
        break;
    case PatternOf::MeanOfSelected:
        return heads == 1 ? Words::tr("mean of 1 head") : Words::tr("mean of %1 heads").arg(heads);
    case PatternOf::MaximumOfSelected:
        return heads == 1 ? Words::tr("maximum of 1 head") : Words::tr("maximum of %1 heads").arg(heads);
    case PatternOf::MeanOfLayer:
        return Words::tr("mean of layer %1").arg(layer);
    case PatternOf::Rollout:
        return Words::tr("rollout to layer %1").arg(layer);
    }
    return {};
}

QString pictureTitle(const Workbench &bench)
{
    QString title = pictureInWords(bench);
    if (title.isEmpty())
        return headName(bench.selection.head());
    title[0] = title[0].toUpper();
    return title;
}

ShownPicture shownPicture(Workbench &bench)
{
    const Selection &selection = bench.selection;
    ShownPicture picture;
    HeadMapData &data = picture.data;
    data = headMapData(bench);
    if (isPlainPicture(selection)) {
        addQuantity(bench, data);
        return picture;
    }
    data.range = HeadMapRange::ThisHead;
    if (const auto wish = aggregateWish(selection, bench.state.grid()))
        takeAggregate(bench, *wish, data);
    if (selection.patternTokens() == PatternTokens::Single)
        return picture;
    const TokenizedPrompt &prompt = *bench.state.baseline()->prompt;
    const bool isWords = selection.patternTokens() == PatternTokens::Words;
    data.unit = isWords ? HeadMapUnit::Words : HeadMapUnit::Lines;
    picture.groups = isWords ? wordGroups(prompt.bytes) : lineGroups(prompt.bytes);
    group(prompt, *picture.groups, data);
    return picture;
}

} // namespace sinkscope::ui
