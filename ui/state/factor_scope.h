// SPDX-License-Identifier: Apache-2.0
// Which heads one slider turns, where its handle stands, and what a drag does to each of them.
#pragma once

#include "ui/state/edit_list.h"
#include "ui/state/edit_target.h"
#include "ui/state/selection.h"

#include <vector>

namespace sinkscope::ui {

/// The heads of a scope with their factors, and the one number that a slider shows for them.
struct ScopeReading {
    std::vector<HeadFactor> heads; ///< ordered by layer and head
    double gamma = 1.0; ///< the common factor, or the geometric mean of those that are not off; 0: all off
    double lowest = 1.0; ///< of the heads, off counts as 0
    double highest = 1.0;

    bool isEmpty() const { return heads.empty(); }
    bool isMixed() const { return lowest != highest; }
};

/// Reads `scope` as seen from the selected heads, of which the first names the layer. `Edited` holds the
/// heads that are switched on with a factor other than 1.
ScopeReading readScope(
    FactorScope scope, const std::vector<HeadRef> &selected, const EditList &edits, const HeadGrid &grid);

/// The same for another target: places on the axis (placeOf) in the stead of factors, of KV groups their
/// first head. `Edited` holds the heads with an enabled edit of that target.
ScopeReading readScope(FactorScope scope, const std::vector<HeadRef> &selected, const EditList &edits,
    const HeadGrid &grid, const EditTarget &target);

/// The edits that put the heads of `factors` at their places.
std::vector<HeadEdit> editsAt(
    const EditTarget &target, const std::vector<HeadFactor> &factors, const HeadGrid &grid);

/// Reads `heads` with the factors they have in `edits`.
ScopeReading readHeads(const std::vector<HeadRef> &heads, const EditList &edits);

/// Every factor of `start` times `ratio`, kept within the slider's range; heads that are off stay off.
std::vector<HeadFactor> multipliedScope(const ScopeReading &start, double ratio);

/// The same factor for every head of `start`.
std::vector<HeadFactor> levelledScope(const ScopeReading &start, double gamma);

inline constexpr double kSmallestFactor = 0.01; ///< end of the slider's log axis; below it is "off"
inline constexpr double kGreatestFactor = 100.0;

} // namespace sinkscope::ui
