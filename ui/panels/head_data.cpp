// SPDX-License-Identifier: Apache-2.0
// The selected head as its views show it.
#include "ui/panels/head_data.h"

#include "core/base/utf8.h"
#include "ui/theme/number_format.h"
#include "ui/views/head_map_picture.h"

#include <QtCore/QCoreApplication>

namespace sinkscope::ui {

namespace {

SharedFloats shared(const FloatRun &run)
{
    return SharedFloats(run.owner, run.values);
}

} // namespace

HeadSide headSide(const HeadReading &reading)
{
    return {shared(reading.pattern), shared(reading.sinkMass), shared(reading.entropy),
        shared(reading.restEntropy), {}, {}};
}

std::vector<HeadMapToken> mapTokens(const TokenizedPrompt &prompt)
{
    std::vector<HeadMapToken> tokens;
    for (std::size_t token = 0; token < prompt.ids.size(); ++token)
        tokens.push_back({visibleToken(escapeInvalidUtf8(prompt.bytes[token])), prompt.ids[token].value});
    return tokens;
}

void takeScale(const Selection &selection, HeadMapData &data)
{
    data.form = selection.scale() == PatternScale::Log ? HeadMapScaleForm::Log : HeadMapScaleForm::Linear;
    data.keyZero = selection.keyZero() == KeyZeroScale::Apart ? KeyZeroPlace::Apart : KeyZeroPlace::InScale;
}

HeadMapMode mapMode(Side side)
{
    switch (side) {
    case Side::Baseline:
        return HeadMapMode::Baseline;
    case Side::Edited:
        return HeadMapMode::Edited;
    case Side::Difference:
        break;
    }
    return HeadMapMode::Difference;
}

HeadMapData headMapData(Workbench &bench)
{
    const AppState &state = bench.state;
    const Selection &selection = bench.selection;
    const HeadRef head = selection.head();
    const LiveAttention live(state);
    HeadMapData data;
    data.tokens = mapTokens(*state.baseline()->prompt);
    data.baseline = headSide(live.baseline(head));
    data.edited = headSide(live.edited(head));
    data.hasEdit = !state.intervention().changesNothing();
    data.mode = mapMode(selection.side());
    takeScale(selection, data);
    data.range =
        selection.range() == PatternRange::ThisHead ? HeadMapRange::ThisHead : HeadMapRange::AllHeads;
    const auto firstRow = static_cast<std::size_t>(firstRangeRow(data.tokenCount()));
    if (data.range == HeadMapRange::AllHeads)
        data.sharedMaximum = data.mode == HeadMapMode::Difference ? bench.range.greatestChange(firstRow)
                                                                  : bench.range.greatestWeight(firstRow);
    data.heldMaximum = bench.range.held().rest;
    data.heldKeyZeroMaximum = bench.range.held().keyZero;
    data.filter = {selection.filter().leastWeight, selection.filter().strongestInRow};
    data.isStale = state.isStale()
        && (state.isOfFormerPrompt() || (live.isOld(head.layer) && selection.side() != Side::Baseline));
    data.notCapturedReason = QCoreApplication::translate("HeadData", "being computed");
    return data;
}

namespace {

HeadMapQuantity quantityOf(PatternQuantity quantity)
{
    switch (quantity) {
    case PatternQuantity::Weight:
        return HeadMapQuantity::Weight;
    case PatternQuantity::Score:
        return HeadMapQuantity::Score;
    case PatternQuantity::ValueWeighted:
        return HeadMapQuantity::ValueWeighted;
    case PatternQuantity::Contribution:
        break;
    }
    return HeadMapQuantity::Contribution;
}

} // namespace

void addQuantity(Workbench &bench, HeadMapData &data)
{
    const PatternQuantity quantity = bench.selection.quantity();
    data.quantity = quantityOf(quantity);
    if (quantity == PatternQuantity::Weight)
        return;
    data.range = HeadMapRange::ThisHead;
    if (quantity == PatternQuantity::Score)
        data.form = HeadMapScaleForm::Linear;
    for (const Side side : {Side::Baseline, Side::Edited}) {
        HeadSide &shown = side == Side::Baseline ? data.baseline : data.edited;
        SharedFloats figures = shared(bench.figures.read(quantity, bench.selection.head(), side));
        (quantity == PatternQuantity::Score ? shown.scores : shown.keyNorms) = std::move(figures);
    }
}

} // namespace sinkscope::ui
