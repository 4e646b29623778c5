// SPDX-License-Identifier: Apache-2.0
// A page for a browser: the attention of some heads, to be looked through without this program.
#pragma once

#include "core/analysis/snapshot_tables.h"
#include "ui/theme/theme.h"

#include <span>
#include <string>

namespace sinkscope::ui {

/// What the page says beside the figures.
struct HtmlWords {
    std::string title;
    std::string about; ///< model and version
    std::string note; ///< edits, formula, whether figures were verified
};

/// One file of HTML, styles and script, which asks no network: a map of each of `heads` with a read-out, and
/// tables of answers and next tokens. Weights are fp32 as they are in the pass. Throws RequestError where the
/// patterns of a layer were not kept, or the page would pass kMostPageBytes.
std::string htmlPage(
    const SnapshotPair &pair, std::span<const HeadRef> heads, const HtmlWords &words, const Theme &theme);

inline constexpr std::size_t kMostPageBytes = std::size_t {64} << 20;

} // namespace sinkscope::ui
