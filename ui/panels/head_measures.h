// SPDX-License-Identifier: Apache-2.0
// The measures of the layer x head map: names, formulas, and how their values become colours.
#pragma once

#include "ui/state/selection.h"
#include "ui/state/sensitivity_feed.h"
#include "ui/views/heatmap_layout.h"

#include <optional>
#include <span>

namespace sinkscope::ui {

/// Texts are untranslated, of context "HeadMeasures".
struct HeadMeasureText {
    HeadMeasure measure;
    const char *name; ///< in the menu
    const char *title; ///< above the colour bar
    const char *words; ///< in a sentence
    const char *unit;
    const char *toolTip; ///< what it is and by which formula
    HeatmapScale scale = HeatmapScale::Sequential; ///< of the values themselves
};

/// In the order of the menu; a line parts the groups.
std::span<const HeadMeasureText> headMeasures();
/// Whether `measure` begins a group in the menu.
bool beginsGroup(HeadMeasure measure);
const HeadMeasureText &textOf(HeadMeasure measure);
/// The effect that a measure shows; nothing for the others.
std::optional<Effect> effectOf(HeadMeasure measure);
/// Whether the values are in nats and shown in the unit of the window.
bool isInNats(HeadMeasure measure);
/// In the language and the unit of the window.
QString translated(const char *text);

} // namespace sinkscope::ui
