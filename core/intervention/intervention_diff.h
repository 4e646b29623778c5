// SPDX-License-Identifier: Apache-2.0
// Where two interventions part.
#pragma once

#include "core/intervention/intervention.h"

namespace sinkscope {

/// The lowest layer whose effective edits differ between `left` and `right`; nothing when they act alike.
/// Passes of the same tokens agree up to the input of that layer.
std::optional<LayerIndex> lowestDifferingLayer(const Intervention &left, const Intervention &right);

/// Edits and the last row of the prompt that they are applied to.
struct PromptEdits {
    const Intervention &intervention;
    TokenPos promptLast;
};

/// The first query row that an edit moves which is not in both `left` and `right`, or not on the same rows;
/// nothing when they act alike. Attention is causal, so passes of the same tokens agree in all earlier rows
/// of every layer. 0 where baselines differ: what they move is not looked into.
std::optional<TokenPos> firstDifferingRow(const PromptEdits &left, const PromptEdits &right);

} // namespace sinkscope
