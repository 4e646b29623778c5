// SPDX-License-Identifier: Apache-2.0
// The head map's cell in words and figures: read-out, tooltip, status line, titles of the colour bars.
#pragma once

#include "ui/views/head_map_data.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace sinkscope::ui {

/// One line of the read-out; `before` is empty without an edit.
struct ReadOutLine {
    QString label;
    QString before;
    QString after;
};

struct ReadOut {
    QString title;
    QStringList titleLines; ///< the same in two lines, for a narrow place; one without a cell
    std::vector<ReadOutLine> lines; ///< most important first; small maps show fewer
    bool hasBefore = false; ///< two columns: baseline, edited
    QString toolTip; ///< why a figure is missing; empty: none is
};

/// `cell` or, without one, the figures of row `query`.
ReadOut makeReadOut(const HeadMapData &data, std::optional<HeadMapCell> cell, int query);

/// The cell in short lines: which it is, its weight, its row.
QStringList headMapCellLines(const HeadMapData &data, HeadMapCell cell);
/// The same in one sentence.
QString headMapCellInWords(const HeadMapData &data, HeadMapCell cell);

/// The quantity as it is named beside the map; empty for the attention itself.
QString quantityName(HeadMapQuantity quantity);

/// "token", "word" or "line".
QString unitName(HeadMapUnit unit);

/// "masked: key 20 comes later than query 12".
QString maskedInWords(HeadMapUnit unit, HeadMapCell cell);

enum class BarTitleForm { OneLine, TwoLines };
QString keyZeroBarTitle(const HeadMapData &data, BarTitleForm form);
QString restBarTitle(const HeadMapData &data, BarTitleForm form);

} // namespace sinkscope::ui
