// SPDX-License-Identifier: Apache-2.0
// Two states side by side, as the views of the comparison show them: A is the reference, B the present.
#pragma once

#include "core/analysis/snapshot_comparison.h"
#include "ui/models/figure_rows_model.h"
#include "ui/state/workbench.h"
#include "ui/views/head_map_data.h"

namespace sinkscope::ui {

/// The selected head on both sides and their difference, on one colour range.
struct ComparePanes {
    HeadMapData first; ///< over the tokens of A
    HeadMapData second; ///< over those of B
    HeadMapData difference; ///< B - A over the tokens of B; without value where a token has no partner in A
};

/// Precondition of all: sides of `bench` that are answered, `alignment` of their prompts.
ComparePanes comparePanes(Workbench &bench, const TokenAlignment &alignment);
/// Next tokens: A, B and B - A.
std::vector<FigureRow> comparedTokens(const Workbench &bench);
/// Figures of the output, then those of the selected head's last row: A, B and B - A.
std::vector<FigureRow> comparedMeasures(const Workbench &bench);
/// All heads, those that moved most first.
std::vector<FigureRow> changedHeads(const Workbench &bench, const TokenAlignment &alignment);
/// How the prompts lie on each other, in a sentence; `alignment` may be whole.
QString alignmentInWords(const Workbench &bench, const TokenAlignment &alignment);

} // namespace sinkscope::ui
