// SPDX-License-Identifier: Apache-2.0
// Where two interventions part.
#pragma once

#include "core/intervention/intervention.h"

namespace sinkscope {

/// The lowest layer whose effective edits differ between `left` and `right`; nothing when they act alike.
/// Passes of the same tokens agree up to the input of that layer.
std::optional<LayerIndex> lowestDifferingLayer(const Intervention &left, const Intervention &right);

} // namespace sinkscope
