// SPDX-License-Identifier: Apache-2.0
// The result of `run` as a value, and the three forms it is given in.
#pragma once

#include "core/analysis/attention_metrics.h"
#include "core/analysis/output_metrics.h"
#include "core/analysis/position_output.h"
#include "core/analysis/prompt.h"
#include "core/model/layer_record.h"

#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sinkscope {

/// Greedy continuation of the prompt; an end token is the last id.
struct GreedyText {
    std::vector<TokenId> ids;
    std::string text; ///< special tokens in their written form
    std::string finish; ///< why it ended, see finishName
};

/// One pass with its figures.
struct PassReport {
    std::shared_ptr<const PassResult> pass;
    OutputMetrics output;
    HeadMetrics heads;
    std::optional<GreedyText> greedy; ///< when asked for
    std::optional<PositionFigures> position; ///< the same
};

/// The position that was asked for.
struct RunPosition {
    TokenPos position;
    LensLayers layers = LensLayers::Last;
    std::optional<TokenId> next; ///< the token that the prompt goes on with
    std::vector<TokenId> followed; ///< it, then the first token of each answer
};

/// Everything `run` says.
struct RunReport {
    TokenizedPrompt prompt;
    PassReport baseline;
    std::optional<RunPosition> position; ///< when asked for
    std::optional<PassReport> edited; ///< when edits were given, whatever their factors
};

/// One JSON object: the contract of the command line. Entropies in nats; what is not finite is null.
std::string runReportJson(const RunReport &report);
/// For reading: aligned tables.
void printRunReport(std::ostream &out, const RunReport &report);
/// Writes the arrays of both passes as F32; patterns of the layers that were captured. Throws Error.
void exportRunReport(
    const std::string &path, const RunReport &report, const std::map<std::string, std::string> &metadata);

} // namespace sinkscope
