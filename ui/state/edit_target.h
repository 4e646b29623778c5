// SPDX-License-Identifier: Apache-2.0
// What a slider turns of a head: kind, keys and query rows of an edit, and where its value stands on the
// slider.
#pragma once

#include "core/intervention/intervention.h"

namespace sinkscope::ui {

/// The plain edit unless something else was chosen. A value.
struct EditTarget {
    EditKind kind = EditKind::Probability;
    KeyTarget key; ///< of no meaning for kinds without keys
    QuerySelection queries;

    /// Probability, key 0, all rows: the factor on the initial token.
    bool isPlain() const { return *this == EditTarget(); }
    bool operator==(const EditTarget &) const = default;
};

/// The target of `edit`.
EditTarget targetOf(const HeadEdit &edit);

/// The edit of `head` at this target without effect (an ablation has one always). A stored key is shared by
/// the heads of its KV group: the edit stands at the first of them, whichever is given, so that there is one
/// of it.
HeadEdit editAt(const EditTarget &target, HeadRef head, const HeadGrid &grid);

/// Where the value of `edit` stands on the slider's axis of factors: gamma itself; a bias b at 10^(b / 5), so
/// that 0.01 to 100 are -10 to +10; an ablation at 0.
double placeOf(const HeadEdit &edit);
/// Gives `edit` the value at `place`. A bias has no "off": the place 0 is its lowest.
void setPlace(HeadEdit &edit, double place);
double biasAt(double place); ///< place above 0

/// Whether a curve over the factor can be drawn: biases and ablations have none.
bool hasFactor(const EditTarget &target);

inline constexpr double kGreatestBias = 10.0; ///< of the slider; e^10 times the weight

} // namespace sinkscope::ui
