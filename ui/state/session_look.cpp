// SPDX-License-Identifier: Apache-2.0
// What a session remembers of the window, as a small JSON object.
#include "ui/state/session_look.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <optional>
#include <utility>

namespace sinkscope::ui {

namespace {

const QLatin1String kHeads("heads");
const QLatin1String kPinned("pinned");
const QLatin1String kKept("kept");
const QLatin1String kSide("side");
const QLatin1String kMeasure("measure");
const QLatin1String kScope("scope");
const QLatin1String kRange("range");
const QLatin1String kScale("scale");
const QLatin1String kKeyZero("keyZero");
const QLatin1String kQuantity("quantity");
const QLatin1String kColumnFigure("columnFigure");
const QLatin1String kPatternOf("patternOf");
const QLatin1String kPatternTokens("patternTokens");
const QLatin1String kPicture("picture");
const QLatin1String kPerspective("perspective");
constexpr int kMostTokens = 1 << 24; ///< more is no position of a prompt

QJsonArray pairOf(int first, int second)
{
    return QJsonArray {first, second};
}

/// Two numbers of `value`, each from `least` to below its end; nothing for anything else.
std::optional<std::pair<int, int>> pairFrom(const QJsonValue &value, int least, std::pair<int, int> ends)
{
    const QJsonArray pair = value.toArray();
    const int first = pair.at(0).toInt(least - 1);
    const int second = pair.at(1).toInt(least - 1);
    const bool isInside = first >= least && second >= least && first < ends.first && second < ends.second;
    return pair.size() == 2 && isInside ? std::optional(std::pair(first, second)) : std::nullopt;
}

/// The choice of `key` when it is one up to `last`.
template <typename Choice>
std::optional<Choice> choiceFrom(const QJsonObject &object, QLatin1String key, Choice last)
{
    const int value = object[key].toInt(-1);
    return value >= 0 && value <= static_cast<int>(last) ? std::optional(static_cast<Choice>(value))
                                                         : std::nullopt;
}

void takeHeads(Selection &selection, const HeadGrid &grid, const QJsonArray &pairs)
{
    std::vector<HeadRef> heads;
    for (const QJsonValue &pair : pairs)
        if (const auto head = pairFrom(pair, 0, {grid.layerCount, grid.headCount}))
            heads.push_back({LayerIndex(head->first), HeadIndex(head->second)});
    if (!heads.empty())
        selection.setHeads(std::move(heads));
}

void takeCells(Selection &selection, const QJsonObject &object)
{
    const auto cellFrom = [](const QJsonValue &value) -> std::optional<CellRef> {
        const auto cell = pairFrom(value, -1, {kMostTokens, kMostTokens});
        return cell ? std::optional(CellRef {cell->first, cell->second}) : std::nullopt;
    };
    const std::optional<CellRef> pinned = cellFrom(object[kPinned]);
    if (!pinned)
        return;
    std::vector<CellRef> kept;
    for (const QJsonValue &value : object[kKept].toArray())
        if (const std::optional<CellRef> cell = cellFrom(value))
            kept.push_back(*cell);
    selection.restoreCells({*pinned, std::move(kept)});
}

} // namespace

std::string lookOf(const Selection &selection)
{
    QJsonArray heads;
    for (const HeadRef head : selection.heads())
        heads.append(pairOf(head.layer.value, head.head.value));
    QJsonArray kept;
    for (const CellRef cell : selection.kept())
        kept.append(pairOf(cell.query, cell.key));
    const QJsonObject look {{kHeads, heads}, {kKept, kept},
        {kPinned, pairOf(selection.pinned().query, selection.pinned().key)},
        {kSide, static_cast<int>(selection.side())}, {kMeasure, static_cast<int>(selection.measure())},
        {kScope, static_cast<int>(selection.scope())}, {kRange, static_cast<int>(selection.range())},
        {kScale, static_cast<int>(selection.scale())}, {kKeyZero, static_cast<int>(selection.keyZero())},
        {kQuantity, static_cast<int>(selection.quantity())},
        {kPatternOf, static_cast<int>(selection.patternOf())},
        {kPatternTokens, static_cast<int>(selection.patternTokens())},
        {kPicture, static_cast<int>(selection.picture())},
        {kColumnFigure, static_cast<int>(selection.columnFigure())}, {kPerspective, selection.perspective()}};
    return QJsonDocument(look).toJson(QJsonDocument::Compact).toStdString();
}

void takeLook(Selection &selection, const HeadGrid &grid, const std::string &look)
{
    const QJsonObject object = QJsonDocument::fromJson(QByteArray::fromStdString(look)).object();
    takeHeads(selection, grid, object[kHeads].toArray());
    takeCells(selection, object);
    if (const auto side = choiceFrom(object, kSide, Side::Difference))
        selection.setSide(*side);
    if (const auto measure = choiceFrom(object, kMeasure, HeadMeasure::Induction))
        selection.setMeasure(*measure);
    if (const auto scope = choiceFrom(object, kScope, FactorScope::All))
        selection.setScope(*scope);
    if (const auto range = choiceFrom(object, kRange, PatternRange::AllHeads))
        selection.setRange(*range);
    if (const auto scale = choiceFrom(object, kScale, PatternScale::Log))
        selection.setScale(*scale);
    if (const auto keyZero = choiceFrom(object, kKeyZero, KeyZeroScale::Shared))
        selection.setKeyZero(*keyZero);
    if (const auto quantity = choiceFrom(object, kQuantity, PatternQuantity::Contribution))
        selection.setQuantity(*quantity);
    if (const auto figure = choiceFrom(object, kColumnFigure, ColumnFigure::Received))
        selection.setColumnFigure(*figure);
    if (const auto of = choiceFrom(object, kPatternOf, PatternOf::Rollout))
        selection.setPatternOf(*of);
    if (const auto tokens = choiceFrom(object, kPatternTokens, PatternTokens::Lines))
        selection.setPatternTokens(*tokens);
    if (const auto picture = choiceFrom(object, kPicture, PatternPicture::Lines))
        selection.setPicture(*picture);
    if (const QString perspective = object[kPerspective].toString(); !perspective.isEmpty())
        selection.setPerspective(perspective);
}

} // namespace sinkscope::ui
