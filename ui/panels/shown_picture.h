// SPDX-License-Identifier: Apache-2.0
// What the head view shows of attention: one head or several as one, tokens or groups of them.
#pragma once

#include "core/analysis/token_groups.h"
#include "ui/state/workbench.h"
#include "ui/views/head_map_data.h"

#include <optional>

namespace sinkscope::ui {

/// The data of the head view, and which tokens its rows and columns are.
struct ShownPicture {
    HeadMapData data;
    std::optional<TokenGroups> groups; ///< nothing: each token alone

    /// The cell in which `cell` of two tokens lies. Nothing without a key, or outside the prompt.
    std::optional<HeadMapCell> cellOf(CellRef cell) const;
    /// Row or column of `token`; -1 outside the prompt.
    int placeOf(int token) const;
    /// The tokens of a cell: the last of its query, the first of its key.
    CellRef refOf(HeadMapCell cell) const;
};

/// By the look of the selection. Precondition: a baseline.
ShownPicture shownPicture(Workbench &bench);

/// Whether it is attention of one head between single tokens, which alone has the other quantities and a
/// range of all heads.
bool isPlainPicture(const Selection &selection);
/// "L12 H7", "Mean of 12 heads", "Rollout to layer 12".
QString pictureTitle(const Workbench &bench);
/// The same within a sentence: "mean of 12 heads"; empty for one head.
QString pictureInWords(const Workbench &bench);

} // namespace sinkscope::ui
