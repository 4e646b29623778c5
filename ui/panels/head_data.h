// SPDX-License-Identifier: Apache-2.0
// The selected head as its views show it, under the edits of the moment.
#pragma once

#include "ui/state/live_attention.h"
#include "ui/state/workbench.h"
#include "ui/views/head_map_data.h"

namespace sinkscope::ui {

/// Map, token strip and read-out show the same data. Precondition: bench.state.baseline().
HeadMapData headMapData(Workbench &bench);
/// Adds what the map's chosen quantity needs to `data` of headMapData; the text goes on showing attention.
void addQuantity(Workbench &bench, HeadMapData &data);

/// A reading as views show it.
HeadSide headSide(const HeadReading &reading);
HeadMapMode mapMode(Side side);
/// The axes of a map over the tokens of `prompt`.
std::vector<HeadMapToken> mapTokens(const TokenizedPrompt &prompt);
/// Linear or log, and the place of key 0, as they are chosen.
void takeScale(const Selection &selection, HeadMapData &data);

} // namespace sinkscope::ui
