// SPDX-License-Identifier: Apache-2.0
// The output at any position and the logit lens.
#include "core/analysis/position_output.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

namespace sinkscope {

namespace {

LensRow lensRow(
    std::span<const double> logProbabilities, const PositionRequest &request, const Tokenizer &tokenizer)
{
    LensRow row;
    row.entropyNats = entropyNats(logProbabilities);
    row.top = topTokens(logProbabilities, request.topCount, tokenizer);
    for (const TokenId id : request.followed)
        row.followed.push_back({std::exp(logProbabilities[id.asSize()]), tokenRank(logProbabilities, id)});
    return row;
}

/// The last row of `stream` alone.
Matrix lastRow(const Matrix &stream)
{
    Matrix last(1, stream.columns());
    const std::span<const float> row = stream.row(stream.rows() - 1);
    std::ranges::copy(row, last.row(0).begin());
    return last;
}

} // namespace

std::optional<PositionFigures> positionFigures(
    Transformer &transformer, const PositionRequest &request, const StopToken &stop)
{
    const std::size_t tokens = request.pass->layers.front()->tokenCount();
    if (request.position.value < 0 || request.position.asSize() >= tokens)
        throw RequestError({.what = "the position is outside the prompt",
            .given = fmt::format("position {}", request.position.value),
            .expected = fmt::format("0 to {}", tokens - 1)});
    const std::optional<Matrix> stream =
        transformer.residualStream(*request.pass, request.intervention, request.position, stop);
    if (!stream)
        return std::nullopt;
    const std::optional<Matrix> logits =
        transformer.logitsOf(request.layers == LensLayers::All ? *stream : lastRow(*stream), stop);
    if (!logits)
        return std::nullopt;
    PositionFigures figures;
    std::vector<double> logProbabilities;
    for (std::size_t row = 0; row < logits->rows(); ++row) {
        if (stop.stop_requested())
            return std::nullopt;
        logProbabilities = logSoftmax(logits->row(row));
        figures.rows.push_back(lensRow(logProbabilities, request, *transformer.model().tokenizer));
    }
    figures.logProbabilities = std::make_shared<const std::vector<double>>(std::move(logProbabilities));
    return figures;
}

} // namespace sinkscope
